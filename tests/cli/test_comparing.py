"""
``phase2-gate diff`` and ``phase2-gate build --twice``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from phase2_gate.cli.main import main
from phase2_gate.compare import twice


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """
    A workspace of two files.
    """
    root = tmp_path / "workspace"
    root.mkdir()
    (root / "one.py").write_bytes(b"ONE = 1\n")
    (root / "two.py").write_bytes(b"TWO = 2\n")
    return root


@pytest.fixture
def bundle(workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """
    Its bundle.
    """
    path = str(tmp_path / "bundle.zip")
    assert main(["build", str(workspace), "--output", path]) == 0
    capsys.readouterr()
    return path


def test_equal_exits_0(workspace: Path, bundle: str, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A bundle and the workspace it was built from are equal.
    """
    assert main(["diff", bundle, str(workspace)]) == 0
    assert capsys.readouterr().out == "RESULT: EQUAL\n"


def test_different_exits_1_and_says_why(workspace: Path, bundle: str, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The cause, the lines, the result.
    """
    (workspace / "two.py").write_bytes(b"TWO = 3\n")
    assert main(["diff", bundle, str(workspace)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "content        two.py: content: 8 bytes in A, 8 bytes in B",
        "    --- A/two.py",
        "    +++ B/two.py",
        "    @@ -1 +1 @@",
        "    -TWO = 2",
        "    +TWO = 3",
        "RESULT: DIFFERENT",
    ]


def test_json_names_the_same(workspace: Path, bundle: str, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The document on standard output is the whole output.
    """
    (workspace / "two.py").unlink()
    assert main(["diff", bundle, str(workspace), "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["outcome"] == "different"
    assert [(one["kind"], one["path"]) for one in document["differences"]] == [("removed", "two.py")]


def test_what_cannot_be_judged_exits_3(workspace: Path, bundle: str, capsys: pytest.CaptureFixture[str]) -> None:
    """
    No archive, no file, no workspace that could be packed: neither equal nor different.
    """
    assert main(["diff", bundle, str(workspace / "one.py")]) == 3
    assert capsys.readouterr().out.splitlines()[-1] == "RESULT: BLOCKED"
    assert main(["diff", bundle, str(workspace / "none.zip")]) == 3
    (workspace / "id_rsa").write_bytes(b"x")
    assert main(["diff", bundle, str(workspace)]) == 3
    assert "id_rsa: key-material" in capsys.readouterr().err


def test_usage_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    """
    One operand is not enough.
    """
    with pytest.raises(SystemExit) as stopped:
        main(["diff", "a.zip"])
    assert stopped.value.code == 2
    assert "required: B" in capsys.readouterr().err


def test_build_twice_exits_0_when_the_bytes_are_equal(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    The second build is told of.
    """
    assert main(["build", str(workspace), "--output", str(tmp_path / "out.zip"), "--twice"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("twice        equal: ")


def _copy_one(*places: Any) -> None:
    places[2].mkdir(parents=True)
    (places[2] / "one.py").write_bytes(b"ONE = 1\n")


def test_build_twice_exits_1_when_the_bytes_differ(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A build that depends on more than the files is found out, and the cause shown.
    """
    monkeypatch.setattr(twice, "_copy", _copy_one)
    assert main(["build", str(workspace), "--output", str(tmp_path / "out.zip"), "--twice"]) == 1
    captured = capsys.readouterr()
    assert "removed        two.py: 8 bytes" in captured.out
    assert "a second build of the same files gave another bundle" in captured.err


def test_build_twice_exits_3_when_nothing_can_be_compared(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Nobody is told that the bundles differ.
    """
    monkeypatch.setattr(twice, "_build", lambda _, second, __: second.write_bytes(b"no archive"))
    assert main(["build", str(workspace), "--output", str(tmp_path / "out.zip"), "--twice"]) == 3
    captured = capsys.readouterr()
    assert captured.out.splitlines()[-1] == "RESULT: BLOCKED"
    assert captured.err == "error: the bundles of the two builds cannot be compared (A is the first)\n"

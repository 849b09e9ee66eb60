"""
Tests of `phase2_gate.cli.explaining`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from phase2_gate.cli.main import main
from tests.compare.locales import ascii_only
from tests.workspace.repositories import NEEDS_GIT, commit_all
from tests.workspace.trees import make

FILES = {
    ".bundleignore": "*.log\n!kept.log\n",
    ".gitignore": "*.tmp\n!kept.tmp\n",
    "pyproject.toml": '[tool.phase2-gate.sources]\n"src" = "lib"\n',
    "src/a.py": "1\n",
    "x.tmp": "",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    A workspace outside of any repository, and a home without configuration.
    """
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return make(tmp_path / "w", FILES)


def _lines(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(["explain", *arguments]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out.splitlines()


@pytest.mark.skipif(os.name == "nt", reason="names are UTF-16 on Windows")
@pytest.mark.parametrize(
    ("path", "verdict", "decided"),
    [
        ("\u00e9/\u00fc.py", "packed", "default"),
        ("\u00f6/.env", "packed", "pyproject.toml:3"),
        ("\u00e9/r/old", "never packed", "pyproject.toml:2"),
        ("\u00e9/x.log", "ignored", ".bundleignore:1"),
    ],
)
@pytest.mark.parametrize("absolute", [False, True], ids=["relative", "absolute"])
def test_names_beyond_ascii_are_explained_in_any_locale(
    tmp_path: Path, path: str, verdict: str, decided: str, absolute: bool
) -> None:
    """
    As they are in a locale of UTF-8, whatever this one makes of them.
    """
    settings = '[tool.phase2-gate]\nreport-dir = "\u00e9/r"\nlift = ["\u00f6/.env"]\n'
    root = make(
        tmp_path,
        {
            "pyproject.toml": settings,
            ".bundleignore": "\u00e9/*.log\n",
            **dict.fromkeys(("\u00e9/\u00fc.py", "\u00f6/.env", "\u00e9/r/old", "\u00e9/x.log"), "1\n"),
        },
    )
    program = "from phase2_gate.__main__ import run; run()"
    asked = str(root / path) if absolute else path
    command = [sys.executable, "-c", program, "explain", asked, "--format", "json"]
    done = subprocess.run(command, cwd=root, env=ascii_only(), capture_output=True, check=True)
    document = json.loads(done.stdout)

    assert (document["path"], document["verdict"]) == (path, verdict)
    place = document["decided_by"]
    assert decided == (f"{place['file']}:{place['line']}" if place["line"] else place["file"])


@NEEDS_GIT
def test_everything_is_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Verdict, what decides, what it is, its name in the bundle, the layers, git.
    """
    commit_all(root)
    assert _lines(capsys, "src/a.py", "--workspace", str(root)) == [
        "src/a.py: packed",
        "decided by   default: nothing leaves it out",
        "kind         file",
        "in bundle    lib/a.py",
        "layers",
        "  own outputs    this tool does not write it",
        "  ignore files   no line matches",
        "  built-in list  not on it",
        "  kind           file",
        "  key material   none found",
        "  names          can travel",
        '  sources        ships as lib/a.py (pyproject.toml:2: "src" = "lib")',
        "git          tracked; no line of git's matches",
    ]


@NEEDS_GIT
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("x.tmp", "git          not tracked; ignored by .gitignore:1: *.tmp"),
        ("kept.tmp", "git          not tracked; not ignored by .gitignore:2: !kept.tmp"),
        ("a/b.log", "git          not tracked; no line of git's matches"),
    ],
)
def test_git_has_its_own_verdict(root: Path, capsys: pytest.CaptureFixture[str], path: str, expected: str) -> None:
    """
    Beside ours, with git's own file and line.
    """
    commit_all(root)
    assert _lines(capsys, path, "--workspace", str(root))[-1] == expected


def test_without_a_repository_git_is_not_asked(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Which is told.
    """
    assert _lines(capsys, "a/b.log", "--workspace", str(root))[-1].startswith("git          not asked: ")


def test_a_directory_above_may_decide(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    It is named beside the line.
    """
    lines = _lines(capsys, "d.log/x\n", "--workspace", str(root))
    assert lines[:3] == [
        "d.log/x\\n: ignored",
        "decided by   .bundleignore:1: *.log (over d.log)",
        "kind         nothing there",
    ]


@NEEDS_GIT
@pytest.mark.parametrize("repository", [True, False])
def test_the_document_holds_the_same(root: Path, capsys: pytest.CaptureFixture[str], repository: bool) -> None:
    """
    As JSON, for programs.
    """
    if repository:
        commit_all(root)
    document = json.loads("\n".join(_lines(capsys, "y.log", "--workspace", str(root), "--format", "json")))
    layers = document.pop("layers")
    assert {"layer": "ignore files", "lines": ["y.log: .bundleignore:1: *.log (leaves it out)"]} in layers
    git = {"tracked": False, "ignored": False, "file": None, "line": None, "text": None}
    assert document == {
        "schema": "phase2-gate/explain/1",
        "path": "y.log",
        "kind": "nothing there",
        "verdict": "ignored",
        "decided_by": {"file": ".bundleignore", "line": 1, "text": "*.log"},
        "decided_on": "y.log",
        "rule": None,
        "member": None,
        "git": git if repository else None,
    }


def test_paths_may_be_absolute(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The same path, however it is given; a link above the workspace does not matter.
    """
    (tmp_path / "link").symlink_to(root)
    for workspace in (root, tmp_path / "link"):
        for path in (root / "src/a.py", tmp_path / "link/src/a.py"):
            assert _lines(capsys, str(path), "--workspace", str(workspace))[0] == "src/a.py: packed"
    assert _lines(capsys, f"{root}/new/", "--workspace", str(root))[2] == "kind         directory"


@pytest.mark.parametrize("target", ["src", "../elsewhere"])
def test_a_path_behind_a_link_is_refused_however_it_is_given(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], target: str
) -> None:
    """
    A link below the workspace is where the way ends, wherever it leads.
    """
    make(tmp_path / "elsewhere", {"a.py": ""})
    (root / "link").symlink_to(target)
    for path in ("link/a.py", f"{root}/link/a.py"):
        assert _lines(capsys, path, "--workspace", str(root))[:3] == [
            "link/a.py: refused",
            "decided by   type-symlink: a link is never followed (over link)",
            "kind         behind a link",
        ]


@pytest.mark.parametrize("path", ["..", "../x", "/", "", "a/../b"])
def test_a_path_elsewhere_is_a_usage_error(root: Path, capsys: pytest.CaptureFixture[str], path: str) -> None:
    """
    Exit code 2, and nothing on standard output.
    """
    try:
        code = main(["explain", path, "--workspace", str(root)])
    except SystemExit as error:  # argparse's way
        code = int(str(error.code))
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert "error: " in err


def test_an_absolute_path_elsewhere_is_a_usage_error(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The workspace itself is no path below it either.
    """
    for path in (root, root.parent / "x", f"{root}/src/../src/a.py"):
        assert main(["explain", str(path), "--workspace", str(root)]) == 2
        assert "below the workspace" in capsys.readouterr().err

"""
Tests of `phase2_gate.cli.listing`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from phase2_gate.cli.main import main
from tests.workspace.trees import make

FILES = {
    "pyproject.toml": '[tool.phase2-gate]\nexecutable = ["*.sh"]\nsources = { "src" = "" }\n',
    "src/a/b.py": "12345",
    "src/a/c/\u00e9": "1",
    "src/a.sh": "123",
    "x.pyc": "",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """
    A small workspace.
    """
    return make(tmp_path / "w", FILES)


def test_members_come_with_size_mark_and_origin(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    In the order of the bundle, with totals; what the built-in list takes out goes to standard error.
    """
    assert main(["list", str(root)]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "           3 x a.sh  from src/a.sh",
        "           5 - a/b.py  from src/a/b.py",
        "           1 - a/c/\u00e9  from src/a/c/\u00e9",
        "          66 - pyproject.toml",
        "          75 bytes in 4 files, and manifest.txt",
    ]
    assert err == "skipped: x.pyc: compiled code of Python\n"


def test_a_tree_shows_what_directories_hold(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Every directory once, before what lies in it, with the size and number of all files below.
    """
    assert main(["list", "--tree", str(root)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "           6   a/ (2 files)",
        "           5 -   b.py  from src/a/b.py",
        "           1     c/ (1 file)",
        "           1 -     \u00e9  from src/a/c/\u00e9",
        "           3 x a.sh  from src/a.sh",
        "          66 - pyproject.toml",
        "          75 bytes in 4 files, and manifest.txt",
    ]


def test_the_document_holds_the_same(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    As JSON, for programs.
    """
    assert main(["list", "--format", "json", str(root)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["members"][0] == {"path": "a.sh", "source": "src/a.sh", "size": 3, "executable": True}
    assert [member["path"] for member in document["members"]] == ["a.sh", "a/b.py", "a/c/\u00e9", "pyproject.toml"]
    assert document["skipped"] == [{"path": "x.pyc", "reason": "compiled code of Python"}]
    assert (document["schema"], document["total_bytes"], document["total_files"]) == ("phase2-gate/list/1", 75, 4)


@pytest.mark.parametrize("command", [["list"], ["list", "--format", "json"], ["build", "-q"]], ids=" ".join)
def test_what_the_settings_name_and_nobody_finds_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """
    A mistyped `lift` or `sources` is a warning; what is there, the root too, is none.
    """
    lift = 'lift = ["nope", "*.pem", "d/a"]'
    sources = 'sources = { "no" = "x", "d" = "e", "d/a" = "y", "" = "" }'
    root = make(tmp_path / "w", {"pyproject.toml": f"[tool.phase2-gate]\n{lift}\n{sources}\n", "d/a": ""})
    assert main([*command, str(root)]) == 0
    start = "warning: pyproject.toml: tool.phase2-gate"
    assert [line for line in capsys.readouterr().err.splitlines() if "tool.phase2-gate" in line] == [
        f"{start}.lift: '*.pem' lifts nothing: there is no such file or directory; need an exact path",
        f"{start}.lift: 'nope' lifts nothing: there is no such file or directory; need an exact path",
        f"{start}.sources: 'd/a' ships nothing as 'y': there is no such directory",
        f"{start}.sources: 'no' ships nothing as 'x': there is no such directory",
    ]


def test_a_tree_is_no_document(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    What was asked for and cannot be given is a usage error, and nothing is listed.
    """
    assert main(["list", "--tree", "--format", "json", str(root)]) == 2
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[0]) == ("", "error: --tree: shown as text: seen --format json, need --format text")


def test_a_file_that_vanishes_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    What was found and cannot be asked for its size any more is an error that names it.
    """
    gone = os.fsencode(root / "src/a.sh")
    real = os.lstat
    monkeypatch.setattr(os, "lstat", lambda path: real(path if path != gone else b"/nowhere"))
    assert main(["list", str(root)]) == 1
    assert "src/a.sh: cannot be read: No such file or directory" in capsys.readouterr().err

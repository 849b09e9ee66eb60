"""
Tests of `phase2_gate.cli.packing`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from phase2_gate.cli.main import main
from tests.workspace.repositories import NEEDS_GIT, commit_all
from tests.workspace.trees import make


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    A small workspace, and a home without configuration.
    """
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return make(tmp_path / "w", {"a.py": "1\n", "x.log": "", ".bundleignore": "*.log\n", "b.pyc": ""})


def test_a_build_tells_what_it_wrote(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Place and digests to standard output, what was skipped to standard error.
    """
    target = root.parent / "out/b.zip"
    assert main(["build", str(root), "--output", str(target)]) == 0
    out, err = capsys.readouterr()
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    listed = "".join(
        f"{hashlib.sha256((root / name).read_bytes()).hexdigest()}  {name}\n" for name in (".bundleignore", "a.py")
    )
    assert out.splitlines() == [
        f"built        {target} (3 members)",
        f"bundle       sha256 {digest}",
        f"manifest     sha256 {hashlib.sha256(listed.encode()).hexdigest()}",
    ]
    assert err == "skipped: b.pyc: compiled code of Python\n"


@NEEDS_GIT
def test_git_is_a_warning_or_an_error(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    What git tracks and we leave out is told; with ``--strict-git`` it fails the build and leaves nothing behind.
    """
    commit_all(root)
    target = root.parent / "b.zip"
    assert main(["build", str(root), "--output", str(target), "--strict-git"]) == 1
    out, err = capsys.readouterr()
    assert (out, target.exists()) == ("", False)
    assert err.splitlines() == [
        "error: b.pyc: git-left-out: git tracks it, but it is left out: the built-in list: compiled code of Python",
        "error: x.log: git-left-out: git tracks it, but it is left out: .bundleignore:1: *.log",
        "hint: `phase2-gate rule git-left-out` says what can be done",
    ]
    assert main(["build", str(root), "--output", str(target)]) == 0
    reasons = "1 by the built-in list: compiled code of Python; 1 by .bundleignore:1: *.log"
    assert capsys.readouterr().err.splitlines() == [
        "skipped: .git: data of git",
        "skipped: b.pyc: compiled code of Python",
        f"warning: tracked by git, but left out: 2 files: {reasons} (`--strict-git` names each)",
    ]


def test_git_that_has_to_answer_and_cannot_blocks(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Outside of a work tree a strict build is BLOCKED, not passed.
    """
    target = root.parent / "b.zip"
    assert main(["build", str(root), "--output", str(target), "--strict-git"]) == 3
    out, err = capsys.readouterr()
    assert (out, err.startswith("error: git: "), target.exists()) == ("", True, False)


@NEEDS_GIT
def test_a_second_build_needs_no_git(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    ``--twice`` compares bytes; the copy lies in no work tree, and a demand on git was met by the first build.
    """
    make(root, {"pyproject.toml": "[tool.phase2-gate]\nrequire-clean-git = true\n"})
    commit_all(root)
    assert main(["build", str(root), "--output", str(root.parent / "b.zip"), "--twice"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("twice        equal: ")


def test_the_manifest_is_printed_or_compared(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The check tells each difference, and passes once the committed one is right.
    """
    assert main(["manifest", str(root)]) == 0
    text = capsys.readouterr().out
    assert [line.split("  ")[1] for line in text.splitlines()] == [".bundleignore", "a.py"]
    assert main(["manifest", str(root), "--check"]) == 1
    out, err = capsys.readouterr()
    assert out == "manifest.txt: not there\n"
    assert err.startswith("error: manifest.txt: not up to date: seen 1 differences, need none\nhint: ")
    (root / "manifest.txt").write_bytes(text.encode())
    assert main(["manifest", str(root), "--check"]) == 0
    assert capsys.readouterr().out == "manifest.txt is up to date\n"

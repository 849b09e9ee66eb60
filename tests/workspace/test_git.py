"""
Tests of `phase2_gate.workspace.git`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from phase2_gate.core.errors import BuildError
from phase2_gate.workspace import git
from phase2_gate.workspace.git import GitVerdict
from tests.workspace import repositories
from tests.workspace.repositories import NEEDS_GIT, commit_all
from tests.workspace.trees import make

pytestmark = NEEDS_GIT

FILES = {".gitignore": "*.log\n!kept.log\n/out/\n", "a.py": "1\n", "kept.log": "", "s\u00e9/b c.py": "2\n"}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    A repository with everything committed, and a home without configuration.
    """
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return commit_all(make(tmp_path / "w", FILES))


def test_tells_what_is_tracked(root: Path) -> None:
    """
    The files of the index, by their paths from the workspace, also when that is a part of the work tree.
    """
    make(root, {"new.py": ""})
    assert git.of(root).tracked() == set(FILES)
    assert git.of(root / "s\u00e9").tracked() == {"b c.py"}


def test_tells_files_of_submodules_as_tracked(root: Path, tmp_path: Path) -> None:
    """
    What a submodule tracks is tracked.
    """
    other = commit_all(make(tmp_path / "other", {"x.py": ""}))
    repositories.git(root, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "sub")
    assert "sub/x.py" in git.of(root).tracked()


def test_tells_what_is_ignored(root: Path) -> None:
    """
    Only what is not tracked; magic characters of git's own path language mean nothing.
    """
    make(root, {"x.log": "", ":(top)y.log": "", "[ab].log": "", "a.log": ""})
    tree = git.of(root)
    asked = ["x.log", "kept.log", "a.py", ":(top)y.log", "[ab].log"]
    assert tree.ignored(asked) == {"x.log", ":(top)y.log", "[ab].log"}
    assert tree.ignored([]) == frozenset()


@pytest.mark.parametrize(
    ("path", "expected", "ignored"),
    [
        ("x.log", GitVerdict(False, ".gitignore", 1, "*.log"), True),
        ("kept.log", GitVerdict(True, ".gitignore", 2, "!kept.log"), False),
        ("out/y", GitVerdict(False, ".gitignore", 3, "/out/"), True),
        ("a.py", GitVerdict(True, "", 0, ""), False),
        ("s\u00e9", GitVerdict(True, "", 0, ""), False),
        ("nowhere", GitVerdict(False, "", 0, ""), False),
    ],
)
def test_tells_the_line_that_decides(root: Path, path: str, expected: GitVerdict, ignored: bool) -> None:
    """
    File, line and pattern as git names them, and whether the path is tracked.
    """
    make(root, {"out/y": ""})
    verdict = git.of(root).verdict(path)
    assert (verdict, verdict.ignored) == (expected, ignored)


def test_tells_what_changed(root: Path) -> None:
    """
    Changes on the disk and in the index, and files that git was told not to look at; nothing that is the same.
    """
    assert git.of(root).changed() == frozenset()
    make(root, {"a.py": "3\n", "s\u00e9/b c.py": "4\n", "untracked": ""})
    repositories.git(root, "add", "a.py")
    assert git.of(root).changed() == {"a.py", "s\u00e9/b c.py"}
    assert git.of(root / "s\u00e9").changed() == {"b c.py"}
    repositories.git(root, "update-index", "--assume-unchanged", "kept.log")
    repositories.git(root, "update-index", "--skip-worktree", ".gitignore")
    assert git.of(root).changed() == {"a.py", "s\u00e9/b c.py", "kept.log", ".gitignore"}


def test_runs_nothing_of_the_repository(root: Path, tmp_path: Path) -> None:
    """
    File system monitor, hooks and filters that the repository names are not run, and the index is not written.
    """
    witness = tmp_path / "witness"
    program = make(tmp_path, {"program": f"#!/bin/sh\ntouch {witness}\ncat\n"}) / "program"
    program.chmod(0o755)
    for key in ("core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "core.pager"):
        repositories.git(root, "config", key, str(program))
    repositories.git(root, "config", "filter.evil.required", "true")
    shutil.copy(program, root / ".git/hooks/post-index-change")
    (root / ".git/info/attributes").write_text("*.py filter=evil\n")
    make(root, {"a.py": "3\n"})
    index = (root / ".git/index").read_bytes()
    witness.unlink(missing_ok=True)
    tree = git.of(root)
    tree.tracked()
    tree.ignored(["x.log"])
    tree.verdict("a.py")
    assert "a.py" in tree.changed()
    assert not witness.exists()
    assert (root / ".git/index").read_bytes() == index


def test_the_witness_would_see_a_program(root: Path, tmp_path: Path) -> None:
    """
    Git without those measures does run what the repository names.
    """
    witness = tmp_path / "witness"
    program = make(tmp_path, {"program": f"#!/bin/sh\ntouch {witness}\ncat\n"}) / "program"
    program.chmod(0o755)
    repositories.git(root, "config", "filter.evil.clean", str(program))
    (root / ".git/info/attributes").write_text("*.py filter=evil\n")
    make(root, {"a.py": "3\n"})
    repositories.git(root, "status")
    assert witness.exists()


def test_no_variable_points_to_another_repository(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    ``GIT_DIR`` and its like, as hooks of git set them, do not count.
    """
    other = commit_all(make(tmp_path / "other", {"x.py": ""}))
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert git.of(root).tracked() == set(FILES)


@pytest.mark.parametrize("where", ["outside", "inside .git"])
def test_no_work_tree_is_an_error(root: Path, tmp_path: Path, where: str) -> None:
    """
    There is nothing to ask outside of a work tree.
    """
    place = root / ".git" if where == "inside .git" else make(tmp_path / "plain", {"a": ""})
    with pytest.raises(BuildError, match=r"^git: "):
        git.of(place)


@pytest.mark.parametrize("error", [OSError("no\nprocess"), subprocess.TimeoutExpired("git", 1)])
def test_a_git_that_does_not_answer_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """
    Missing, broken or too slow.
    """

    def run(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(BuildError, match=r"^git: did not answer: "):
        git.of(tmp_path)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(BuildError, match=r"^git: not found$"):
        git.of(tmp_path)


def test_a_broken_repository_is_an_error(root: Path) -> None:
    """
    What git says against it is told.
    """
    tree = git.of(root)
    (root / ".git/index").write_bytes(b"no index")
    with pytest.raises(BuildError, match=r"^git: cannot answer: ") as caught:
        tree.tracked()
    assert caught.value.hint is not None


def test_a_plain_environment_is_enough(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Only the search path is needed.
    """
    monkeypatch.setattr(os, "environ", {"PATH": os.environ["PATH"]})
    assert git.of(root).tracked() == set(FILES)

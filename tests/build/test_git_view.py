"""
Tests of what git thinks.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from phase2_gate.build import build, git_view
from tests.workspace.trees import default_settings, make

_NEEDS_GIT = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def _repository(root: Path) -> Path:
    make(root, {".gitignore": "*.log\n/forced\n", "a": "", "x.log": "", "forced": "", "t\u00e9/y.log": ""})
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for arguments in (["init", "-q"], ["add", "-f", "a", "forced"]):
        subprocess.run(["git", *arguments], cwd=root, check=True, env=environment)  # noqa: S607 - the git of the PATH
    return root


@_NEEDS_GIT
def test_warns_of_packed_files_that_git_ignores(tmp_path: Path) -> None:
    """
    Ignored files that are packed are named; tracked ones, whatever the rules say, are not.
    """
    root = _repository(tmp_path)
    built = build(root, settings=default_settings())
    assert "x.log" in built.members
    assert built.warnings == (
        "t\u00e9/y.log: packed, but git ignores it: a fresh clone does not have it",
        "x.log: packed, but git ignores it: a fresh clone does not have it",
    )
    assert git_view.ignored(root, ["a", "forced"]) == []


@_NEEDS_GIT
def test_says_nothing_outside_of_a_repository(tmp_path: Path) -> None:
    """
    Where git knows no work tree there is nothing to say.
    """
    make(tmp_path, {"x.log": "", ".gitignore": "*"})
    assert git_view.warnings(tmp_path, ["x.log"]) == ()


def test_says_nothing_about_nothing(tmp_path: Path) -> None:
    """
    Without a file to ask about git is not asked.
    """
    assert git_view.ignored(tmp_path, []) == []


@pytest.mark.parametrize("error", [OSError(), subprocess.TimeoutExpired("git", 1)])
def test_a_git_that_fails_is_no_reason_to_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """
    Missing, broken or too slow: a build goes on without its advice.
    """

    def run(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(shutil, "which", lambda _: "/bin/git")
    monkeypatch.setattr(subprocess, "run", run)
    assert git_view.ignored(tmp_path, ["a"]) == []
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert git_view.ignored(tmp_path, ["a"]) == []

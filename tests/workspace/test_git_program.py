"""
Tests of `phase2_gate.workspace.git_program`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from phase2_gate.core.errors import BuildError
from phase2_gate.workspace import git_program
from tests.workspace.trees import make

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs modes, links and paths of POSIX")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """
    A workspace with a program of its own in three places, and one outside of it.
    """
    for path in ("w/git", "w/bin/git", "w/git.exe", "w/git.bat", "out/git", "out/git.exe", "bat/git.bat"):
        make(tmp_path, {path: ""})
        (tmp_path / path).chmod(0o755)
    make(tmp_path, {"plain/git": ""})
    (tmp_path / "directory/git").mkdir(parents=True)
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked/git").symlink_to(tmp_path / "w/bin/git")
    (tmp_path / "w/away").symlink_to(tmp_path / "out")
    (tmp_path / "back").symlink_to(tmp_path / "w/bin")
    return tmp_path


@pytest.mark.parametrize(
    "before",
    [
        "",
        ":",
        ".",
        "bin",
        "./bin",
        "../w/bin",
        "{}/w",
        "{}/w/bin",
        "{}/out/../w/bin",
        "{}/back",
        "{}/w/away",
        "{}/linked",
        "{}/plain",
        "{}/directory",
        "{}/nowhere",
    ],
)
def test_no_program_of_the_workspace_is_taken(root: Path, monkeypatch: pytest.MonkeyPatch, before: str) -> None:
    """
    Nor one that depends on where we are, nor what is no program; the next directory is looked at.
    """
    monkeypatch.chdir(root / "w")
    path = f"{before.format(root)}:{root}/out"
    for workspace in (root / "w", Path(), Path("../back/..")):
        found = git_program.find(workspace, {"PATH": path}, windows=False)
        assert found.path == f"{root}/out/git"
        assert {"", ".", "bin", f"{root}/w", f"{root}/w/bin", f"{root}/w/away", f"{root}/back"}.isdisjoint(
            found.environment["PATH"].split(":")
        )


@pytest.mark.parametrize("path", ["", ":", ".", "{}/w", "{}/plain", "{}/nowhere"])
def test_none_at_all_is_an_error(root: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """
    Nothing else is tried.
    """
    monkeypatch.chdir(root / "w")
    with pytest.raises(BuildError, match=r"^git: not found$") as caught:
        git_program.find(root / "w", {"PATH": path.format(root)}, windows=False)
    assert caught.value.hint == "git is looked for in absolute directories of PATH outside the workspace"


@pytest.mark.parametrize("before", ["", ".", "bin", "{}/w", '"{}/w"', "{}/bat"])
def test_on_windows_it_is_an_exe(root: Path, monkeypatch: pytest.MonkeyPatch, before: str) -> None:
    """
    Not a script, not from the current directory; quotes around a directory do not count.
    """
    monkeypatch.chdir(root / "w")
    path = f'{before.format(root)};"{root}/out"'
    found = git_program.find(root / "w", {"PATH": path, "PATHEXT": ".BAT;.EXE"}, windows=True)
    assert found.path == f"{root}/out/git.exe"


def test_without_a_search_path_the_system_is_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Where PATH is not set, the default of the system stands for it.
    """
    make(tmp_path, {"bin/git": ""})
    (tmp_path / "bin/git").chmod(0o755)
    monkeypatch.setattr(os, "defpath", f"{tmp_path}/bin")
    assert git_program.find(tmp_path / "w", {}, windows=False).path == f"{tmp_path}/bin/git"


def test_the_environment_is_a_clean_one(root: Path) -> None:
    """
    What points to another repository or a program is not handed on; what git may do is bounded.
    """
    given = {
        "HOME": "/h",
        "PATH": f":{root}/w:{root}/out",
        "GIT_DIR": "/x",
        "GIT_CONFIG_COUNT": "1",
        "GIT_EXEC_PATH": "/x",
        "GIT_SSH": "x",
        "LD_PRELOAD": "x",
        "LC_ALL": "de_DE",
    }
    assert git_program.find(root / "w", given, windows=False).environment == {
        "HOME": "/h",
        "PATH": f"{root}/out",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


def test_what_git_says_against_it_is_told_on_one_line(tmp_path: Path) -> None:
    """
    Whatever it prints, in whichever bytes.
    """
    program = make(tmp_path, {"git": "#!/bin/sh\nprintf 'warning: a\\nfatal: b\\033\\377\\n' >&2\nexit 128\n"}) / "git"
    program.chmod(0o755)
    found = git_program.find(tmp_path / "w", {"PATH": str(tmp_path)})
    with pytest.raises(BuildError) as caught:
        found.ask(tmp_path, "status")
    assert caught.value.message == r"git: cannot answer: warning: a; fatal: b\x1b\\xff"

"""
What a stranger gets of this project, and a project of a stranger's that uses it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from ..tools import require
from .runner import ROOT

PROJECT = {
    "pyproject.toml": '[project]\nname = "theirs"\nversion = "1"\n\n[tool.phase2-gate]\noutput = "dist/theirs.zip"\n',
    "theirs/__init__.py": "VALUE = 1\n",
    "tests/test_value.py": "from theirs import VALUE\n\n\ndef test_value():\n    assert VALUE == 1\n",
    ".bundleignore": "/.pre-commit-config.yaml\n/.gitignore\n/tox.ini\n/noxfile.py\n",
    ".gitignore": "/dist/\n/artifacts/\n/.tox/\n/.nox/\n__pycache__/\n",
}
"""The files of a small project that passes an audit."""


def theirs(directory: Path) -> Path:
    """
    The stranger's project, in a new directory.
    """
    for name, text in PROJECT.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return directory


def ours(directory: Path) -> Path:
    """
    A repository of git that holds what is installed of this project, committed.
    """
    directory.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copyfile(ROOT / name, directory / name)
    shutil.copytree(ROOT / "src", directory / "src", ignore=shutil.ignore_patterns("__pycache__"))
    commit(directory)
    return directory


def commit(directory: Path) -> str:
    """
    Commits everything in `directory`, and gives the commit's name.
    """
    git(directory, "init", "--quiet", "--initial-branch=main")
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "--message", "all")
    return git(directory, "rev-parse", "HEAD").strip()


def git(directory: Path, *arguments: str) -> str:
    """
    Runs git without the settings of whoever runs the tests.
    """
    who = {f"GIT_{role}_{what}": "nobody@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(
        [require("git"), *arguments],
        cwd=directory,
        env={"PATH": os.defpath, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **who},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout

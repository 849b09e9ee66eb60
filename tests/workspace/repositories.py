"""
Makes git repositories for tests, out of reach of the configuration of whoever runs them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

NEEDS_GIT = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def git(root: Path, *arguments: str) -> str:
    """
    Runs git in `root`; returns what it prints.
    """
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgSign=false"]
    command = ["git", *identity, *arguments]
    done = subprocess.run(command, cwd=root, check=True, env=environment, capture_output=True)
    return done.stdout.decode()


def commit_all(root: Path) -> Path:
    """
    Makes `root` a repository with everything in it committed that its rules do not ignore; returns `root`.
    """
    if not (root / ".git").exists():
        git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "all")
    return root

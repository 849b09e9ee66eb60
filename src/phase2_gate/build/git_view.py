"""
What git thinks of a selection: advice, never a reason to fail, and without a say in the bytes.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from ..core.escape import line as shown

_SECONDS = 60
"""How long git may take; a million paths take a few seconds."""


def warnings(workspace: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """
    One line for each packed file that git ignores: it is not in the repository, so a fresh clone packs another bundle.

    Args:
        workspace: Its directory; outside of a git work tree there is nothing to say.
        paths: The packed files, relative to it.
    """
    return tuple(
        f"{shown(path)}: packed, but git ignores it: a fresh clone does not have it"
        for path in ignored(workspace, paths)
    )


def ignored(workspace: Path, paths: Iterable[str]) -> list[str]:
    """
    Those of `paths` that git ignores and does not track, sorted; none when git is missing or knows no work tree here.
    """
    git = shutil.which("git")
    asked = b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in paths)
    if git is None or not asked:
        return []
    # A hook that the repository names for its file system monitor would be code of the workspace.
    command = [git, "-c", "core.fsmonitor=false", "check-ignore", "--stdin", "-z"]
    try:
        done = subprocess.run(command, cwd=workspace, input=asked, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    if done.returncode != 0:  # 1: nothing is ignored; 128: no work tree
        return []
    return sorted(path.decode("utf-8", "surrogateescape") for path in done.stdout.split(b"\0") if path)

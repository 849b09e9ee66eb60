"""
The archive as a command, in a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ended:
    """
    What a command left.
    """

    code: int
    """Its exit status."""
    out: bytes
    """Its standard output."""
    err: str
    """Its standard error."""


def run(
    pyz: Path, directory: Path, *arguments: str, flags: tuple[str, ...] = (), env: dict[str, str] | None = None
) -> Ended:
    """
    Runs the archive.

    Args:
        pyz: The archive.
        directory: Its working directory.
        arguments: The command line.
        flags: Options of Python.
        env: Variables beyond the path.
    """
    done = subprocess.run(
        [sys.executable, *flags, str(pyz), *arguments],
        cwd=directory,
        capture_output=True,
        env={"PATH": os.defpath, **(env or {})},
        timeout=120,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr.decode())

"""
The real command in a process of its own, with everything that it may write to under watch.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import phase2_gate

SOURCE = Path(phase2_gate.__file__).parents[1]


@dataclass(frozen=True)
class Ended:
    """
    What a command left.
    """

    code: int
    """Its exit status."""
    out: list[str]
    """The lines of its standard output."""
    err: str
    """Its standard error."""
    left: list[str]
    """What lies in its directory, and was not there before; temporary files and the home included."""

    @property
    def rules(self) -> list[str]:
        """
        The rules that were broken, in the order in which they were told.
        """
        slugs = [
            line.split(":")[0].strip() for line in self.out if line.startswith("  ") and not line.startswith("  hint:")
        ]
        return list(dict.fromkeys(slugs))


def phase2_gate_in(directory: Path, *arguments: str, env: dict[str, str] | None = None) -> Ended:
    """
    Runs `python -m phase2_gate` in a directory.

    Args:
        directory: Its working directory; home and temporary files lie in it too.
        arguments: The command line.
        env: Variables beyond the few that it needs.
    """
    for name in ("home", "tmp"):
        (directory / name).mkdir(exist_ok=True)
    before = _listing(directory)
    done = subprocess.run(
        [sys.executable, "-B", "-m", "phase2_gate", *arguments],
        cwd=directory,
        capture_output=True,
        env={
            "PATH": os.defpath,
            "HOME": str(directory / "home"),
            "TMPDIR": str(directory / "tmp"),
            "PYTHONPATH": str(SOURCE),
            "PYTHONWARNINGS": "error",
            **(env or {}),
        },
        timeout=120,
        check=False,
    )
    left = sorted(_listing(directory) - before)
    out = done.stdout.decode()
    return Ended(done.returncode, out.splitlines(), done.stderr.decode(), left)


def _listing(directory: Path) -> set[str]:
    return {path.relative_to(directory).as_posix() for path in directory.rglob("*")}

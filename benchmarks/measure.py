"""
Running commands and measuring what they take: wall, CPU with all their children, peak memory.
"""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """
    What one run of a work took.
    """

    wall: float
    """Seconds on the clock."""
    cpu: float
    """Seconds of processors, user and system, children included."""
    peak: int
    """Peak memory of the largest process in bytes."""


@dataclass(frozen=True, slots=True)
class Work:
    """
    Something that is measured: a shell command line, run in `directory`.
    """

    who: str
    """Who does it."""
    line: str
    """The command line for ``sh -c``; ``$TREE``, ``$BUNDLE``, ``$OUT`` and ``$PYTHON`` are set."""
    needs: tuple[str, ...] = ()
    """The commands that must be there."""
    fresh_copy: bool = False
    """Whether it changes the tree, so that each run gets a copy."""


class CommandError(Exception):
    """
    A command that failed: its figures would mean nothing.
    """


def run(work: Work, tree: Path, bundle: Path, python: str) -> Cost:
    """
    Runs `work` once; what it writes is removed afterwards.

    Raises:
        CommandError: when it fails.
    """
    # Everything lies beside the tree, on the same file system.
    out = Path(tempfile.mkdtemp(prefix="out-", dir=tree.parent))
    try:
        if work.fresh_copy:
            tree = Path(shutil.copytree(tree, out / "copy"))
        places = {"TREE": str(tree), "BUNDLE": str(bundle), "OUT": str(out), "PYTHON": python, "HERE": _HERE}
        return _timed(work, {**environment(tree.parent), **places}, out)
    finally:
        shutil.rmtree(out)


REPOSITORY = Path(__file__).resolve().parent.parent
"""Where the sources lie that are measured."""

_HERE = str(Path(__file__).resolve().parent)


def prepare(place: Path) -> None:
    """
    Puts a compiled copy of the sources into `place`: whoever edits them meanwhile does not disturb.
    """
    shutil.copytree(REPOSITORY / "src", place / "src", ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(place / "src", quiet=1)


def environment(place: Path) -> dict[str, str]:
    """
    The environment of everything that is measured: byte code is kept, as it is for everybody who installs.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(place / "src")}


def _timed(work: Work, environment: dict[str, str], out: Path) -> Cost:
    start = time.perf_counter()
    process = subprocess.Popen(
        ["/bin/sh", "-c", f"set -e; {work.line}"],
        env=environment,
        cwd=out,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    with process:
        said = process.stderr.read() if process.stderr is not None else b""
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        message = f"{work.who}: exit code {process.returncode}: {said.decode(errors='replace').strip()[-400:]}"
        raise CommandError(message)
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def missing(work: Work) -> list[str]:
    """
    The commands that `work` needs and that are not there.
    """
    return [name for name in work.needs if shutil.which(name) is None]

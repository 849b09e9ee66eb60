"""
A control group (version 2) for one run: what all of its processes may use together, and an end for all of them.

A group is made below our own one or beside it, wherever that is allowed and the groups there have limits at all;
nothing that exists is changed. Source: the kernel's ``Documentation/admin-guide/cgroup-v2.rst``.
"""

from __future__ import annotations

import os
import secrets
import signal
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from phase2_gate.core.errors import IsolationError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROC = Path("/proc/self")
_REMOVE_SECONDS = 5.0
"""How long the processes of a group may take to vanish after they were killed."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """
    What the processes of one run may use together, the launcher's included.
    """

    memory_bytes: int
    """Memory, files in memory included, without any swap; a multiple of the size of a page."""
    processes: int
    """Processes and threads."""


class Group:
    """
    A control group that was made for one run.

    Args:
        path: Its directory.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def adopt(self, pid: int) -> None:
        """
        Move a process into the group; what it starts from then on is in it too.

        Raises:
            OSError: Refused.
        """
        _write(self._path / "cgroup.procs", str(pid))

    def killed(self) -> int:
        """
        How many processes the system ended because the memory for all was used up.
        """
        with suppress(OSError):
            for line in _text(self._path / "memory.events").splitlines():
                name, _, number = line.partition(" ")
                if name == "oom_kill":
                    return int(number)
        return 0

    def remove(self) -> None:
        """
        End whatever is left in the group, and remove it with all groups that were made in it.

        Raises:
            IsolationError: Something of it stays.
        """
        deadline = time.monotonic() + _REMOVE_SECONDS
        while True:
            try:
                self._kill()
                for directory, _, _ in os.walk(self._path, topdown=False):
                    os.rmdir(directory)
            except OSError as error:
                # a process that was killed leaves its group a moment later
                if time.monotonic() > deadline:
                    raise IsolationError(f"isolation: a control group could not be removed: {error}") from error
                time.sleep(0.002)
            else:
                return

    def _kill(self) -> None:
        try:
            _write(self._path / "cgroup.kill", "1")
        except FileNotFoundError:  # before Linux 5.14
            for directory, _, _ in os.walk(self._path):
                for pid in _text(Path(directory, "cgroup.procs")).split():
                    with suppress(ProcessLookupError):
                        os.kill(int(pid), signal.SIGKILL)


@contextmanager
def made(bounds: Bounds) -> Iterator[Group]:
    """
    A control group that holds `bounds`, removed at the end.

    Raises:
        OSError: None can be made here; what it says names no path that differs from run to run.
        IsolationError: It could not be removed.
    """
    group = _make(bounds)
    try:
        yield group
    finally:
        group.remove()


def _make(bounds: Bounds) -> Group:
    own = _own()
    refusals = []
    for where, place in () if own is None else (("below our own", own), ("beside it", own.parent)):
        path = place / f"phase2-gate-{secrets.token_hex(8)}"
        try:
            # whoever moves a process needs this of the group that is above both ends of the move
            os.close(os.open(place / "cgroup.procs", os.O_WRONLY))
            os.mkdir(path)
        except OSError as error:
            refusals.append(f"{where}: {error.strerror}")
            continue
        try:
            _limit(path, bounds)
        except OSError as error:
            os.rmdir(path)
            refusals.append(f"{where}: no such limits: {error.strerror}")
            continue
        return Group(path)
    raise OSError(f"no control group can be made: {', '.join(refusals) or 'none of version 2 is in view'}")


def _limit(path: Path, bounds: Bounds) -> None:
    for name, value in (("memory.max", bounds.memory_bytes), ("pids.max", bounds.processes)):
        _write(path / name, str(value))
        if _text(path / name).strip() != str(value):
            raise OSError(22, "a limit is not what was written")
    if (path / "memory.swap.max").exists():  # absent where the kernel does not count swap
        _write(path / "memory.swap.max", "0")


def _own() -> Path | None:
    """
    The directory of our own group, None where version 2 is not mounted.
    """
    try:
        lines = (_PROC / "cgroup").read_text("utf-8", "surrogateescape").splitlines()
        mounts = (_PROC / "mountinfo").read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return None
    own = next((line.removeprefix("0::") for line in lines if line.startswith("0::")), None)
    for line in mounts if own is not None else ():
        fields, _, more = line.partition(" - ")
        if own is not None and more.startswith("cgroup2 "):
            root, point = fields.split()[3:5]
            if (own + "/").startswith(root.rstrip("/") + "/"):
                return Path(point + own[len(root.rstrip("/")) :])
    return None


def _text(path: Path) -> str:
    return path.read_text("ascii")


def _write(path: Path, text: str) -> None:
    """
    Write to a file that the kernel made; where it made none, none is made here.
    """
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, text.encode("ascii"))
    finally:
        os.close(fd)

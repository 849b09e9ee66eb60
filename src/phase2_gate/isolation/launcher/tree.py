"""
Ending every descendant of the launcher.

The launcher is a sub-reaper on Linux: a descendant that loses its parent, in whatever session it hides, becomes a child
of the launcher. Stopping all of them first keeps them from forking faster than they are killed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time

_STATE, _PARENT, _THREADS = 0, 1, 17
"""Where these stand in ``/proc/<pid>/stat``, counted from behind the command's name (proc(5))."""
_CLEAR_SECONDS = 10.0
"""How long the end of a tree may take; with the limits in force it takes milliseconds."""


def descendants() -> dict[int, int]:
    """
    All living descendants by process number, with how many threads each has; empty where there is no ``/proc``.
    """
    children: dict[int, list[tuple[int, int]]] = {}
    try:
        names = os.listdir("/proc")
    except OSError:
        return {}
    for name in names:
        if name.isdigit():
            with (
                contextlib.suppress(OSError, ValueError, IndexError),
                open(f"/proc/{name}/stat", "rb") as file,
            ):
                # the command's name stands in brackets and may hold anything, brackets included
                fields = file.read().rpartition(b")")[2].split()
                if fields[_STATE] not in {b"Z", b"X"}:
                    children.setdefault(int(fields[_PARENT]), []).append((int(name), int(fields[_THREADS])))
    found: dict[int, int] = {}
    todo = [os.getpid()]
    while todo:
        for child, threads in children.get(todo.pop(), ()):
            if child not in found:
                found[child] = threads
                todo.append(child)
    return found


def _send(pids: set[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _reap() -> bool:
    """
    Collect every child that has ended; False when no child is left at all.
    """
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if pid == 0:
            return True


def clear(group: int) -> bool:
    """
    Kill and reap until no descendant is left.

    Args:
        group: The process group of the program, killed as a whole first.

    Returns:
        Whether none is left.
    """
    deadline = time.monotonic() + _CLEAR_SECONDS
    while True:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
        stopped: set[int] = set()
        while fresh := descendants().keys() - stopped:
            _send(fresh, signal.SIGSTOP)
            stopped |= fresh
            if time.monotonic() > deadline:
                break
        _send(stopped, signal.SIGKILL)
        if not _reap():
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)

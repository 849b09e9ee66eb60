"""
Waiting for the program, or for the word to stop, and ending all that it started.
"""

from __future__ import annotations

import os
import select
import signal
from typing import TYPE_CHECKING

from . import libc, tree

if TYPE_CHECKING:
    from .plan import Status

_COUNT_SECONDS = 0.05
"""How often processes are counted where the system does not: a count takes about a millisecond."""


def adopt_orphans() -> list[str]:
    """
    Become the sub-reaper of all descendants, where the system knows that.
    """
    if not libc.has_prctl():
        return []
    libc.prctl("sub-reaper", libc.PR_SET_CHILD_SUBREAPER, 1)
    return ["sub-reaper"]


def wake_on_child() -> int:
    """
    A descriptor that becomes readable whenever a child has ended.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    return reader


def supervise(child: int, status: Status, wake: int, processes: int | None) -> None:
    """
    Wait until the program ends or stdin does, then end everything and report.

    Args:
        child: The program's process.
        status: Where the end is reported.
        wake: A descriptor from `wake_on_child`.
        processes: How many the program may run, None when the system counts for us.
    """
    ended = None
    crowded = False
    while ended is None and not crowded:
        readable, _, _ = select.select([0, wake], [], [], None if processes is None else _COUNT_SECONDS)
        crowded = processes is not None and sum(tree.descendants().values()) > processes
        if wake in readable:
            os.read(wake, 4096)
            ended = collect(child)
        if 0 in readable and not os.read(0, 1):
            break
    if ended is None:
        os.kill(child, signal.SIGKILL)
        _, ended = os.waitpid(child, 0)
    cleared = tree.clear(child)
    status.say("end", {"status": ended, "cleared": cleared, "crowded": crowded})
    os._exit(0)


def collect(child: int, *, wait: bool = False) -> int | None:
    """
    Reap everything that has ended; the wait status of `child` when it is among them.

    Args:
        child: The process to look for.
        wait: Whether to wait for one to end.
    """
    ended = None
    while True:
        try:
            pid, result = os.waitpid(-1, 0 if wait and ended is None else os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == child:
            ended = result
        if pid == 0:
            return ended

"""
The launcher's own process: starts the program, waits for it or for the word to stop, ends the tree, reports.
"""

from __future__ import annotations

import os
import select
import signal
import sys

from . import libc, payload, tree
from .plan import LayerError, Plan, Status, receive

_COUNT_SECONDS = 0.05
"""How often processes are counted where the system does not: a count takes about a millisecond."""


def main() -> None:
    """
    Read the plan and carry it out; the exit status of this process means nothing.
    """
    plan = receive()
    status = Status(plan.status_fd)
    try:
        _hygiene(plan, status)
    except LayerError as error:
        status.say("error", {"layer": error.layer, "message": error.message})
    except Exception as error:  # noqa: BLE001 - whatever it is, the verifier must hear of it: it is a BLOCKED
        status.say("error", {"layer": "launcher", "message": f"{type(error).__name__}: {error}"})
    sys.exit(125)


def _hygiene(plan: Plan, status: Status) -> None:
    """
    Levels `process` and `none`: own session, limits, and an end of the whole tree.
    """
    layers = adopt_orphans()
    wake = wake_on_child()
    here = os.getpid()
    child = os.fork()
    if child == 0:
        payload.become(plan, status, here, _no_new_privileges, layers)
    # the system holds root to no number of processes, so the launcher counts
    supervise(child, status, wake, plan.processes if os.getuid() == 0 and plan.level != "none" else None)


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
        crowded = processes is not None and len(tree.descendants()) > processes
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


def collect(child: int) -> int | None:
    """
    Reap everything that has ended; the wait status of `child` when it is among them.
    """
    ended = None
    while True:
        try:
            pid, result = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == child:
            ended = result
        if pid == 0:
            return ended


def _no_new_privileges() -> list[str]:
    if not libc.has_prctl():
        return []
    libc.prctl("no-new-privs", libc.PR_SET_NO_NEW_PRIVS, 1)
    return ["no-new-privs"]

"""
The last steps in the process that becomes the program.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
from typing import TYPE_CHECKING, NoReturn

from . import libc, limits
from .plan import LayerError, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from .plan import Plan

_FIRST_FREE = 10
"""Descriptors below this number are the program's own."""


_MOST_DESCRIPTORS = 1 << 20
"""Where a system says that it has no limit."""


def become(
    plan: Plan,
    status: Status,
    parent: int,
    confine: Callable[[], list[str]],
    layers: list[str],
    notes: list[str] | None = None,
) -> NoReturn:
    """
    Turn this freshly forked process into the program.

    Steps: own session; descriptors; limits; the level's own measures; signals; report; exec.

    Args:
        plan: What to run.
        status: Where to report.
        parent: What `os.getppid` must say.
        confine: Applies the measures that must come last, and names them.
        layers: The measures which are in force already.
        notes: What is to be said besides.
    """
    try:
        os.setsid()
        libc.die_with_parent(parent)
        status = _place_descriptors(plan, status)
        os.umask(0o022)
        os.chdir(plan.cwd)
        notes = [] if notes is None else notes
        if plan.level != "none":
            added, remarks = limits.apply(plan.rlimits, plan.processes, own_users=plan.level == "strict")
            layers, notes = [*layers, *added], [*notes, *remarks]
            _end_first()
        layers = ["own-session", "closed-descriptors", *layers, *confine()]
        _default_signals()
        status.say("ready", {"pid": os.getpid(), "layers": layers, "notes": notes})
        os.execve(plan.argv[0], plan.argv, plan.env)  # noqa: S606 - no shell is the point
    except LayerError as error:
        status.say("error", {"layer": error.layer, "message": error.message})
    except OSError as error:
        status.say("error", {"layer": "start", "message": f"{error.strerror}: {error.filename!r}"})
    os._exit(125)


def _place_descriptors(plan: Plan, status: Status) -> Status:
    """
    Put the program's descriptors at 0 to 4 and close all others but the status, which the exec closes.
    """
    status = Status(fcntl.fcntl(status.fd, fcntl.F_DUPFD_CLOEXEC, _FIRST_FREE))
    record, data = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _FIRST_FREE) for fd in (plan.record_fd, plan.input_fd))
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(record, 3)
    os.dup2(data, 4)
    os.closerange(5, status.fd)
    os.closerange(status.fd + 1, min(os.sysconf("SC_OPEN_MAX"), _MOST_DESCRIPTORS))
    return status


def _default_signals() -> None:
    """
    Undo what the interpreter set for itself, and what our own caller ignores: ignored signals would survive the exec.
    """
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _end_first() -> None:
    """
    Ask the system to end this program before any other, should memory become short; it may say no.

    The parent may have hidden itself, and then its child's files in ``/proc`` are root's (proc(5)). Nobody else is in
    the box yet who could look.
    """
    if libc.has_prctl():
        libc.prctl("limits", libc.PR_SET_DUMPABLE, 1)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "wb", buffering=0) as file:
        file.write(b"1000")

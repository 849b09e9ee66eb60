"""
Level `strict`: four processes, so that each does what only it can.

The launcher stays outside and may write who the users of the new namespace are. Its child enters the namespaces. That
one's child is the first process in them: it builds the file system, reaps what loses its parent, and takes all others
with it when it ends. Its child becomes the program.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, NoReturn

from . import landlock, libc, mounts, namespaces, payload, privileges, seccomp
from .plan import NOBODY, LayerError
from .supervise import adopt_orphans, collect, supervise, wake_on_child

if TYPE_CHECKING:
    from collections.abc import Callable

    from .plan import Plan, Status

_NAMESPACES = [f"{name}-namespace" for name in ("user", "mount", "pid", "net", "ipc", "uts")]


def start(plan: Plan, status: Status) -> None:
    """
    Run the program in namespaces of its own.

    Args:
        plan: What to run.
        status: Where to report.
    """
    adopt_orphans()
    wake = wake_on_child()
    here, user, group = os.getpid(), os.getuid(), os.getgid()
    entered, tell = os.pipe()
    proceed, go = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(go)
        os.close(entered)
        guarded(status, lambda: _enter(plan, status, here, tell, proceed))
    os.close(tell)
    os.close(proceed)
    if os.read(entered, 1):
        namespaces.map_users(child, user, group)
        os.write(go, b"1")
    os.close(go)
    os.close(entered)
    supervise(child, status, wake, None)


def guarded(status: Status, work: Callable[[], NoReturn]) -> NoReturn:
    """
    Do the work of a forked process; whatever goes wrong is told, and nothing of the parent's code goes on in it.

    Args:
        status: Where to report.
        work: What to do.
    """
    try:
        work()
    except LayerError as error:
        status.say("error", {"layer": error.layer, "message": error.message})
    except Exception as error:  # noqa: BLE001 - whatever it is, the verifier must hear of it: it is a BLOCKED
        status.say("error", {"layer": "launcher", "message": f"{type(error).__name__}: {error}"})
    finally:
        os._exit(125)  # an exit or an interrupt would go on as the parent


def _enter(plan: Plan, status: Status, parent: int, tell: int, proceed: int) -> NoReturn:
    """
    Enter the namespaces, wait until the users are mapped, and start the first process.
    """
    libc.die_with_parent(parent)
    namespaces.enter()
    os.write(tell, b"1")
    os.close(tell)
    if not os.read(proceed, 1):
        os._exit(125)  # the launcher could not map the users, and has said so
    os.close(proceed)
    first = os.fork()
    if first == 0:
        guarded(status, lambda: _first(plan, status))
    os.waitpid(first, 0)
    os._exit(0)


def _first(plan: Plan, status: Status) -> NoReturn:
    """
    Be the first process of the namespaces: prepare them, start the program, reap until it ends.
    """
    libc.die_with_parent(0)  # a parent outside has no number here
    os.umask(0o022)  # the box's own directories are for the program's user too, whatever the caller's mask
    root = os.getuid() == 0
    user, group = (NOBODY, NOBODY) if root else (os.getuid(), os.getgid())
    namespaces.loopback_up()
    namespaces.set_names()
    notes = mounts.build(plan, user, group)
    tend(plan, status, lambda: _confine(plan, root=root), [*_NAMESPACES, "own-root"], notes)


def tend(plan: Plan, status: Status, confine: Callable[[], list[str]], layers: list[str], notes: list[str]) -> NoReturn:
    """
    As the first process of a box that is ready: start the program, reap until it ends, and take all others along.

    Args:
        plan: What to run.
        status: Where to report.
        confine: Applies the measures that must come last, and names them.
        layers: The measures which are in force already.
        notes: What is to be said besides.
    """
    privileges.hide()
    # the first process gets from inside only those signals that it handles, and the interpreter handles this one
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    program = os.fork()
    if program == 0:
        payload.become(plan, status, 1, confine, layers, notes)
    ended = None
    while ended is None:
        ended = collect(program, wait=True)
    status.say("exit", {"status": ended})
    os._exit(0)


def _confine(plan: Plan, *, root: bool) -> list[str]:
    """
    Give up what building the box needed, and bar the ways out.
    """
    privileges.drop_bounding()
    layers = privileges.become_nobody() if root else []
    return layers + privileges.drop() + bar(plan)


def bar(plan: Plan) -> list[str]:
    """
    Bar the ways out of a box, for a program that has no privileges any more.
    """
    if not os.access(plan.workspace, os.R_OK | os.X_OK):
        raise LayerError("workspace", "not readable to the unprivileged user that runs the program: need mode 0755")
    libc.die_with_parent(1)  # asked for again: a change of user forgets it
    layers = privileges.no_new_privileges()
    try:
        layers += landlock.apply(landlock.rights(plan), network=True)
    except LayerError:
        # the file system of this box holds nothing else anyway; the list of layers shows that this one is missing
        layers += ["no-landlock"]
    return layers + seccomp.apply(sockets=True)

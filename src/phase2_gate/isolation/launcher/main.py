"""
The launcher's own process: starts the program, waits for it or for the word to stop, ends the tree, reports.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace

from . import bubblewrap, landlock, payload, privileges, seatbelt, seccomp, strict
from .plan import LayerError, Plan, Status, receive
from .supervise import adopt_orphans, supervise, wake_on_child


def main() -> None:
    """
    Read the plan and carry it out; the exit status of this process means nothing.
    """
    plan = receive()
    status = Status(plan.status_fd)
    try:
        _STARTS.get((plan.level, plan.carrier), _in_place)(plan, status)
    except LayerError as error:
        status.say("error", {"layer": error.layer, "message": error.message})
    except Exception as error:  # noqa: BLE001 - whatever it is, the verifier must hear of it: it is a BLOCKED
        status.say("error", {"layer": "launcher", "message": f"{type(error).__name__}: {error}"})
    sys.exit(125)


def _in_place(plan: Plan, status: Status) -> None:
    """
    The levels without namespaces: own session, limits, an end of the whole tree, and what the level adds to that.
    """
    if plan.level == "sandbox-exec":
        plan = replace(plan, argv=seatbelt.command(plan))
    layers = adopt_orphans()
    wake = wake_on_child()
    here = os.getpid()
    child = os.fork()
    if child == 0:
        payload.become(plan, status, here, lambda: _confined(plan), layers)
    # the system holds root to no number of processes, so the launcher counts
    supervise(child, status, wake, plan.processes if os.getuid() == 0 and plan.level != "none" else None)


def _confined(plan: Plan) -> list[str]:
    """
    The last measures before the program begins.
    """
    if plan.level == "sandbox-exec":
        return ["sandbox-exec"]
    if plan.level != "landlock":
        return privileges.no_new_privileges()
    layers = privileges.give_up(plan) if os.getuid() == 0 else []
    layers += privileges.no_new_privileges()
    layers += landlock.apply(landlock.rights(plan), network=False)
    return layers + seccomp.apply(sockets=False, root=os.getuid() == 0)


_STARTS = {("strict", "namespaces"): strict.start, ("strict", "bubblewrap"): bubblewrap.start}

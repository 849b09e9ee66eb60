"""
Giving up every privilege that the system knows.
"""

from __future__ import annotations

import ctypes
import os
import struct
from typing import TYPE_CHECKING

from . import libc
from .plan import NOBODY, LayerError

if TYPE_CHECKING:
    from .plan import Plan

_CAPABILITY_VERSION = 0x20080522
_LAST_CAPABILITY = 63
SETFCAP = 31
"""What Linux 5.12 and newer demand of a root who makes a namespace of users with root in it."""


def become_nobody() -> list[str]:
    """
    Turn root into an unprivileged user, without groups.
    """
    try:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    except OSError as error:
        raise LayerError("unprivileged-user", str(error)) from error
    return ["unprivileged-user"]


def give_up(plan: Plan, *needed: str, spared: int | None = None) -> list[str]:
    """
    Give up root's privileges, and its number as well where nobody can still reach what the program needs.

    Args:
        plan: What the program needs.
        needed: What has to be read besides.
        spared: A capability that the next program may have, as `drop_bounding`.
    """
    drop_bounding(spared)
    layers = become_nobody() if _nobody_reaches(plan, needed) else ["root-without-capabilities"]
    return layers + drop(spared)


def _nobody_reaches(plan: Plan, needed: tuple[str, ...]) -> bool:
    """
    Whether the unprivileged user could run the program where it lies; if so, the scratch area is given to it.
    """
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        reached = all(
            os.access(path, mode, effective_ids=True)
            for path, mode in (
                (plan.argv[0], os.X_OK),
                (plan.workspace, os.R_OK | os.X_OK),
                (os.path.dirname(plan.scratch), os.X_OK),
                *((path, os.R_OK) for path in needed),
            )
        )
    finally:
        os.seteuid(0)
        os.setegid(0)
    if reached:
        os.chown(plan.scratch, NOBODY, NOBODY)
    return reached


def drop_bounding(spared: int | None = None) -> None:
    """
    Take every capability out of what can ever be gained; needs the privilege to do so.

    Args:
        spared: One that root keeps for the next program.
    """
    for capability in range(_LAST_CAPABILITY + 1):
        if capability == spared:
            continue
        try:
            libc.prctl("capabilities", libc.PR_CAPBSET_DROP, capability)
        except LayerError:
            if capability == 0:
                raise  # beyond the last one that the kernel knows, the answer is an error too
            return


def drop(spared: int | None = None) -> list[str]:
    """
    Drop all capabilities of this process, for now and, with `no_new_privileges`, for ever.

    Args:
        spared: One that root keeps for the next program.
    """
    kept = 1 << spared if spared is not None and os.getuid() == 0 else 0
    header = struct.pack("=Ii", _CAPABILITY_VERSION, 0)
    libc.call("capabilities", "capset", header, struct.pack("=III12x", kept, kept, 0))
    libc.prctl("capabilities", libc.PR_CAP_AMBIENT, 4)
    return ["no-capabilities"]


def no_new_privileges() -> list[str]:
    """
    No exec gives privileges any more, where the system knows that.
    """
    if not libc.has_prctl():
        return []
    libc.prctl("no-new-privs", libc.PR_SET_NO_NEW_PRIVS, 1)
    return ["no-new-privs"]


def hide() -> None:
    """
    Keep other processes of the same user from looking into this one.
    """
    libc.prctl("hide", libc.PR_SET_DUMPABLE, ctypes.c_int(0).value)

"""
Calls of the C library that Python 3.11 does not offer.
"""

from __future__ import annotations

import ctypes
import os
import signal

from .plan import LayerError

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47

_libc = ctypes.CDLL(None, use_errno=True)


def call(layer: str, name: str, *arguments: object) -> int:
    """
    Call a function of the C library that answers -1 and sets errno on failure.

    Raises:
        LayerError: It failed, or the library does not have it.
    """
    function = getattr(_libc, name, None)
    if function is None:
        raise LayerError(layer, f"{name}: not in this C library")
    function.restype = ctypes.c_long
    result = int(function(*arguments))
    if result == -1:
        number = ctypes.get_errno()
        raise LayerError(layer, f"{name}: {os.strerror(number)} (errno {number})")
    return result


def prctl(layer: str, option: int, *arguments: int) -> int:
    """
    Call the system's `prctl` with arguments as unsigned longs, the unused ones zero.
    """
    words = [ctypes.c_ulong(word) for word in (*arguments, 0, 0, 0, 0)[:4]]
    return call(layer, "prctl", ctypes.c_int(option), *words)


def has_prctl() -> bool:
    """
    Whether this system has prctl(2) at all.
    """
    return hasattr(_libc, "prctl")


def die_with_parent(parent: int) -> None:
    """
    Ask for SIGKILL when the parent ends, and leave when it already has.

    Args:
        parent: The process number of the parent as it was before the fork.
    """
    if has_prctl():
        prctl("parent-death-signal", PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(125)

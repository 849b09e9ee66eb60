"""
Landlock: which files a process may use, decided once and for all its descendants.

Source: the kernel's ``Documentation/userspace-api/landlock.rst``.
"""

from __future__ import annotations

import ctypes
import os
import struct
from typing import TYPE_CHECKING

from . import libc, mounts, paths, syscalls
from .plan import LayerError

if TYPE_CHECKING:
    from .plan import Plan

_EXECUTE, _WRITE, _READ, _LIST = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_ALL_OF_FIRST = (1 << 13) - 1
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_TCP = 0b11
_SCOPES = 0b11  # abstract sockets and signals stay inside

OLDEST = 3
"""The oldest interface that also rules over truncation."""
SCOPES_FROM = 6
"""The first interface that keeps signals inside."""

READ = _EXECUTE | _READ | _LIST
"""Read, list and execute."""
LIST = _LIST
"""See the names in directories."""
DEVICE = _READ | _WRITE
"""Read and write a device that is there."""
WRITE = _ALL_OF_FIRST | _REFER | _TRUNCATE
"""Everything that can be done with files."""
_OF_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE
"""The rights that a rule on a file, not a directory, may give."""


def version() -> int:
    """
    The version of the kernel's interface.

    Raises:
        LayerError: The kernel has none, or does not let us use it.
    """
    found = _syscall("landlock_create_ruleset", None, ctypes.c_size_t(0), ctypes.c_uint(1))
    if found < OLDEST:
        raise LayerError("landlock", f"the kernel's interface is too old: seen {found}, need {OLDEST}")
    return found


def rights(plan: Plan) -> list[tuple[str, int]]:
    """
    What a program may do where.

    Args:
        plan: The program's paths.
    """
    readable = (*paths.SYSTEM, *paths.SETTINGS, *paths.SYNTHETIC, "/proc", *plan.readable, plan.workspace)
    devices = tuple(f"/dev/{name}" for name in mounts.DEVICES)
    strict = plan.level == "strict"
    writable = (plan.scratch, "/dev/shm") if strict else (plan.scratch,)  # noqa: S108 - the box's own
    return [
        *([("/", LIST)] if strict else []),  # the box holds nothing that must not be seen
        *((path, READ) for path in readable),
        *((path, DEVICE) for path in devices),
        *((path, WRITE) for path in writable),
    ]


def apply(rights: list[tuple[str, int]], *, network: bool) -> list[str]:
    """
    Allow what is listed, and nothing else.

    Args:
        rights: Paths and what may be done at and below them; absent paths are passed over.
        network: Whether TCP is allowed.

    Raises:
        LayerError: The kernel can't, or refuses.
    """
    interface = version()
    tcp = _TCP if interface >= 4 and not network else 0
    scopes = _SCOPES if interface >= SCOPES_FROM else 0
    attributes = struct.pack("=QQQ", WRITE, tcp, scopes)
    ruleset = _syscall("landlock_create_ruleset", attributes, ctypes.c_size_t(_size(interface)), ctypes.c_uint(0))
    for path, wanted in rights:
        try:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        allowed = wanted if os.path.isdir(path) else wanted & _OF_FILES
        rule = struct.pack("=Qi", allowed, place)
        _syscall("landlock_add_rule", ctypes.c_int(ruleset), ctypes.c_int(1), rule, ctypes.c_uint(0))
        os.close(place)
    _syscall("landlock_restrict_self", ctypes.c_int(ruleset), ctypes.c_uint(0))
    os.close(ruleset)
    return [f"landlock-{interface}"]


def _size(interface: int) -> int:
    """
    How much of the attributes a kernel knows.
    """
    if interface >= SCOPES_FROM:
        return 24
    return 16 if interface >= 4 else 8


def _syscall(name: str, *arguments: object) -> int:
    number = syscalls.number(name)
    return libc.call("landlock", "syscall", ctypes.c_long(number or 0), *arguments)

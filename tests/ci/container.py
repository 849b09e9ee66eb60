"""
Runs a command under what a container's default profile takes away from an ordinary user.

::

    python container.py COMMAND...

No new privileges, and a filter that refuses what moby's default profile refuses to whoever lacks CAP_SYS_ADMIN: new
namespaces, mounts, a new root (moby, ``profiles/seccomp/default.json``). What is allowed there, Landlock among it
(moby#43199), is allowed here. The rest of a container (its own root, a masked ``/proc``) is not made.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys

NUMBERS = {
    "x86_64": {"unshare": 272, "setns": 308, "mount": 165, "umount2": 166, "pivot_root": 155, "clone": 56},
    "aarch64": {"unshare": 97, "setns": 268, "mount": 40, "umount2": 39, "pivot_root": 41, "clone": 220},
}
"""System calls by machine."""
CLONE3 = 435
"""The same on every machine; libc goes on with `clone` where it is said not to exist."""
NAMESPACES = 0x7E020000
"""The flags of `clone` that ask for a new namespace."""
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000


def program(numbers: dict[str, int]) -> bytes:
    """
    The filter.

    Args:
        numbers: The system calls of this machine.
    """
    lines = [(_LOAD, 0, 0, 0)]
    for name, number in numbers.items():
        if name != "clone":
            lines += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERROR | errno.EPERM)]
    lines += [(_EQUAL, 0, 1, CLONE3), (_RETURN, 0, 0, _ERROR | errno.ENOSYS)]
    lines += [(_EQUAL, 0, 3, numbers["clone"]), (_LOAD, 0, 0, 16), (_ANY_BIT, 0, 1, NAMESPACES)]
    lines += [(_RETURN, 0, 0, _ERROR | errno.EPERM), (_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("lines", ctypes.c_void_p))


def main(command: list[str]) -> None:
    """
    Puts it in force, and becomes the command.

    Args:
        command: Its words.
    """
    text = program(NUMBERS[platform.machine()])
    held = ctypes.create_string_buffer(text, len(text))
    asked = _Program(len(text) // 8, ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    for call in ((_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (_PR_SET_SECCOMP, _FILTER, ctypes.byref(asked), 0, 0)):
        if libc.prctl(*call):
            raise OSError(ctypes.get_errno(), "prctl")
    os.execvp(command[0], command)  # noqa: S606 - a test's own command


if __name__ == "__main__":
    main(sys.argv[1:])

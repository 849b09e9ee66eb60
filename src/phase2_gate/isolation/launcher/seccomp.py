"""
A filter on system calls, in classic BPF (``Documentation/userspace-api/seccomp_filter.rst``).

What is refused lets a process leave its box, look into others, or change the machine. What an honest test suite does is
allowed, new processes and threads included.
"""

from __future__ import annotations

import ctypes
import errno
import socket
import struct

from . import libc, syscalls

_REFUSED = (
    *("unshare", "setns", "chroot"),  # new boxes inside the box: each would widen what the kernel offers
    *("mount", "umount2", "pivot_root", "move_mount", "open_tree", "mount_setattr"),
    *("fsopen", "fsconfig", "fsmount", "fspick"),
    *("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "kcmp"),
    *("add_key", "request_key", "keyctl"),
    *("bpf", "perf_event_open", "userfaultfd"),
    *("name_to_handle_at", "open_by_handle_at"),  # a file by its handle, past every directory above it
    *("settimeofday", "clock_settime", "adjtimex", "clock_adjtime"),
    *("sethostname", "setdomainname", "acct", "quotactl", "quotactl_fd", "swapon", "swapoff", "syslog", "vhangup"),
    *("reboot", "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "iopl", "ioperm"),
)
_ABSENT = ("clone3", "io_uring_setup", "io_uring_enter", "io_uring_register")
"""
Answered as if the kernel were too old: the flags of clone3 lie in memory, where a filter can't look, and io_uring opens
sockets without `socket`. Programs fall back to what can be filtered.
"""
_NEW_NAMESPACES = 0x7E020080  # CLONE_NEWUSER, PID, NET, IPC, UTS, CGROUP, NS, and CLONE_NEWTIME
_TERMINAL_INPUT = (0x5412, 0x541C)  # TIOCSTI and TIOCLINUX put characters into a terminal's input (CVE-2017-5226)
_FAMILIES = (socket.AF_UNIX, socket.AF_INET, 10, 16)  # and AF_INET6, AF_NETLINK: those that belong to a namespace

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_AT, _SECOND_AT = 0, 4, 16, 24  # in struct seccomp_data, little-endian halves
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_X32 = 0x40000000  # system calls of the x32 interface carry this bit and would pass every comparison


def _statement(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)


def _refuse(name: str, error: int, *conditions: bytes) -> bytes:
    """
    The statements that answer one call with an error; the accumulator holds the call's number before and after.

    Args:
        name: The call.
        error: What it answers.
        conditions: Statements that jump over one statement when the call is to be allowed.
    """
    number = syscalls.number(name)
    if number is None:
        return b""
    body = b"".join(conditions) + _statement(_RETURN, _ERROR | error)
    if conditions:
        body += _statement(_LOAD, _NUMBER_AT)
    return _statement(_EQUAL, number, 0, len(body) // 8) + body


def program(*, sockets: bool) -> bytes:
    """
    The filter as BPF statements.

    Args:
        sockets: Whether sockets may be opened: yes in a network of its own, no elsewhere; pairs are always allowed.
    """
    families = b"".join(_statement(_EQUAL, family, len(_FAMILIES) - index, 0) for index, family in enumerate(_FAMILIES))
    parts = [
        _statement(_LOAD, _ARCHITECTURE_AT),
        _statement(_EQUAL, syscalls.architecture(), 1, 0),
        _statement(_RETURN, _KILL),
        _statement(_LOAD, _NUMBER_AT),
        _statement(_AT_LEAST, _X32, 0, 1),
        _statement(_RETURN, _KILL),
        *(_refuse(name, errno.EPERM) for name in _REFUSED),
        *(_refuse(name, errno.ENOSYS) for name in _ABSENT),
        _refuse("clone", errno.EPERM, _statement(_LOAD, _FIRST_AT), _statement(_ANY_BIT, _NEW_NAMESPACES, 0, 1)),
        *(
            _refuse("ioctl", errno.EPERM, _statement(_LOAD, _SECOND_AT), _statement(_EQUAL, request, 0, 1))
            for request in _TERMINAL_INPUT
        ),
        _refuse("socket", errno.EACCES, _statement(_LOAD, _FIRST_AT), families)
        if sockets
        else _refuse("socket", errno.EACCES),
        _statement(_RETURN, _ALLOW),
    ]
    return b"".join(parts)


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("statements", ctypes.c_char_p))


def apply(*, sockets: bool) -> list[str]:
    """
    Put the filter in force on this process, and on everything it becomes or starts.

    Args:
        sockets: As for `program`.

    Raises:
        LayerError: The kernel refused it, or the machine is not known.
    """
    statements = program(sockets=sockets)
    filter_ = _Filter(len(statements) // 8, statements)
    libc.prctl("seccomp", libc.PR_SET_SECCOMP, 2, ctypes.addressof(filter_))
    return ["seccomp"] if sockets else ["seccomp", "no-sockets"]

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
    *("fsopen", "fsconfig", "fsmount", "fspick", "open_tree_attr"),
    *("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "kcmp"),
    *("add_key", "request_key", "keyctl"),
    *("bpf", "perf_event_open", "userfaultfd"),
    *("name_to_handle_at", "open_by_handle_at"),  # a file by its handle, past every directory above it
    *("settimeofday", "clock_settime", "adjtimex", "clock_adjtime"),
    *("sethostname", "setdomainname", "acct", "quotactl", "quotactl_fd", "swapon", "swapoff", "syslog", "vhangup"),
    *("reboot", "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "iopl", "ioperm"),
    # memory of nobody's: it counts for no process, and without a namespace it stays, and may be another program's
    *("shmget", "shmat", "shmctl", "semget", "semop", "semtimedop", "semctl", "msgget", "msgsnd", "msgrcv", "msgctl"),
)
_REFUSED_AMONG_OTHERS = (
    *("mq_open", "mq_unlink"),
    *("inotify_add_watch", "fanotify_init"),  # names of files in directories that may not be listed
)
"""Refused besides where the box shares the machine's processes and queues, at level `landlock`."""
_OF_ITSELF = ("prlimit64", "sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler")
"""There, these may only be about the caller itself, process 0: a limit on processor time ends whom it is set for."""
_OF_ONE = (("setpriority", 2), ("ioprio_set", 3))
"""There, these too; the number in their first argument means all processes of the user."""
_CHANGES_OF_MODE = (("chmod", 1), ("fchmod", 1), ("fchmodat", 2), ("fchmodat2", 2))
"""Calls that set a mode, and which argument it is."""
_MAKES = (("open", 1, 2), ("openat", 2, 3))
"""Calls that may make a file: which arguments are the flags and the mode."""
_MAKES_ALWAYS = (("creat", 1), ("mknod", 1), ("mknodat", 2))
_MAKING = 0x00400040  # O_CREAT, and of O_TMPFILE the bit that is its own
_SET_ID, _WRITABLE_BY_OTHERS = 0o6000, 0o022
_ATTRIBUTES = (
    *("setxattr", "lsetxattr", "fsetxattr", "setxattrat"),
    *("removexattr", "lremovexattr", "fremovexattr", "removexattrat", "file_setattr"),
)
"""There, a list of access rights is such an attribute, and would open a file that no mode may open."""
_FILE_REQUESTS = (0x40086602, 0x40087602, 0x401C5820, 0x40806685)
"""There, FS_IOC_SETFLAGS, SETVERSION, FSSETXATTR and ENABLE_VERITY: they need a file's owner, not one who may write."""
_ABSENT = (
    *("clone3", "io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("memfd_create", "memfd_secret"),
)
"""
Answered as if the kernel were too old: the flags of clone3 lie in memory, where a filter can't look, io_uring opens
sockets without `socket`, and files in memory count for no process. Programs fall back to what can be held.
"""
_NEW_NAMESPACES = 0x7E020080  # CLONE_NEWUSER, PID, NET, IPC, UTS, CGROUP, NS, and CLONE_NEWTIME
_TERMINAL_INPUT = (0x5412, 0x541C)  # TIOCSTI and TIOCLINUX put characters into a terminal's input (CVE-2017-5226)
_FAMILIES = (socket.AF_UNIX, socket.AF_INET, 10, 16)  # and AF_INET6, AF_NETLINK: those that belong to a namespace

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, (16, 24, 32, 40)  # in struct seccomp_data, little-endian halves
_FIRST_AT, _SECOND_AT, *_ = _ARGUMENTS_AT
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


def program(*, sockets: bool, root: bool = False) -> bytes:
    """
    The filter as BPF statements.

    Args:
        sockets: Whether sockets may be opened: yes in namespaces of its own, no elsewhere; pairs are always allowed.
        root: Whether the program is root, without capabilities, where there are no namespaces.
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
        *_requests(_TERMINAL_INPUT),
        _refuse("socketpair", errno.EACCES, _statement(_LOAD, _FIRST_AT), _statement(_EQUAL, socket.AF_UNIX, 1, 0)),
        _refuse("socket", errno.EACCES, _statement(_LOAD, _FIRST_AT), families)
        if sockets
        else _refuse("socket", errno.EACCES) + _among_others(root=root),
        _statement(_RETURN, _ALLOW),
    ]
    return b"".join(parts)


def _requests(requests: tuple[int, ...]) -> list[bytes]:
    conditions = (_statement(_LOAD, _SECOND_AT) + _statement(_EQUAL, request, 0, 1) for request in requests)
    return [_refuse("ioctl", errno.EPERM, condition) for condition in conditions]


def _among_others(*, root: bool) -> bytes:
    """
    The statements for a box that shares the machine's processes, and its files by their owner.
    """
    own = _statement(_EQUAL, 0, 1, 0)
    # what root owns is the machine's: its files must not become writable by others
    bits = _SET_ID | (_WRITABLE_BY_OTHERS if root else 0)
    parts = [_refuse(name, errno.EACCES) for name in _REFUSED_AMONG_OTHERS]
    parts += [_refuse(name, errno.EPERM, _statement(_LOAD, _FIRST_AT), own) for name in _OF_ITSELF]
    for name, everybody in _OF_ONE:
        kind = _statement(_LOAD, _FIRST_AT) + _statement(_EQUAL, everybody, 2, 0)
        parts.append(_refuse(name, errno.EPERM, kind, _statement(_LOAD, _SECOND_AT), own))
    for name, index in _CHANGES_OF_MODE:
        mode = _statement(_LOAD, _ARGUMENTS_AT[index])
        parts.append(_refuse(name, errno.EPERM, mode, _statement(_ANY_BIT, bits, 0, 1)))
    return b"".join((*parts, *_files_of_the_machine()))


def _files_of_the_machine() -> list[bytes]:
    """
    The statements that keep files where others can reach them from being made set-uid, or from being opened to others.
    """
    parts = [_refuse(name, errno.EOPNOTSUPP) for name in _ATTRIBUTES] + _requests(_FILE_REQUESTS)
    set_id = _statement(_ANY_BIT, _SET_ID, 0, 1)
    for name, index in _MAKES_ALWAYS:
        parts.append(_refuse(name, errno.EPERM, _statement(_LOAD, _ARGUMENTS_AT[index]), set_id))
    for name, flags, mode in _MAKES:
        # without one of these flags the mode may be anything, and means nothing
        makes = _statement(_LOAD, _ARGUMENTS_AT[flags]) + _statement(_ANY_BIT, _MAKING, 0, 3)
        parts.append(_refuse(name, errno.EPERM, makes, _statement(_LOAD, _ARGUMENTS_AT[mode]), set_id))
    # its flags and mode lie in memory, where a filter can't look
    return [*parts, _refuse("openat2", errno.ENOSYS)]


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("statements", ctypes.c_char_p))


def apply(*, sockets: bool, root: bool = False) -> list[str]:
    """
    Put the filter in force on this process, and on everything it becomes or starts.

    Args:
        sockets: As for `program`.
        root: As for `program`.

    Raises:
        LayerError: The kernel refused it, or the machine is not known.
    """
    statements = program(sockets=sockets, root=root)
    filter_ = _Filter(len(statements) // 8, statements)
    libc.prctl("seccomp", libc.PR_SET_SECCOMP, 2, ctypes.addressof(filter_))
    return ["seccomp"] if sockets else ["seccomp", "no-sockets"]

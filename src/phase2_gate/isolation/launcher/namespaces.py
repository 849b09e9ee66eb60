"""
Namespaces: users, mounts, processes, network, messages, names and control groups of their own.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct

from . import libc
from .plan import NOBODY, LayerError

_USER, _MOUNTS, _PROCESSES, _NETWORK, _MESSAGES, _NAMES, _GROUPS = (
    0x10000000,
    0x00020000,
    0x20000000,
    0x40000000,
    0x08000000,
    0x04000000,
    0x02000000,
)
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1  # SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP


def wanted() -> int:
    """
    The namespaces that a box has, as flags; that of control groups only hides a name, and not every kernel has it.
    """
    groups = _GROUPS if os.path.exists("/proc/self/ns/cgroup") else 0
    return _USER | _MOUNTS | _PROCESSES | _NETWORK | _MESSAGES | _NAMES | groups


def enter() -> None:
    """
    Move this process into new namespaces; its children are the first to have process numbers of their own.

    Raises:
        LayerError: Refused, by a limit (ENOSPC), a filter or the system's policy (EPERM).
    """
    libc.call("namespaces", "unshare", ctypes.c_int(wanted()))


def map_users(pid: int, user: int, group: int) -> None:
    """
    Say who the users of a new user namespace are; written from outside of it.

    The user keeps its number. Root gets a second number, that of nobody, which the program will run as.

    Args:
        pid: A process in the namespace.
        user: The user who made it.
        group: Its group.

    Raises:
        LayerError: Refused by the system's policy.
    """
    users, groups = f"{user} {user} 1\n", f"{group} {group} 1\n"
    if user == 0:
        users += f"{NOBODY} {NOBODY} 1\n"
        groups += f"{NOBODY} {NOBODY} 1\n"
    texts = [("uid_map", users), ("gid_map", groups)]
    if user != 0:
        texts.insert(1, ("setgroups", "deny"))  # without privileges, groups may only be kept
    for name, text in texts:
        try:
            with open(f"/proc/{pid}/{name}", "wb", buffering=0) as file:
                file.write(text.encode("ascii"))
        except OSError as error:
            raise LayerError("user-namespace", f"{name}: {error.strerror} (errno {error.errno})") from error


def loopback_up() -> None:
    """
    Switch on the loopback device, the only one of this network.
    """
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
            request = struct.pack("=16sH22x", b"lo", 0)
            flags = struct.unpack_from("=H", fcntl.ioctl(any_socket, _GET_FLAGS, request), 16)[0]
            fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("=16sH22x", b"lo", flags | _UP))
    except OSError as error:
        raise LayerError("network", f"loopback: {error}") from error


def set_names() -> None:
    """
    Give the machine another name, so that its own is not told.
    """
    try:
        socket.sethostname("audit")
    except OSError as error:
        raise LayerError("names", str(error)) from error

"""
A file system of its own: an empty root with read-only views of what the program needs, and a scratch area in memory.
"""

from __future__ import annotations

import ctypes
import os
import struct
from typing import TYPE_CHECKING

from . import libc, syscalls
from .paths import SETTINGS, SYSTEM
from .plan import LayerError

if TYPE_CHECKING:
    from .plan import Plan

_RDONLY, _NOSUID, _NODEV, _NOEXEC = 1, 2, 4, 8
_BIND, _REC, _PRIVATE = 4096, 16384, 1 << 18
_DETACH = 2
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_ROOT_BYTES = 1024 * 1024
_PAGE_BYTES = 4096
_LEAST_FILES = 1024
_OWN = ("/dev/", "/proc/")

DEVICES = ("null", "zero", "full", "random", "urandom")
"""The devices of the box."""
STREAMS = (
    ("fd", "/proc/self/fd"),
    *((name, f"/proc/self/fd/{fd}") for fd, name in enumerate(("stdin", "stdout", "stderr"))),
)
"""The links in ``/dev`` that lead to a process's own descriptors."""


def _mount(what: str, where: str, kind: str | None, flags: int, options: str = "") -> None:
    arguments = (text if text is None else os.fsencode(text) for text in (what, where, kind))
    try:
        libc.call("mounts", "mount", *arguments, ctypes.c_ulong(flags), options.encode("ascii"))
    except LayerError as error:
        raise LayerError("mounts", f"{where!r}: {error.message}") from error


def _read_only(where: str, *, below: bool) -> None:
    """
    Take writing, devices and set-uid programs from a mount, and from all mounts below it.
    """
    attributes = struct.pack("=QQQQ", _RDONLY | _NOSUID | _NODEV, 0, 0, 0)
    libc.call(
        "mounts",
        "syscall",
        ctypes.c_long(syscalls.number("mount_setattr") or 0),
        ctypes.c_int(_AT_FDCWD),
        os.fsencode(where),
        ctypes.c_uint(_AT_RECURSIVE if below else 0),
        attributes,
        ctypes.c_size_t(len(attributes)),
    )


def _view(root: str, path: str) -> None:
    """
    Show one path of the machine at the same place in the new root, read-only.
    """
    target = root + path
    if os.path.isdir(path):
        os.makedirs(target, exist_ok=True)
    else:
        _text(target, "")
    _mount(path, target, None, _BIND | _REC)
    _read_only(target, below=True)


def _text(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def outermost(paths: list[str]) -> list[str]:
    """
    The paths that no other one of them contains, sorted.
    """
    kept: list[str] = []
    for path in sorted({os.path.normpath(path) for path in paths}, key=lambda path: path.split("/")):
        if not kept or not (path + "/").startswith(kept[-1] + "/"):
            kept.append(path)
    return kept


def shown(plan: Plan) -> tuple[list[str], tuple[str, ...]]:
    """
    What a program sees of the machine: paths, and links of the system's that lead to some of them.

    Raises:
        LayerError: The program's own directories lie where the box has something else.
    """
    for place in (plan.scratch, plan.workspace):
        if place.startswith(_OWN):
            message = f"the box has its own /dev and /proc: seen the temporary directory {place!r}"
            raise LayerError("mounts", f"{message}, need TMPDIR elsewhere")
    links = tuple(path for path in SYSTEM if os.path.islink(path))
    system = [path for path in (*SYSTEM, *SETTINGS) if os.path.exists(path) and path not in links]
    # what is named through such a link is shown where the link leads
    direct = [path for path in plan.readable if not (path + "/").startswith(tuple(link + "/" for link in links))]
    return [*system, *direct, plan.workspace], links


def areas(plan: Plan) -> tuple[tuple[str, int], ...]:
    """
    The directories in memory that a program may write to, and their sizes.
    """
    return (plan.scratch, plan.scratch_bytes), ("/dev/shm", plan.scratch_bytes // 4)  # noqa: S108 - the box's own


def accounts(user: int, group: int) -> dict[str, str]:
    """
    The few settings that honest programs look up, without those of the machine, by path.
    """
    return {
        "/etc/passwd": f"audit:x:{user}:{group}:audit:/nonexistent:/bin/sh\n",
        "/etc/group": f"audit:x:{group}:\n",
        "/etc/hosts": "127.0.0.1 localhost audit\n::1 localhost audit\n",
        "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    }


def build(plan: Plan, user: int, group: int) -> list[str]:
    """
    Make the file system and move into it.

    Steps: nothing flows back; an empty root over the scratch directory; views; devices; settings; scratch; change root.

    Args:
        plan: What to show.
        user: Who will write to the scratch area.
        group: Its group.

    Returns:
        Notes on what is missing.

    Raises:
        LayerError: Something that is needed was refused.
    """
    root = plan.scratch
    _mount("none", "/", None, _REC | _PRIVATE)
    _mount("tmpfs", root, "tmpfs", _NOSUID | _NODEV, f"size={_ROOT_BYTES},mode=755")
    os.chdir("/")
    paths, links = shown(plan)
    for path in links:
        os.symlink(os.readlink(path), root + path)
    for path in outermost(paths):
        _view(root, path)
    _devices(root)
    for path, text in accounts(user, group).items():
        _text(root + path, text)
    notes = _processes(root)
    for path, size in areas(plan):
        _area(root + path, size, user, group)
    os.chdir(root)
    libc.call("mounts", "pivot_root", b".", b".")
    libc.call("mounts", "umount2", b".", ctypes.c_int(_DETACH))
    os.chdir("/")
    _read_only("/", below=False)
    return notes


def _devices(root: str) -> None:
    os.makedirs(root + "/dev")
    for name in DEVICES:
        _text(f"{root}/dev/{name}", "")
        _mount(f"/dev/{name}", f"{root}/dev/{name}", None, _BIND)
    for name, target in STREAMS:
        os.symlink(target, f"{root}/dev/{name}")


def _processes(root: str) -> list[str]:
    """
    A view of the processes in this namespace; masked in some containers, and then left out.
    """
    os.makedirs(root + "/proc")
    try:
        _mount("proc", root + "/proc", "proc", _NOSUID | _NODEV | _NOEXEC)
    except LayerError as error:
        return [f"no /proc: {error.message}"]
    return []


def _area(path: str, size: int, user: int, group: int) -> None:
    """
    A writable directory in memory, no larger than `size`, with no more files than that has pages.
    """
    os.makedirs(path, exist_ok=True)
    # an empty file takes none of the size but a kilobyte of the kernel's memory, and by default half of it may go
    files = max(_LEAST_FILES, size // _PAGE_BYTES)
    options = f"size={size},nr_inodes={files},mode=700,uid={user},gid={group}"
    _mount("tmpfs", path, "tmpfs", _NOSUID | _NODEV, options)

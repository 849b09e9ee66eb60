"""
What "on the disk" and "mine alone" mean on this platform: sync, directory sync, lock, permissions, open flags.

Features are looked for, platforms are not named. Where a feature is missing the nearest weaker one is
used, and `docs/runtime.md` says what that costs. All of it holds on local file systems only.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
from types import ModuleType

from .errors import JournalLocked

__all__ = ["READ_FLAGS", "SAFE_FLAGS", "FileLock", "has_permissions", "sync_data", "sync_directory", "write_all"]

# Never through a link, never inherited by a child, never with line ends translated, never hanging on a FIFO.
SAFE_FLAGS: int = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
)
READ_FLAGS: int = os.O_RDONLY | SAFE_FLAGS


def _optional(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


_FCNTL = _optional("fcntl")
_MSVCRT = _optional("msvcrt")


def has_permissions() -> bool:
    """
    Tell whether files have permission bits that can be set.

    Where there are no user ids the bits are made up from names and attributes, also where ``fchmod`` exists.
    """
    return hasattr(os, "fchmod") and hasattr(os, "getuid")


def sync_data(fd: int) -> None:
    """
    Return when the file's bytes and size are on stable storage, as far as the system can tell.

    Raises:
        OSError: The sync failed; the state of the unsynced bytes is unknown from then on.
    """
    if _FCNTL is not None and hasattr(_FCNTL, "F_FULLFSYNC"):
        # macOS: fsync alone leaves the bytes in the drive's cache.
        _FCNTL.fcntl(fd, _FCNTL.F_FULLFSYNC)
    elif hasattr(os, "fdatasync"):
        os.fdatasync(fd)
    else:
        os.fsync(fd)


def sync_directory(path: str) -> None:
    """
    Make a directory's entries durable, where directories can be opened at all.

    Raises:
        OSError: The sync failed.
    """
    flag = getattr(os, "O_DIRECTORY", None)
    if flag is None:
        return
    fd = os.open(path, os.O_RDONLY | flag | getattr(os, "O_CLOEXEC", 0))
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_all(fd: int, data: bytes) -> None:
    """
    Write every byte, in as many calls as it takes.

    Raises:
        OSError: A write failed or made no progress; some bytes may have been written.
    """
    view = memoryview(data)
    while view:
        written = os.write(fd, view)
        if written <= 0:
            raise OSError(errno.EIO, "write made no progress")
        view = view[written:]


class FileLock:
    """
    An exclusive lock that belongs to one open file.

    ``flock`` where it exists: it is held by the open file itself, so that a second handle of the same
    process is refused too (POSIX record locks would be granted, and lost when any handle is closed).
    Elsewhere the first byte of ``<path>.lock`` is locked.

    Args:
        fd: The open file.
        path: Its name.

    Raises:
        JournalLocked: Somebody else holds the lock.
        OSError: The lock file cannot be opened.
    """

    def __init__(self, fd: int, path: str) -> None:
        self._side: int | None = None
        if _FCNTL is not None:
            try:
                _FCNTL.flock(fd, _FCNTL.LOCK_EX | _FCNTL.LOCK_NB)
            except BlockingIOError:
                raise JournalLocked(f"{path!r}: another writer holds the journal") from None
        elif _MSVCRT is not None:
            self._side = os.open(path + ".lock", os.O_RDWR | os.O_CREAT | SAFE_FLAGS, 0o600)
            try:
                _MSVCRT.locking(self._side, _MSVCRT.LK_NBLCK, 1)
            except OSError:
                self.release()
                raise JournalLocked(f"{path!r}: another writer holds the journal") from None
        else:
            raise OSError(errno.ENOTSUP, "no file locks on this platform")

    def release(self) -> None:
        """
        Give up what is held beside the file itself; a ``flock`` goes when its file is closed.
        """
        if self._side is not None:
            side, self._side = self._side, None
            with contextlib.suppress(OSError):  # closing releases the lock whatever it returns
                os.close(side)

"""
An open directory, and what can be done to the names in it without following a link.

Two implementations: `FdDirectory` on descriptors, and `PathDirectory` where the platform has no ``dir_fd``.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import Protocol, TypeVar

from ..errors import PathRefused

__all__ = ["Directory", "refusal", "same_kind"]

D = TypeVar("D")


class Directory(Protocol):
    """
    One open directory. Names are single components that were checked before.
    """

    guarantee: str
    """``descriptor`` or ``best-effort``."""

    def child(self, name: str) -> Directory:
        """
        Open a directory in it; a link is an error.
        """

    def open(self, name: str, flags: int, mode: int = 0o600) -> int:
        """
        Open a file in it; a link is an error.
        """

    def stat(self, name: str) -> os.stat_result:
        """
        Look at a name without following it.
        """

    def status(self) -> os.stat_result:
        """
        Look at the directory itself.
        """

    def names(self) -> list[str]:
        """
        What is in it, sorted.
        """

    def mkdir(self, name: str, mode: int = 0o755) -> None:
        """
        Make a directory in it.
        """

    def unlink(self, name: str) -> None:
        """
        Remove a name that is not a directory.
        """

    def rmdir(self, name: str) -> None:
        """
        Remove an empty directory.
        """

    def rename(self, name: str, into: Directory, new_name: str) -> None:
        """
        Move a name, into another directory of the same kind.
        """

    def link(self, name: str, new_name: str) -> None:
        """
        Give a file a second name in this directory; fails if that is taken.
        """

    def mount_id(self, fd: int | None = None) -> str | None:
        """
        Which mount the directory, or an open file of it, is on; None where that cannot be told.
        """

    def sync(self) -> None:
        """
        Make its names durable, where that is possible.
        """

    def close(self) -> None:
        """
        Close it.
        """


def refusal(exc: OSError, directory: Directory, name: str, path: str) -> PathRefused:
    """
    Say what stands at a name that could not be opened.
    """
    try:
        mode = directory.stat(name).st_mode
    except OSError:
        mode = 0
    if exc.errno == errno.ELOOP or stat.S_ISLNK(mode):
        return PathRefused("LINK", path, "a symbolic link")
    if exc.errno == errno.ENOENT:
        return PathRefused("MISSING", path, "does not exist")
    if exc.errno == errno.ENOTDIR:
        return PathRefused("NOT_DIRECTORY", path, "not a directory")
    if mode and not stat.S_ISREG(mode):
        return PathRefused("NOT_REGULAR", path, "neither a file nor a directory")
    return PathRefused("UNREADABLE", path, str(exc.strerror))


def same_kind(directory: Directory, kind: type[D]) -> D:
    """
    Narrow a directory to the implementation that works with another of its kind.

    Raises:
        TypeError: It is of another kind; roots are never mixed, so this is a mistake of ours.
    """
    if not isinstance(directory, kind):
        message = f"directory: need a {kind.__name__}"
        raise TypeError(message)
    return directory

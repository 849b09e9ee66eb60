"""
What a plain file is: regular, one name, on the root's mount; and reading one with a bound.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from ..errors import PathRefused
from .directory import Directory, refusal

if TYPE_CHECKING:
    from .root import Root

__all__ = ["absent", "look", "plain_or_none", "read_plain"]


def look(directory: Directory, name: str, path: str) -> os.stat_result:
    """
    Look at a name without following it.

    Raises:
        PathRefused: It is missing or cannot be looked at.
    """
    try:
        return directory.stat(name)
    except OSError as exc:
        raise refusal(exc, directory, name, path) from None


def absent(directory: Directory, name: str, path: str) -> None:
    """
    Refuse a name that is taken, by whatever.

    Raises:
        PathRefused: Something stands there.
    """
    try:
        look(directory, name, path)
    except PathRefused as exc:
        if exc.code != "MISSING":
            raise
    else:
        raise PathRefused("EXISTS", path, "something stands there already")


def plain_or_none(root: Root, directory: Directory, name: str, path: str) -> os.stat_result | None:
    """
    Look at a name that is free or a plain file.

    Raises:
        PathRefused: It is something else.
    """
    try:
        status = look(directory, name, path)
    except PathRefused as exc:
        if exc.code == "MISSING":
            return None
        raise
    _check_plain(root, status, path)
    return status


def read_plain(root: Root, path: str, max_bytes: int) -> tuple[bytes, os.stat_result]:
    """
    Read a whole plain file; decided on the very descriptor that is read.

    Raises:
        PathRefused: It is missing, not plain, or longer than `max_bytes`.
    """
    with root.parent(path) as (directory, name):
        try:
            fd = directory.open(name, os.O_RDONLY)
        except OSError as exc:
            raise refusal(exc, directory, name, path) from None
        try:
            status = os.fstat(fd)
            _check_plain(root, status, path)
            # A second name may be gone again by the time of the look above, while the file behind the descriptor
            # still is the other one. Only one look that finds the file at this name, and with no other, settles it.
            named = look(directory, name, path)
            if (named.st_dev, named.st_ino) != (status.st_dev, status.st_ino):
                raise PathRefused("CHANGED", path, "was replaced while it was opened")
            _check_plain(root, named, path)
            root.check_mount(directory.mount_id(fd), path)
            with open(fd, "rb", closefd=False) as file:
                # One byte more than it had: a file that grew is seen, and never read without bound.
                data = file.read(min(status.st_size, max_bytes) + 1)
        finally:
            os.close(fd)
    if len(data) > max_bytes:
        raise PathRefused("TOO_LARGE", path, f"need at most {max_bytes} bytes")
    if len(data) != status.st_size:
        raise PathRefused("CHANGED", path, "changed its size while it was read")
    return data, status


def _check_plain(root: Root, status: os.stat_result, path: str) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise PathRefused("LINK", path, "a symbolic link")
    if not stat.S_ISREG(status.st_mode):
        raise PathRefused("NOT_REGULAR", path, "not a regular file")
    if status.st_nlink != 1:
        raise PathRefused("HARDLINK", path, f"has {status.st_nlink} names")
    root.check_place(status, path)

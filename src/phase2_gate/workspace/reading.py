"""
Opens files of a workspace so that nothing but a regular file is ever read, and no link followed.
"""

from __future__ import annotations

import errno
import os
import stat

FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    # Opening a pipe that took the place of a file would wait for a writer.
    | getattr(os, "O_NONBLOCK", 0)
)
"""How files are opened; what a platform lacks is left out."""


def open_regular(location: bytes) -> tuple[int, int]:
    """
    Opens the file at `location`; the caller closes the descriptor.

    Returns:
        The descriptor and the size in bytes.

    Raises:
        OSError: when it cannot be opened, or is no regular file.
    """
    descriptor = os.open(location, FLAGS)
    try:
        status = os.fstat(descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    if stat.S_ISREG(status.st_mode):
        return descriptor, status.st_size
    os.close(descriptor)
    raise OSError(errno.EINVAL, "not a regular file")


def size(location: bytes) -> int:
    """
    The size of a file in bytes, without opening it.

    Raises:
        OSError: when it is not there, or cannot be asked.
    """
    return os.lstat(location).st_size


def whole(location: bytes) -> bytes:
    """
    The content of a small file.

    Raises:
        OSError: when it cannot be read, or is no regular file.
    """
    descriptor, _ = open_regular(location)
    with open(descriptor, "rb") as file:
        return file.read()

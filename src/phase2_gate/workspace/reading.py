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
_DIRECTORY = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)


def open_regular(location: bytes) -> tuple[int, int]:
    """
    Opens the file at `location`; the caller closes the descriptor.

    Returns:
        The descriptor and the size in bytes.

    Raises:
        OSError: when it cannot be opened, or is no regular file.
    """
    return _regular(os.open(location, FLAGS))


def _regular(descriptor: int) -> tuple[int, int]:
    try:
        status = os.fstat(descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    if stat.S_ISREG(status.st_mode):
        return descriptor, status.st_size
    os.close(descriptor)
    raise OSError(errno.EINVAL, "not a regular file")


class Beneath:
    """
    Opens files of a workspace so that no directory on the way from its root is a link either: one that was swapped for
    a link behind the walk is refused, and nothing from outside is read in its place.

    Files of one directory are best asked for one after the other. Where a system cannot open relative to a directory,
    only the file itself is looked at. Close it in the end.
    """

    __slots__ = ("_descriptor", "_directory")

    def __init__(self) -> None:
        self._directory: bytes | None = None
        self._descriptor = -1

    def open_regular(self, location: bytes, inner: bytes) -> tuple[int, int]:
        """
        As the function of that name.

        Args:
            location: Where the file lies.
            inner: The end of it that lies within the workspace.

        Raises:
            OSError: as the function, and when a directory on the way is none.
        """
        if os.open not in os.supports_dir_fd or not location.endswith(inner):
            return open_regular(location)
        directory, _, name = location.rpartition(b"/")
        if directory != self._directory:
            self._descend(directory, location[: -len(inner)])
        return _regular(os.open(name, FLAGS, dir_fd=self._descriptor))

    def _descend(self, directory: bytes, root: bytes) -> None:
        """
        Opens `directory`, whose path begins with `root` but for the slash at its end.
        """
        at = self._directory
        if at is not None and directory.startswith(at + b"/"):
            rest = directory[len(at) + 1 :]
        else:
            self.close()
            self._descriptor = os.open(root or b".", _DIRECTORY)
            rest = directory[len(root) :]
        self._directory = None  # until it is reached
        for component in rest.split(b"/") if rest else ():
            inner = os.open(component, _DIRECTORY | os.O_NOFOLLOW, dir_fd=self._descriptor)
            os.close(self._descriptor)
            self._descriptor = inner
        self._directory = directory

    def close(self) -> None:
        """
        Gives the directory back that is open.
        """
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._directory, self._descriptor = None, -1


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

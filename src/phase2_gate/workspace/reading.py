"""
Opens files of a workspace so that nothing but a regular file is ever read, and no link followed.
"""

from __future__ import annotations

import errno
import os
import stat

from ..core import escape

FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    # Opening a pipe that took the place of a file would wait for a writer.
    | getattr(os, "O_NONBLOCK", 0)
)
"""How files are opened; what a platform lacks is left out."""
_KEPT = 32
"""How many directories above each other are kept open."""
LISTS = os.open in os.supports_dir_fd and os.scandir in os.supports_fd and hasattr(os, "O_NOFOLLOW")
"""Whether this system lists a directory that is open, and opens relative to it."""
_MAX_BYTES = 4095
"""PATH_MAX of Linux without its NUL, the largest of the common ones: the way down takes time with its length."""
_DIRECTORY = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)


def on_disk(path: str) -> str:
    """
    A path as settings, git and the walk have it, as functions of `os` and `pathlib` want it in this locale.

    Names are UTF-8, in any locale.
    """
    return os.fsdecode(as_bytes(path))


def as_bytes(path: str) -> bytes:
    """
    The same as bytes, which no locale changes.
    """
    return path.encode("utf-8", "surrogateescape")


def as_walked(path: str) -> str:
    """
    A path of the system's, as the command line has it, as the walk has it.
    """
    return escape.decoded(os.fsencode(path))


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
    Opens files and directories of a workspace so that no directory on the way from its root is a link either: one that
    was swapped for a link behind the walk is refused, and nothing from outside is read in its place.

    What lies in one directory is best asked for in one go. Where a system cannot open relative to a directory, only the
    file itself is looked at. Close it in the end.
    """

    __slots__ = ("_open",)

    def __init__(self) -> None:
        self._open: list[tuple[bytes, int]] = []  # the directory, and those above it that are kept

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
        if not self._open or directory != self._open[-1][0]:
            self._descend(directory, location[: -len(inner)])
        return _regular(os.open(name, FLAGS, dir_fd=self._open[-1][1]))

    def whole(self, location: bytes, inner: bytes) -> bytes:
        """
        As the function of that name; arguments and errors as `open_regular`.
        """
        return _content(self.open_regular(location, inner)[0])

    def directory(self, location: bytes, inner: bytes) -> int:
        """
        A directory, open until something outside of it is asked for; where the system `LISTS`.

        Args:
            location: Where it lies.
            inner: The end of it that lies within the workspace, empty for the workspace itself.

        Raises:
            OSError: when it cannot be opened, or it or a directory on the way is none, or its path is too long.
        """
        if len(location) > _MAX_BYTES:
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
        if not self._open or location != self._open[-1][0]:
            self._descend(location, location.removesuffix(inner))
        return self._open[-1][1]

    def _descend(self, directory: bytes, root: bytes) -> None:
        """
        Opens `directory`, whose path begins with `root` but for the slash at its end.
        """
        while self._open and directory != self._open[-1][0] and not directory.startswith(self._open[-1][0] + b"/"):
            os.close(self._open.pop()[1])
        if not self._open:
            self._open.append((root.removesuffix(b"/"), os.open(root or b".", _DIRECTORY)))
        at, descriptor = self._open[-1]
        rest = directory[len(at) :].lstrip(b"/")
        for component in rest.split(b"/") if rest else ():
            at = b"/".join((at, component)) if at or root else component
            descriptor = os.open(component, _DIRECTORY | os.O_NOFOLLOW, dir_fd=descriptor)
            if len(self._open) >= _KEPT:  # the next is most likely asked for near the last
                os.close(self._open.pop(1)[1])
            self._open.append((at, descriptor))

    def close(self) -> None:
        """
        Gives the directories back that are open.
        """
        while self._open:
            os.close(self._open.pop()[1])


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
    return _content(open_regular(location)[0])


def _content(descriptor: int) -> bytes:
    with open(descriptor, "rb") as file:
        return file.read()

"""
A directory held by its name, for platforms without ``dir_fd``.

Links and reparse points are refused, and what was opened is compared with what was looked at; but between two calls
the names above may be swapped. `Root.guarantee` says so.
"""

from __future__ import annotations

import errno
import os
import stat

from ..durable import SAFE_FLAGS
from ..errors import PathRefused
from .directory import Directory, same_kind

__all__ = ["PathDirectory"]

_REPARSE_POINT = 0x400  # FILE_ATTRIBUTE_REPARSE_POINT


class PathDirectory:
    """
    A directory held by its name.
    """

    guarantee = "best-effort"

    def __init__(self, path: str) -> None:
        self.path = path
        status = os.stat(path, follow_symlinks=False)
        if not stat.S_ISDIR(status.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
        self._identity = _identity(status)

    def child(self, name: str) -> PathDirectory:
        """
        As `Directory.child`.
        """
        self.stat(name)  # refuses what a platform takes for a link
        return PathDirectory(self.at(name))

    def open(self, name: str, flags: int, mode: int = 0o600) -> int:
        """
        As `Directory.open`.
        """
        fd = os.open(self.at(name), flags | SAFE_FLAGS, mode)
        try:
            same = _identity(os.fstat(fd)) == _identity(self.stat(name))
        except BaseException:
            os.close(fd)
            raise
        if not same:
            os.close(fd)
            raise PathRefused("LINK", name, "what was opened is not what stands there")
        return fd

    def stat(self, name: str) -> os.stat_result:
        """
        As `Directory.stat`.
        """
        status = os.stat(self.at(name), follow_symlinks=False)
        if getattr(status, "st_file_attributes", 0) & _REPARSE_POINT:
            raise PathRefused("LINK", name, "a reparse point")
        return status

    def status(self) -> os.stat_result:
        """
        As `Directory.status`.
        """
        return os.stat(self.path, follow_symlinks=False)

    def names(self) -> list[str]:
        """
        As `Directory.names`.
        """
        return sorted(os.listdir(self.at("")))

    def mkdir(self, name: str, mode: int = 0o755) -> None:
        """
        As `Directory.mkdir`.
        """
        os.mkdir(self.at(name), mode)

    def unlink(self, name: str) -> None:
        """
        As `Directory.unlink`.
        """
        os.unlink(self.at(name))

    def rmdir(self, name: str) -> None:
        """
        As `Directory.rmdir`.
        """
        os.rmdir(self.at(name))

    def rename(self, name: str, into: Directory, new_name: str) -> None:
        """
        As `Directory.rename`.
        """
        os.replace(self.at(name), same_kind(into, PathDirectory).at(new_name))

    def link(self, name: str, new_name: str) -> None:
        """
        As `Directory.link`.
        """
        os.link(self.at(name), self.at(new_name), follow_symlinks=False)

    def mount_id(self, fd: int | None = None) -> str | None:  # noqa: ARG002  # the protocol's
        """
        As `Directory.mount_id`.
        """
        return None

    def sync(self) -> None:
        """
        As `Directory.sync`.
        """
        return

    def close(self) -> None:
        """
        As `Directory.close`.
        """
        return

    def at(self, name: str) -> str:
        """
        Path of a name, after a look whether the directory is still the one it was.
        """
        if _identity(os.stat(self.path, follow_symlinks=False)) != self._identity:
            raise PathRefused("LINK", self.path, "the directory was replaced")
        return os.path.join(self.path, name)


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino

"""
A directory held by a descriptor: what was checked is what is used, whatever happens to the names above.
"""

from __future__ import annotations

import os

from ..durable import SAFE_FLAGS
from .directory import Directory, same_kind

__all__ = ["FdDirectory"]

_DIRECTORY_FLAGS: int = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | SAFE_FLAGS


class FdDirectory:
    """
    A directory held by a descriptor.
    """

    guarantee = "descriptor"

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def child(self, name: str) -> FdDirectory:
        """
        As `Directory.child`.
        """
        return FdDirectory(os.open(name, _DIRECTORY_FLAGS, dir_fd=self.fd))

    def open(self, name: str, flags: int, mode: int = 0o600) -> int:
        """
        As `Directory.open`.
        """
        return os.open(name, flags | SAFE_FLAGS, mode, dir_fd=self.fd)

    def stat(self, name: str) -> os.stat_result:
        """
        As `Directory.stat`.
        """
        return os.stat(name, dir_fd=self.fd, follow_symlinks=False)

    def status(self) -> os.stat_result:
        """
        As `Directory.status`.
        """
        return os.fstat(self.fd)

    def names(self) -> list[str]:
        """
        As `Directory.names`.
        """
        return sorted(os.listdir(self.fd))

    def mkdir(self, name: str, mode: int = 0o755) -> None:
        """
        As `Directory.mkdir`.
        """
        os.mkdir(name, mode, dir_fd=self.fd)

    def unlink(self, name: str) -> None:
        """
        As `Directory.unlink`.
        """
        os.unlink(name, dir_fd=self.fd)

    def rmdir(self, name: str) -> None:
        """
        As `Directory.rmdir`.
        """
        os.rmdir(name, dir_fd=self.fd)

    def rename(self, name: str, into: Directory, new_name: str) -> None:
        """
        As `Directory.rename`.
        """
        os.rename(name, new_name, src_dir_fd=self.fd, dst_dir_fd=same_kind(into, FdDirectory).fd)

    def link(self, name: str, new_name: str) -> None:
        """
        As `Directory.link`.
        """
        os.link(name, new_name, src_dir_fd=self.fd, dst_dir_fd=self.fd, follow_symlinks=False)

    def mount_id(self, fd: int | None = None) -> str | None:
        """
        As `Directory.mount_id`.
        """
        # The only place that tells a bind mount of the same device apart; statx is not in the standard library.
        try:
            with open(f"/proc/self/fdinfo/{self.fd if fd is None else fd}", encoding="ascii") as info:
                return next((line.split()[1] for line in info if line.startswith("mnt_id:")), None)
        except OSError:
            return None

    def sync(self) -> None:
        """
        As `Directory.sync`.
        """
        os.fsync(self.fd)

    def close(self) -> None:
        """
        As `Directory.close`.
        """
        os.close(self.fd)

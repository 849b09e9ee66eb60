"""
File access under one grant: every method names a path that the grant covers, or fails.

- Files are regular, have one name, and are on the root's mount; links are never followed.
- Writing makes a temporary file in the held directory, syncs it and renames it into place: it cannot write through a
  link or into a shared inode, and a crash leaves the old content or the new.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from typing import TYPE_CHECKING

from ..canonical import Json
from ..durable import has_permissions
from ..errors import GrantError, PathRefused
from .decision import Access, Grant
from .plain_files import absent, look, plain_or_none, read_plain
from .temporary_files import drop, prepare, temporary_name

if TYPE_CHECKING:
    from .directory import Directory
    from .root import Root

__all__ = ["MAX_FILE_BYTES", "GrantedFS"]

# Whole files are held in memory; a larger one is not edited step by step.
MAX_FILE_BYTES = 64 << 20


class GrantedFS:
    """
    The files of one grant, until it expires. Made by `Root.granted`.
    """

    def __init__(self, root: Root, grant: Grant, tag: str) -> None:
        self._root = root
        self._grant: Grant | None = grant
        self._tag = tag

    def expire(self) -> None:
        """
        Refuse everything from now on.
        """
        self._grant = None

    def read_bytes(self, path: str, *, max_bytes: int = MAX_FILE_BYTES) -> bytes:
        """
        Read a whole file.

        Raises:
            GrantError: The grant does not cover it.
            PathRefused: It is not a plain file inside the root, or longer than `max_bytes`.
        """
        self._covers(path, "read")
        return read_plain(self._root, path, max_bytes)[0]

    def write_bytes(self, path: str, data: bytes) -> None:
        """
        Create a file or replace its content; its permissions stay.

        Raises:
            GrantError: The grant does not cover writing it.
            PathRefused: Something else than a plain file stands there.
        """
        self._covers(path, "write")
        with self._root.parent(path) as (directory, name):
            status = plain_or_none(self._root, directory, name, path)
            mode = 0o644 if status is None else stat.S_IMODE(status.st_mode) & 0o777
            temporary = self._prepare(directory, path, data, mode)
            directory.rename(temporary, directory, name)
            directory.sync()

    def create_bytes(self, path: str, data: bytes, *, mode: int = 0o644) -> None:
        """
        Create a file that must not exist.

        Raises:
            GrantError: The grant does not cover creating it.
            PathRefused: Something stands there already.
        """
        self._covers(path, "create")
        with self._root.parent(path) as (directory, name):
            absent(directory, name, path)
            temporary = self._prepare(directory, path, data, mode)
            try:
                directory.link(temporary, name)
            except FileExistsError:
                raise PathRefused("EXISTS", path, "appeared meanwhile") from None
            except OSError as exc:
                if exc.errno not in {errno.EPERM, errno.ENOTSUP, errno.EMLINK}:
                    raise
                # A file system without hard links: the look above must do.
                directory.rename(temporary, directory, name)
            else:
                directory.unlink(temporary)
            directory.sync()

    def mkdir(self, path: str, *, mode: int = 0o755) -> None:
        """
        Make a directory that must not exist; its parent must. The process's umask takes from its mode.

        Raises:
            GrantError: The grant does not cover creating it.
            PathRefused: Something stands there already.
        """
        self._covers(path, "create")
        with self._root.parent(path) as (directory, name):
            absent(directory, name, path)
            directory.mkdir(name, mode)
            directory.sync()

    def delete(self, path: str) -> None:
        """
        Delete a file or an empty directory.

        Raises:
            GrantError: The grant does not cover deleting it.
            PathRefused: It is missing, a link, or neither a file nor a directory.
        """
        self._covers(path, "delete")
        with self._root.parent(path) as (directory, name):
            if stat.S_ISDIR(look(directory, name, path).st_mode):
                directory.rmdir(name)
            else:
                plain_or_none(self._root, directory, name, path)
                directory.unlink(name)
            directory.sync()

    def rename(self, source: str, target: str) -> None:
        """
        Move a file or a directory to a name that must not exist.

        Raises:
            GrantError: The grant does not cover deleting the one and creating the other.
            PathRefused: The source is missing or not plain, or something stands at the target.
        """
        self._covers(source, "delete")
        self._covers(target, "create")
        with self._root.parent(source) as (old, old_name), self._root.parent(target) as (new, new_name):
            if not stat.S_ISDIR(look(old, old_name, source).st_mode):
                plain_or_none(self._root, old, old_name, source)
            absent(new, new_name, target)
            old.rename(old_name, new, new_name)
            new.sync()
            old.sync()

    def state(self, path: str) -> Json:
        """
        What stands at a path: ``{"kind": "file", "sha256", "size", "mode_x"}``, ``{"kind": "directory"}`` or None.

        Raises:
            GrantError: The grant does not cover it.
            PathRefused: Something else stands there.
        """
        self._covers(path, "read")
        try:
            with self._root.parent(path) as (directory, name):
                if stat.S_ISDIR(look(directory, name, path).st_mode):
                    return {"kind": "directory"}
            data, status = read_plain(self._root, path, MAX_FILE_BYTES)
        except PathRefused as exc:
            if exc.code in {"MISSING", "NOT_DIRECTORY"}:
                return None
            raise
        executable = has_permissions() and bool(status.st_mode & stat.S_IXUSR)
        return {
            "kind": "file",
            "sha256": hashlib.sha256(data).hexdigest(),
            "size": len(data),
            "mode_x": executable,
        }

    def permissions(self, path: str) -> int | None:
        """
        The permission bits of what stands at a path; None for nothing, and where the platform has none.

        Raises:
            GrantError: The grant does not cover it.
        """
        self._covers(path, "read")
        if has_permissions():
            with contextlib.suppress(PathRefused), self._root.parent(path) as (directory, name):
                return stat.S_IMODE(look(directory, name, path).st_mode) & 0o777
        return None

    def set_permissions(self, path: str, mode: int) -> None:
        """
        Give a directory other permission bits.

        Raises:
            GrantError: The grant does not cover creating it.
            PathRefused: There is no such directory.
        """
        self._covers(path, "create")
        if self.permissions(path) not in {mode, None}:
            with self._root.parent(path) as (directory, name):
                fd = directory.open(name, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
                try:
                    os.fchmod(fd, mode)
                    os.fsync(fd)
                finally:
                    os.close(fd)

    def clean(self, path: str) -> None:
        """
        Remove the temporary file that an attempt at this path left when it crashed.

        Raises:
            GrantError: The grant does not cover it.
        """
        self._covers(path, "read")
        with contextlib.suppress(PathRefused), self._root.parent(path) as (directory, _):
            drop(directory, temporary_name(self._tag, path))

    def working_directory(self) -> str:
        """
        A path of the root for a child process to start in.

        Raises:
            GrantError: The grant has expired.
        """
        if self._grant is None:
            raise GrantError("grant: has expired")
        return self._root.working_directory()

    def _covers(self, path: str, access: Access) -> None:
        if self._grant is None:
            raise GrantError("grant: has expired")
        if not self._grant.covers(path, access):
            raise GrantError(f"grant: does not cover {access} of {path!r}")

    def _prepare(self, directory: Directory, path: str, data: bytes, mode: int) -> str:
        name = temporary_name(self._tag, path)
        prepare(directory, name, data, mode)
        return name

"""
The root: the one directory that operations may touch, held open, and the walk from it to a file.

No function here takes a path, checks it and opens it again by name. The walk opens component by component, each from
the descriptor of the one before, following no link, staying on the root's mount. A path can therefore not lead
outside, whatever is swapped on the way; ``..`` never occurs, so that moving a directory away gains nothing.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from ..errors import PathRefused
from .decision import Grant
from .directory import Directory, refusal
from .fd_directory import FdDirectory
from .granted_fs import GrantedFS
from .path_directory import PathDirectory
from .paths import path_problem

__all__ = ["MAX_TREE_ENTRIES", "Root"]

# A recursive operation on more than this is not a step that anybody reviewed.
MAX_TREE_ENTRIES = 10_000


class Root:
    """
    An open root; a context manager.

    Args:
        path: Where it is. Links on the way there are followed once, now; later changes of the name do not matter.
        descriptors: Whether to work on descriptors; found out when None.

    Raises:
        PathRefused: There is no such directory.
    """

    def __init__(self, path: str | os.PathLike[str], *, descriptors: bool | None = None) -> None:
        self.path = os.fspath(path)
        try:
            self._top = _open(self.path, descriptors=descriptors)
        except (OSError, ValueError) as exc:
            raise PathRefused("ROOT", self.path, f"cannot be opened: {exc}") from None
        self._device = self._top.status().st_dev
        self._mount = self._top.mount_id()

    @property
    def guarantee(self) -> str:
        """
        ``descriptor`` where swapped names can never lead outside, else ``best-effort``.
        """
        return self._top.guarantee

    @contextmanager
    def granted(self, grant: Grant, *, tag: str = "") -> Iterator[GrantedFS]:
        """
        Use a grant up and give access to the files it names, until the block ends.

        Args:
            grant: From `EnvelopeEnforcer.authorize`; valid once.
            tag: Text that names temporary files, so that a repeated attempt finds those of a crashed one.

        Raises:
            GrantError: The grant was used before or is not for this root.
        """
        grant.spend(self)
        files = GrantedFS(self, grant, tag or grant.token)
        try:
            yield files
        finally:
            files.expire()

    def descendants(self, path: str) -> tuple[tuple[str, bool], ...]:
        """
        List everything beneath a directory, sorted: path, and whether it is a directory.

        A file has no descendants; neither has what does not exist. Links are listed, not followed.

        Raises:
            PathRefused: A component is a link, on another mount, or cannot be a path; or there is too much.
        """
        found: list[tuple[str, bool]] = []
        pending = [path]
        while pending:
            current = pending.pop()
            for name, is_directory in self._listing(current):
                below = f"{current}/{name}"
                problem = path_problem(below)
                if problem is not None:
                    raise PathRefused(problem[0], below, problem[1])
                if len(found) >= MAX_TREE_ENTRIES:
                    raise PathRefused("TREE_TOO_LARGE", path, f"need at most {MAX_TREE_ENTRIES} entries")
                found.append((below, is_directory))
                if is_directory:
                    pending.append(below)
        return tuple(sorted(found))

    @contextmanager
    def parent(self, path: str) -> Iterator[tuple[Directory, str]]:
        """
        Walk to the directory that holds a path's last component; closed when the block ends.

        Raises:
            PathRefused: The path is not canonical, or a component is missing, a link, not a directory, or a mount.
        """
        problem = path_problem(path)
        if problem is not None:
            raise PathRefused(problem[0], path, problem[1])
        *above, name = path.split("/")
        current = self._top
        try:
            for depth, component in enumerate(above):
                following = self.step(current, component, "/".join(above[: depth + 1]))
                if current is not self._top:
                    current.close()
                current = following
            yield current, name
        finally:
            if current is not self._top:
                current.close()

    def step(self, current: Directory, component: str, path: str) -> Directory:
        """
        Open one more component of a walk.

        Raises:
            PathRefused: It is missing, a link, not a directory, or a mount.
        """
        try:
            following = current.child(component)
        except OSError as exc:
            raise refusal(exc, current, component, path) from None
        try:
            self.check_place(following.status(), path)
            self.check_mount(following.mount_id(), path)
        except BaseException:
            following.close()
            raise
        return following

    def check_place(self, status: os.stat_result, path: str) -> None:
        """
        Refuse what is on another device than the root.

        Raises:
            PathRefused: It is.
        """
        if status.st_dev != self._device:
            raise PathRefused("MOUNT", path, "on another file system than the root")

    def check_mount(self, mount: str | None, path: str) -> None:
        """
        Refuse what is on another mount than the root, a bind mount of the same device included.

        Raises:
            PathRefused: It is.
        """
        if mount != self._mount:
            raise PathRefused("MOUNT", path, "on another mount than the root")

    def working_directory(self) -> str:
        """
        A path that leads to the open root: by its descriptor where the system shows those, else its name.
        """
        by_descriptor = f"/proc/self/fd/{self._top.fd}" if isinstance(self._top, FdDirectory) else ""
        return by_descriptor if os.path.isdir(by_descriptor) else self.path

    def close(self) -> None:
        """
        Close it. Grants that are in use fail from then on.
        """
        self._top.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _listing(self, path: str) -> list[tuple[str, bool]]:
        try:
            with self.parent(path) as (directory, name):
                if not stat.S_ISDIR(directory.stat(name).st_mode):
                    return []
                opened = self.step(directory, name, path)
                try:
                    return [(item, stat.S_ISDIR(opened.stat(item).st_mode)) for item in opened.names()]
                finally:
                    opened.close()
        except FileNotFoundError:
            return []
        except PathRefused as exc:
            if exc.code == "MISSING":
                return []
            raise


def _open(path: str, *, descriptors: bool | None) -> Directory:
    if descriptors is None:
        needed: tuple[Callable[..., object], ...] = (
            os.open,
            os.stat,
            os.mkdir,
            os.unlink,
            os.rmdir,
            os.rename,
            os.link,
        )
        descriptors = all(function in os.supports_dir_fd for function in needed) and os.listdir in os.supports_fd
    if descriptors:
        return FdDirectory(os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
    return PathDirectory(os.path.realpath(path, strict=True))

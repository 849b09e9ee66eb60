"""
Private directories that vanish, whatever was done to them meanwhile.
"""

from __future__ import annotations

import itertools
import os
import shutil
import stat
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from phase2_gate.core.errors import IsolationError
from phase2_gate.isolation.launcher.plan import NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterator


_HAS_DIRECTORY_DESCRIPTORS = (
    {os.open, os.rename, os.rmdir, os.stat, os.unlink} <= os.supports_dir_fd
    and os.scandir in os.supports_fd
    and hasattr(os, "O_DIRECTORY")
)
_DIRECTORY = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


@contextmanager
def private(prefix: str = "phase2-gate-") -> Iterator[Path]:
    """
    A fresh directory that nobody else may enter, removed at the end.

    Raises:
        IsolationError: It could not be made, or something of it could not be removed.
    """
    directory = make(prefix)
    try:
        yield directory
    finally:
        remove(directory)


def make(prefix: str = "phase2-gate-") -> Path:
    """
    A fresh directory that nobody else may enter, and whose names nobody else may list.

    Root's may be passed through by the group of the unprivileged user as whom root runs programs: otherwise, without
    namespaces, they would have to stay root, to whom most of the machine's files belong.

    Raises:
        IsolationError: It could not be made.
    """
    try:
        # resolved, because a confined child compares real paths, and /tmp may be a link
        directory = Path(tempfile.mkdtemp(prefix=prefix)).resolve()
    except OSError as error:
        raise IsolationError(f"isolation: no private directory could be made: {error}") from error
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # where this number is not mapped, the program stays root, and the report says so
        with suppress(OSError):
            os.chown(directory, -1, NOBODY)
            os.chmod(directory, stat.S_IRWXU | stat.S_IXGRP)  # noqa: S103 - the group may pass, not list
    return directory


def remove(directory: Path) -> None:
    """
    Remove a directory with everything in it; links are removed and never followed.

    Foreign code may have left directories without any permission, or nested deeper than a path can name. So each
    directory is opened up and its subdirectories are moved to the top before it goes: no path gets longer than one
    name. Every step is relative to the descriptor of a directory that was no link when it was opened, so whoever swaps
    directories meanwhile has nothing removed elsewhere. Where the
    platform lacks directory descriptors, `shutil.rmtree` does what it can.

    Raises:
        IsolationError: Something could not be removed.
    """
    try:
        if not _HAS_DIRECTORY_DESCRIPTORS:
            shutil.rmtree(directory)
            return
        top = _opened(directory)
        try:
            names = (f"{number:x}" for number in itertools.count())
            while inner := _emptied(top):
                for name in inner:
                    _move_out(name, top, names)
                    os.rmdir(name, dir_fd=top)
        finally:
            os.close(top)
        os.rmdir(directory)
    except OSError as error:
        raise IsolationError(f"isolation: a private directory could not be removed: {error}") from error


def _move_out(name: str, top: int, names: Iterator[str]) -> None:
    """
    Empties the directory `name` in `top`: its own directories go to `top`, everything else goes.
    """
    inner = _opened(name, top)
    try:
        for deeper in _emptied(inner):
            # a directory can only be moved when its own ".." may be written
            os.close(_opened(deeper, inner))
            os.rename(deeper, _free(top, names), src_dir_fd=inner, dst_dir_fd=top)
    finally:
        os.close(inner)


def _opened(name: str | Path, above: int | None = None) -> int:
    """
    A descriptor of a directory that is no link, with all permissions for its owner.
    """
    try:
        descriptor = os.open(name, _DIRECTORY, dir_fd=above)
    except PermissionError:
        _open_up(name, above)
        descriptor = os.open(name, _DIRECTORY, dir_fd=above)
    os.fchmod(descriptor, stat.S_IRWXU)
    return descriptor


def _open_up(name: str | Path, above: int | None) -> None:
    if os.chmod in os.supports_follow_symlinks:
        os.chmod(name, stat.S_IRWXU, dir_fd=above, follow_symlinks=False)
        return
    # Linux changes no mode through a descriptor that only names a file, but it does through its link in /proc.
    named = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=above)
    try:
        os.chmod(f"/proc/self/fd/{named}", stat.S_IRWXU)
    finally:
        os.close(named)


def _emptied(directory: int) -> list[str]:
    """
    Remove all that is no directory, and list the directories.
    """
    inner = []
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                inner.append(entry.name)
            else:
                os.unlink(entry.name, dir_fd=directory)
    return inner


def _free(directory: int, names: Iterator[str]) -> str:
    for name in names:
        try:
            os.stat(name, dir_fd=directory, follow_symlinks=False)
        except FileNotFoundError:
            return name
    raise AssertionError("names never end")  # pragma: no cover - an endless iterator

"""
Private directories that vanish, whatever was done to them meanwhile.
"""

from __future__ import annotations

import itertools
import os
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from phase2_gate.core.errors import IsolationError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def private(prefix: str = "phase2-gate-") -> Iterator[Path]:
    """
    A fresh directory that nobody else may enter, removed at the end.

    Raises:
        IsolationError: It could not be made, or something of it could not be removed.
    """
    try:
        # resolved, because a confined child compares real paths, and /tmp may be a link
        directory = Path(tempfile.mkdtemp(prefix=prefix)).resolve()
    except OSError as error:
        raise IsolationError(f"isolation: no private directory could be made: {error}") from error
    try:
        yield directory
    finally:
        remove(directory)


def remove(directory: Path) -> None:
    """
    Remove a directory with everything in it; links are removed and never followed.

    Foreign code may have left directories without any permission, or nested deeper than a path can name. So each
    directory is opened up and its subdirectories are moved to the top before it goes: no path gets longer than two
    names. Nothing of that code runs any more, so nothing changes meanwhile.

    Raises:
        IsolationError: Something could not be removed.
    """
    try:
        os.chmod(directory, stat.S_IRWXU)
        names = (f"{number:x}" for number in itertools.count())
        while inner := _emptied(directory):
            for path in inner:
                os.chmod(path, stat.S_IRWXU)
                for deeper in _emptied(path):
                    # a directory can only be moved when its own ".." may be written
                    os.chmod(deeper, stat.S_IRWXU)
                    os.rename(deeper, directory / _free(directory, names))
                os.rmdir(path)
        os.rmdir(directory)
    except OSError as error:
        raise IsolationError(f"isolation: a private directory could not be removed: {error}") from error


def _emptied(directory: Path) -> list[Path]:
    """
    Remove all that is no directory, and list the directories.
    """
    inner = []
    with os.scandir(directory) as entries:
        for entry in entries:
            path = directory / entry.name
            if entry.is_dir(follow_symlinks=False):
                inner.append(path)
            else:
                os.unlink(path)
    return inner


def _free(directory: Path, names: Iterator[str]) -> str:
    return next(name for name in names if not os.path.lexists(directory / name))

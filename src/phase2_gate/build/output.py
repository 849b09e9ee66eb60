"""
Files that appear whole or not at all.

The content goes to a temporary file beside its place, is synced, and takes the place in one rename. Until then only the
owner can read it; in the end it has the mode that any new file has there. Whatever goes wrong before the rename,
Ctrl-C included, removes the temporary file and the directories that were made for it.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from ..core import manifest
from ..core.errors import BuildError
from ..core.escape import line as shown
from ..workspace import ignore, settings
from ..workspace.places import temporary_prefix

_FLAGS = (
    os.O_RDWR
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
)

_MEANT = frozenset({manifest.NAME, ignore.NAME, settings.FILE})
"""Names of files that are something else than a bundle, wherever they lie."""
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
"""How one begins: with a member, or, where there is none, with its end (APPNOTE 4.3.7 and 4.3.16)."""


@contextlib.contextmanager
def replacing(target: Path, mode: int | None = None) -> Iterator[int]:
    """
    A descriptor for the new content of `target`, which is put in its place when the block ends without an exception.

    Args:
        target: The file; it may be there already.
        mode: Its permission bits; left out, those that any new file has there.

    Raises:
        BuildError: when it cannot be written, or something else than a file is there.
    """
    _is_file(target)
    temporary = target.with_name(f"{temporary_prefix(target.name)}{os.urandom(8).hex()}")
    made: list[Path] = []
    done = False
    descriptor: int | None = None
    # One block for all: an interruption must not find a gap between two.
    try:
        with _as_build_error(target):
            _make_directories(target.parent, made)
            descriptor = os.open(temporary, _FLAGS, 0o666)
        # What the file system made of 0666 is what the user's umask and the directory want.
        usual = stat.S_IMODE(os.fstat(descriptor).st_mode)
        _change_mode(descriptor, 0o600)
        yield descriptor
        with _as_build_error(target):
            _change_mode(descriptor, usual if mode is None else mode)
            os.fsync(descriptor)
            finished, descriptor = descriptor, None
            os.close(finished)
            os.replace(temporary, target)
        done = True
        _sync_directory(target.parent)
    finally:
        try:
            if descriptor is not None:
                with contextlib.suppress(OSError):
                    os.close(descriptor)
        finally:
            if not done:
                _clean_up(temporary, made)


def refuse_loss(target: Path) -> None:
    """
    Refuses a place for a bundle where something else is: sources that somebody named by mistake are gone otherwise.

    Raises:
        BuildError: when there is anything but a ZIP, an empty file or nothing, or the name is one that means something
            to this tool: a manifest would take its place, or a bundle be read as settings.
    """
    if target.name.casefold() in _MEANT:
        message = f"{shown(str(target))}: no place for a bundle: this tool reads or writes another file of that name"
        raise BuildError(message, hint="name another file, such as bundle.zip")
    if not _is_file(target):
        return
    with _as_build_error(target), open(target, "rb") as file:
        start = file.read(4)
    if start and start not in _ZIP:
        message = f"{shown(str(target))}: already there, and is not overwritten: seen a file that is no ZIP"
        raise BuildError(message, hint="name another file, or remove this one first")


def _is_file(target: Path) -> bool:
    """
    Whether there is a file at `target`; False when nothing is there.

    Raises:
        BuildError: when there is something else, by its own name or through a link.
    """
    with _as_build_error(target):
        try:
            mode = target.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            return False
    if stat.S_ISREG(mode):
        return True
    kind = "a directory" if stat.S_ISDIR(mode) else "a device, a pipe or a socket"
    message = f"{shown(str(target))}: cannot be written: seen {kind}, need the name of a file"
    raise BuildError(message)


def written(target: Path, data: bytes) -> None:
    """
    Writes a file, whole or not at all.

    Raises:
        BuildError: when it cannot be written.
    """
    with replacing(target) as descriptor, _as_build_error(target), open(descriptor, "wb", closefd=False) as file:
        file.write(data)


@contextlib.contextmanager
def _as_build_error(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"{shown(str(target))}: cannot be written: {error.strerror}"
        raise BuildError(message) from error


def _make_directories(directory: Path, made: list[Path]) -> None:
    missing = []
    while not directory.exists():
        missing.append(directory)
        directory = directory.parent
    for one in reversed(missing):
        # Noted first, so that an interruption in between leaves nothing behind.
        made.append(one)
        one.mkdir(exist_ok=True)


def _change_mode(descriptor: int, mode: int) -> None:
    if os.chmod in os.supports_fd:
        os.chmod(descriptor, mode)


def _sync_directory(directory: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows cannot sync a directory, and keeps the entry itself
    # The content is in its place; a file system that cannot sync a directory is no reason to fail.
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _clean_up(temporary: Path, made: list[Path]) -> None:
    with contextlib.suppress(OSError):
        temporary.unlink()
    for directory in reversed(made):
        with contextlib.suppress(OSError):  # others may have put files into it meanwhile
            directory.rmdir()

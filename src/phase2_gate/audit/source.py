"""
Bundles in files: one descriptor, held from the first byte judged to the last byte extracted.

The name is looked up once. Whoever swaps the file under its name changes nothing for us; whoever writes into the very
file is found out, because extraction compares digests again.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..core.digest import Sha256
from ..core.errors import SourceError
from ..core.record import Subject
from ..core.report import Verdict
from ..core.source import Source, Window
from ..core.verify import Judgement


class FileSource:
    """
    A `phase2_gate.core.source.Source` over an open descriptor.

    Args:
        descriptor: Open for reading; stays the caller's.
        name: What messages call it.
        size: Its size in bytes.
    """

    __slots__ = ("_descriptor", "_name", "_size")

    def __init__(self, descriptor: int, name: str, size: int) -> None:
        self._descriptor = descriptor
        self._name = name
        self._size = size

    @property
    def size(self) -> int:
        """
        The number of bytes when the file was opened.
        """
        return self._size

    def read_at(self, offset: int, length: int) -> bytes:
        """
        Exactly `length` bytes from `offset` on.

        Raises:
            SourceError: when reading fails, or the file has become shorter.
        """
        pieces = []
        while length > 0:
            try:
                piece = _read_at(self._descriptor, length, offset)
            except OSError as error:
                message = f"{self._name}: cannot be read at byte {offset}: {error.strerror}"
                raise SourceError(message) from error
            if not piece:
                message = f"{self._name}: the file became shorter while it was read: seen no byte at {offset}"
                raise SourceError(message, hint="judge a file that nobody writes to")
            pieces.append(piece)
            offset += len(piece)
            length -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


class WatchedSource:
    """
    A source of which somebody wants to know how much was read.

    Args:
        source: The bytes.
        told: Is told how many bytes were read so far, and never more than there are.
    """

    __slots__ = ("_read", "_source", "_told")

    def __init__(self, source: Source, told: Callable[[int], None]) -> None:
        self._source = source
        self._told = told
        self._read = 0

    @property
    def size(self) -> int:
        """
        The number of bytes.
        """
        return self._source.size

    def read_at(self, offset: int, length: int) -> bytes:
        """
        Exactly `length` bytes from `offset` on.

        Raises:
            SourceError: as the source.
        """
        data = self._source.read_at(offset, length)
        self._read += length
        self._told(min(self._read, self._source.size))
        return data


def _read_at(descriptor: int, length: int, offset: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(descriptor, length, offset)
    os.lseek(descriptor, offset, os.SEEK_SET)  # Windows; a source is used by one thread
    return os.read(descriptor, length)


@contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[FileSource]:
    """
    The file at `path` as a source.

    Args:
        path: A regular file; links on the way to it are the caller's own.

    Raises:
        SourceError: when there is no such file, it cannot be read, or it is not a regular file.
    """
    name = os.fspath(path)
    # O_NONBLOCK: opening a pipe that nobody writes to must not hang us.
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        descriptor = os.open(name, flags)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise SourceError(f"{name}: cannot be opened: {reason}", hint="check the path and its permissions") from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            kind = "a directory" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise SourceError(f"{name}: cannot be judged: seen {kind}, need a file")
        yield FileSource(descriptor, os.path.basename(name), status.st_size)
    finally:
        os.close(descriptor)


def digest(source: Source) -> Sha256:
    """
    The digest of everything a source holds.

    Raises:
        SourceError: when it cannot be read.
    """
    whole = hashlib.sha256()
    window = Window(source, 0, source.size)
    while window.left:
        whole.update(window.take(Window.PIECE))
    return Sha256(whole.hexdigest())


def subject(name: str, source: Source, sha256: Sha256 | None, judgement: Judgement) -> Subject:
    """
    What a record says of the bundle that was judged.
    """
    return Subject(
        name=name,
        kind="bundle",
        size=source.size,
        sha256=sha256,
        manifest_sha256=judgement.manifest_sha256,
        members=len(judgement.members),
        difference=judgement.difference if judgement.verification.verdict is Verdict.PASS else None,
    )

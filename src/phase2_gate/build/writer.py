"""
Writes the canonical bytes of a bundle to a descriptor.

The size of a member is known once it is open, before any content is read. Small members go out together, about a MiB at
a time; a large one is streamed behind room for its header, which is filled in when its checksum is known. The manifest,
which stands first and whose size follows from the paths alone, is written last.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterable
from contextlib import closing

from ..core import manifest, zip_write
from ..core.digest import Sha256
from ..core.findings import Finding
from ..core.typed import NamedTuple
from ..workspace.selection import Member, secret
from . import content

GATHER = 1 << 20
"""How many bytes are gathered before they are written."""
_MAX_PIECES = max(16, min(1024, os.sysconf("SC_IOV_MAX") if "SC_IOV_MAX" in getattr(os, "sysconf_names", {}) else 16))
"""How many pieces one call takes; POSIX promises 16, and lets a system that knows no bound answer -1."""


class Written(NamedTuple):
    """
    What a bundle came to.
    """

    size: int
    """Its size in bytes."""
    manifest: bytes
    """Its manifest."""
    secrets: tuple[Finding, ...]
    """The members in which private keys stand, lifted ones too."""


class _Gatherer:
    """
    Sequential writing in large portions.
    """

    __slots__ = ("_descriptor", "_length", "_pieces", "_told", "position")

    def __init__(self, descriptor: int, position: int, told: Callable[[int], None] | None) -> None:
        self._descriptor = descriptor
        self._pieces: list[bytes] = []
        self._length = 0
        self._told = told
        self.position = position
        os.lseek(descriptor, position, os.SEEK_SET)

    def write(self, piece: bytes, behind: bytes = b"") -> None:
        """
        Writes a piece, and one behind it.
        """
        pieces = self._pieces
        pieces.append(piece)
        pieces.append(behind)
        length = len(piece) + len(behind)
        self._length += length
        self.position += length
        if self._length >= GATHER or len(pieces) > _MAX_PIECES - 2:
            self.flush()

    def flush(self) -> None:
        pieces, length = self._pieces, self._length
        self._pieces, self._length = [], 0
        if not pieces:
            return
        if self._told is not None:
            self._told(self.position)
        if hasattr(os, "writev"):
            written = os.writev(self._descriptor, pieces)
            if written == length:
                return
            # A nearly full disk or a signal takes a part.
            rest = b"".join(pieces)[written:]
        else:
            rest = b"".join(pieces)
        _write_all(self._descriptor, rest)

    def patch(self, offset: int, data: bytes) -> None:
        """
        Fills in what was left out at `offset`, and goes on where writing was.
        """
        self.flush()
        os.lseek(self._descriptor, offset, os.SEEK_SET)
        _write_all(self._descriptor, data)
        os.lseek(self._descriptor, self.position, os.SEEK_SET)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def write(descriptor: int, members: Iterable[Member], told: Callable[[int, int], None] | None = None) -> Written:
    """
    Writes a bundle to an empty file.

    Args:
        descriptor: Open for writing, at least.
        members: Everything but the manifest, in canonical order.
        told: Is told how many members and bytes were gathered, each time that some are written.

    Raises:
        BuildError: when a member cannot be read or has changed its size.
        OSError: when the file cannot be written.
    """
    members = tuple(members)
    length = manifest.size(member.path for member in members)
    headers: list[bytes] = []  # of the directory
    digests: list[Sha256] = []
    secrets: list[Finding] = []
    report = None if told is None else lambda position: told(len(headers), position)
    gatherer = _Gatherer(descriptor, zip_write.local_size(manifest.NAME, length) + length, report)
    with closing(content.opened(members)) as files:
        for file in files:
            header, read = _write_member(gatherer, file)
            headers.append(header)
            digests.append(read.digest)
            if read.secret is not None:
                secrets.append(secret(file.member.source, read.secret))
    text = manifest.render((digest, member.path) for digest, member in zip(digests, members, strict=True))
    local, first = zip_write.headers(manifest.NAME, len(text), zlib.crc32(text), 0, executable=False)
    start = gatherer.position
    gatherer.write(first)
    for at in range(0, len(headers), _MAX_PIECES):
        gatherer.write(b"".join(headers[at : at + _MAX_PIECES]))
    gatherer.write(zip_write.end_records(len(headers) + 1, start, gatherer.position - start))
    gatherer.patch(0, local + text)
    return Written(gatherer.position, text, tuple(secrets))


def _write_member(gatherer: _Gatherer, file: content.Opened) -> tuple[bytes, content.Content]:
    """
    Writes header and content of one member; returns its header for the directory, and what was read.
    """
    member, _, size = file
    offset = gatherer.position
    if size < content.PIECE:
        # Read whole, so that the header can go out in front.
        data, read = content.whole(file)
        local, header = zip_write.headers(member.path, size, read.crc, offset, executable=member.executable)
        gatherer.write(local, data)
        return header, read
    gatherer.write(bytes(zip_write.local_size(member.path, size)))
    read = content.read(file, gatherer.write)
    local, header = zip_write.headers(member.path, size, read.crc, offset, executable=member.executable)
    gatherer.patch(offset, local)
    return header, read

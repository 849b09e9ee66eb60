"""
The content of a member: inflated with a bound, summed, hashed, and followed by what its flags announce.

Nothing is believed: a stored member has one size, a deflate stream ends exactly where its data ends and yields exactly
what was declared, and the checksum fits. Inflation stops one byte past the declared size.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator

from . import zip_format as z
from .digest import Sha256
from .findings import Finding
from .source import Window
from .zip_entry import Entry

PIECE = 1 << 17
"""128 KiB: what is inflated or hashed at a time, so that memory stays flat whatever a member's size."""

Sink = Callable[[bytes], None]
"""Takes the content of a member, piece by piece."""


class ContentProblem(Exception):  # noqa: N818 - never leaves core: the reader turns it into a finding
    """
    What is wrong with a member's data, on its way to becoming a finding.

    Args:
        rule: The slug.
        detail: What is wrong.
        seen: What was seen.
        need: What was needed.
    """

    def __init__(self, rule: str, detail: str, seen: str | None = None, need: str | None = None) -> None:
        super().__init__(detail)
        self.rule = rule
        self.detail = detail
        self.seen = seen
        self.need = need


def pieces(window: Window, entry: Entry) -> Iterator[bytes]:
    """
    The content of `entry`, whose data begins at the window's position.

    Raises:
        ContentProblem: when a deflate stream is not exactly what it declares.
    """
    if entry.method == z.STORED:
        left = entry.compressed
        while left:
            piece = window.take_some(left)
            if not piece:
                return  # the caller misses the bytes
            left -= len(piece)
            yield piece
        return
    yield from _inflated(window, entry)


def _inflated(window: Window, entry: Entry) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-15)
    left = entry.compressed
    # One byte past the declared size is enough to see that there is more.
    room = entry.size + 1
    pending = b""
    while not inflater.eof:
        if not pending and left:
            pending = window.take(min(left, PIECE))
            left = left - len(pending) if pending else 0
        try:
            # max_length 0 would mean "no bound"; room is never 0 here.
            piece = inflater.decompress(pending, min(room, PIECE))
        except zlib.error as error:
            raise ContentProblem("deflate-malformed", f"the deflate stream: {error}") from error
        progressed = bool(piece) or len(inflater.unconsumed_tail) < len(pending)
        pending = inflater.unconsumed_tail
        room -= len(piece)
        if room <= 0:
            raise ContentProblem("data-size-mismatch", "more content than declared", None, f"{entry.size} bytes")
        if piece:
            yield piece
        if not progressed and not left and not inflater.eof:
            raise ContentProblem("deflate-unfinished", "the deflate stream has no final block")
    surplus = len(inflater.unused_data) + left
    if surplus:
        raise ContentProblem("deflate-trailing-data", "data behind the deflate stream", f"{surplus} bytes", "none")


def read(window: Window, entry: Entry, sink: Sink | None = None) -> Sha256:
    """
    Reads the content of `entry` to its end and judges it.

    Args:
        window: Stands at the data, and behind it afterwards.
        entry: The member.
        sink: Takes the content as well.

    Returns:
        The digest of the content.

    Raises:
        ContentProblem: when the content is not what the entry declares.
    """
    if entry.method == z.STORED and entry.compressed <= PIECE:
        data = window.take(entry.compressed)
        crc, size = zlib.crc32(data), len(data)
        digest = hashlib.sha256(data)
        if sink is not None:
            sink(data)
    else:
        digest = hashlib.sha256()
        crc = size = 0
        for piece in pieces(window, entry):
            crc = zlib.crc32(piece, crc)
            digest.update(piece)
            size += len(piece)
            if sink is not None:
                sink(piece)
    if size != entry.size:
        raise ContentProblem("data-size-mismatch", "the content", f"{size} bytes", f"{entry.size}")
    if crc != entry.crc:
        raise ContentProblem("data-crc-mismatch", "the checksum of the content", f"{crc:08x}", f"{entry.crc:08x}")
    return Sha256(digest.hexdigest())


def descriptor(window: Window, entry: Entry, *, wide: bool) -> Finding | None:
    """
    Reads the data descriptor at the window's position, and moves behind it.

    Args:
        window: Stands behind the member's data.
        entry: The member.
        wide: Whether the sizes have 64 bits: exactly when the local header has a ZIP64 field.

    Returns:
        What is wrong with it; the window has not moved when there is none.
    """
    layout = z.DESCRIPTOR64 if wide else z.DESCRIPTOR
    at = window.position
    raw = window.peek(layout.size)
    if len(raw) < layout.size or not raw.startswith(z.DESCRIPTOR_SIGNATURE):
        detail = "no data descriptor with a signature behind the data"
        return Finding("descriptor-mismatch", entry.path, detail, at)
    window.position += layout.size
    _, crc, compressed, size = layout.unpack(raw)
    seen, need = (crc, compressed, size), (entry.crc, entry.compressed, entry.size)
    if seen != need:
        detail = "checksum and sizes of the data descriptor"
        return Finding("descriptor-mismatch", entry.path, detail, at, f"{seen}", f"{need}")
    return None

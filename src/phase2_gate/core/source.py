"""
Where the bytes of an archive come from.

Core modules never open a file: whoever does (`phase2_gate.audit.source`) hands in a `Source`, one descriptor held open
from the first byte judged to the last byte extracted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from .errors import SourceError


class Source(Protocol):
    """
    Random access to bytes of a known number.
    """

    @property
    def size(self) -> int:
        """The number of bytes."""

    def read_at(self, offset: int, length: int) -> bytes:
        """
        Exactly `length` bytes from `offset` on.

        Raises:
            SourceError: when they cannot be had, for instance because the file was cut after it was opened.
        """


class MemorySource:
    """
    A `Source` over bytes in memory.

    Args:
        data: The whole content.
    """

    __slots__ = ("_data",)

    def __init__(self, data: bytes) -> None:
        self._data = data

    @property
    def size(self) -> int:
        """
        The number of bytes.
        """
        return len(self._data)

    def read_at(self, offset: int, length: int) -> bytes:
        """
        Exactly `length` bytes from `offset` on.

        Raises:
            SourceError: when the range is not within the data.
        """
        if offset < 0 or length < 0 or offset + length > len(self._data):
            message = f"archive: read outside: seen {offset}+{length}, need at most {len(self._data)}"
            raise SourceError(message)
        return self._data[offset : offset + length]


class Window:
    """
    Forward reading over a `Source` in large pieces, so that small records cost no call each.

    `take` and `peek` move through one piece of `PIECE` bytes; whoever sets `position` jumps. Memory is two pieces at
    most.

    Args:
        source: The bytes.
        position: Where to start.
        end: Where to stop; nothing at or after it is read.
        tap: Is given every byte from `position` on once, in order, as long as reading leaves nothing out.
    """

    PIECE = 1 << 18
    """256 KiB: large enough that the call vanishes beside the hash, small enough to stay in the cache."""

    __slots__ = ("_base", "_buffer", "_end", "_source", "_tap", "position", "tapped")

    def __init__(self, source: Source, position: int, end: int, tap: Callable[[bytes], None] | None = None) -> None:
        self._source = source
        self._base = position
        self._buffer = b""
        self._end = end
        self._tap = tap
        self.position = position
        self.tapped = position
        """Up to where the tap was given everything."""

    @property
    def left(self) -> int:
        """
        How many bytes lie between the position and the end.
        """
        return self._end - self.position

    def peek(self, length: int) -> bytes:
        """
        The next `length` bytes, or fewer where the end is nearer, without moving.
        """
        length = min(length, self._end - self.position)
        start = self.position - self._base
        if start < 0 or start + length > len(self._buffer):
            self._fill(length)
            start = 0
        return self._buffer[start : start + length]

    def take(self, length: int) -> bytes:
        """
        As `peek`, and moves on.
        """
        start = self.position - self._base
        stop = start + length
        # The usual case, without a second call: the buffer never reaches beyond the end.
        if start >= 0 and stop <= len(self._buffer):
            self.position += length
            return self._buffer[start:stop]
        piece = self.peek(length)
        self.position += len(piece)
        return piece

    def take_some(self, most: int) -> bytes:
        """
        What is at hand of the next `most` bytes, at least one while there are any, and moves on.

        Large contents go through here: pieces come as they were read, not cut and joined.
        """
        start = self.position - self._base
        at_hand = len(self._buffer) - start if start >= 0 else 0
        return self.take(min(most, at_hand if at_hand > 0 else self.PIECE))

    def at_hand(self) -> tuple[bytes, int]:
        """
        What was read already and the place of the next byte in it, for whoever looks at many small records.
        """
        self.peek(min(1, self.left))
        return self._buffer, self.position - self._base

    def _fill(self, length: int) -> None:
        kept = self._buffer[self.position - self._base :] if self._base <= self.position else b""
        start = self.position + len(kept)
        want = min(max(self.PIECE, length - len(kept)), self._end - start)
        piece = self._source.read_at(start, want)
        self._buffer = kept + piece if kept else piece
        self._base = self.position
        # A step back reads bytes again, a leap leaves some out: the tap gets each once, or nothing more.
        if self._tap is not None and start <= self.tapped < start + want:
            self._tap(piece[self.tapped - start :])
            self.tapped = start + want

"""
Where the bytes of an archive come from.

Core modules never open a file: whoever does (`phase2_gate.audit.source`) hands in a `Source`, one descriptor held open
from the first byte judged to the last byte extracted.
"""

from __future__ import annotations

from collections.abc import Callable

from .errors import SourceError
from .typed import Protocol


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
    most. What was read ahead and not yet passed is read again with the next piece: less work than joining the two.

    Args:
        source: The bytes.
        position: Where to start.
        end: Where to stop; nothing at or after it is read.
        tap: Is given every byte that is passed, once, in order, as it was handed out, as long as nothing is left out.
    """

    PIECE = 1 << 19
    """512 KiB: large enough that the call vanishes beside the hash, small enough to stay in the cache."""

    __slots__ = ("_base", "_buffer", "_end", "_source", "_tap", "_tapped", "position")

    def __init__(
        self, source: Source, position: int, end: int, tap: Callable[[memoryview], None] | None = None
    ) -> None:
        self._source = source
        self._base = position
        self._buffer = b""
        self._end = end
        self._tap = tap
        self._tapped = position
        self.position = position

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

    def at_hand(self, least: int = 1) -> tuple[bytes, int]:
        """
        What was read already and the place of the next byte in it, for whoever looks at many small records.

        Args:
            least: How many bytes there should be from that place on; fewer only where the end is nearer.
        """
        least = min(least, self._end - self.position)
        start = self.position - self._base
        if start < 0 or start + least > len(self._buffer):
            self._fill(least)
        return self._buffer, self.position - self._base

    def settle(self) -> int:
        """
        Gives the tap what was passed and is still in memory; returns up to where it was given everything.
        """
        start, stop = self._tapped - self._base, self.position - self._base
        # After a leap the two never meet again; a step back is not given twice.
        if self._tap is not None and 0 <= start < stop <= len(self._buffer):
            self._tap(memoryview(self._buffer)[start:stop])
            self._tapped = self.position
        return self._tapped

    def _fill(self, length: int) -> None:
        self.settle()
        self._buffer = self._source.read_at(self.position, min(max(self.PIECE, length), self._end - self.position))
        self._base = self.position

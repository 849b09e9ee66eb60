"""
A part of a file, as a source of its own.
"""

from __future__ import annotations

from ..core.errors import SourceError
from ..core.source import Source


class Part:
    """
    A `phase2_gate.core.source.Source` over a part of another.

    Args:
        source: The whole.
        start: Where the part begins.
        size: Its size in bytes.
    """

    __slots__ = ("_source", "_start", "size")

    def __init__(self, source: Source, start: int, size: int) -> None:
        self._source = source
        self._start = start
        self.size = size
        """The number of bytes."""

    def read_at(self, offset: int, length: int) -> bytes:
        """
        Exactly `length` bytes from `offset` on.

        Raises:
            SourceError: when they lie outside of the part, or cannot be read.
        """
        if offset < 0 or length < 0 or offset + length > self.size:
            message = f"archive: read outside: seen {offset}+{length}, need at most {self.size}"
            raise SourceError(message)
        return self._source.read_at(self._start + offset, length)

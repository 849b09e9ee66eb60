"""
The two sides of a comparison: what each consists of, whatever it is kept in.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..core.typed import NamedTuple, Protocol


class Item(NamedTuple):
    """
    One member of a bundle, or one file of a directory.
    """

    path: str
    """Its name, with forward slashes; a directory's ends in one."""
    size: int
    """The size of its content in bytes."""
    digest: str | None
    """The sha256 of its content; None when there is none to be believed."""
    mode: int
    """Its Unix mode with the file type; what is not known is zero."""
    place: int
    """Its place among the items of its side."""


class Side(Protocol):
    """
    A bundle or a directory, open for reading.
    """

    @property
    def items(self) -> tuple[Item, ...]:
        """Everything in it, in its own order."""

    def pieces(self, item: Item) -> Iterator[bytes]:
        """
        The content of an item, piece by piece.

        Raises:
            SourceError: when it cannot be read.
        """


def content(side: Side, item: Item) -> bytes:
    """
    The content of a small item.
    """
    return b"".join(side.pieces(item))

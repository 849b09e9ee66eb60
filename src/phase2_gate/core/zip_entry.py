"""
What the central directory of a ZIP says, as values.
"""

from __future__ import annotations

from .findings import Finding
from .typed import NamedTuple

_HARMLESS = frozenset(
    {"entry-comment", "entry-disk", "entry-version", "name-code-page", "name-not-utf8", "name-unmarked"}
)


class Entry(NamedTuple):
    """
    One member as the directory lists it.
    """

    path: str
    """Its name, with the slash of a directory; bytes that are not text as lone surrogates."""
    offset: int
    """Where its local header is said to begin."""
    compressed: int
    """The size of its data in the archive."""
    size: int
    """The size of its content."""
    crc: int
    """The CRC-32 of its content."""
    method: int
    """`zip_format.STORED` or `zip_format.DEFLATED`."""
    flags: int
    """The general purpose flags."""
    time: int
    """DOS date and time as one number."""
    attributes: int
    """The external attributes: Unix mode in the high half, DOS attributes in the low byte."""
    position: int
    """Where its header begins in the directory."""


class Directory:
    """
    What the directory says, filled while it is read.
    """

    __slots__ = ("difference", "entries", "findings", "flaws", "headers", "recoded", "sha256", "stopped")

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        """The members, in the order of the directory."""
        self.findings: list[Finding] = []
        """What is wrong with single headers."""
        self.stopped = ""
        """Why reading ended before the end of the directory; empty when it did not."""
        self.difference = ""
        """The first field that is not as the canonical form has it; empty when all are."""
        self.sha256 = ""
        """The digest of the directory and the end records as they were read; empty when reading ended early."""
        self.headers: list[bytes | None] = []
        """For each entry of the canonical form its local header, as it must be; None for others."""
        self.recoded: set[int] = set()
        """The indices of entries whose names some reader takes for another code page unless both headers have times."""
        self.flaws: dict[int, frozenset[str]] = {}
        """For the index of an entry whose header is at fault, the rules that it breaks."""

    def is_readable(self, index: int) -> bool:
        """
        Whether the header of an entry tells how to read its data.
        """
        return self.flaws.get(index, _HARMLESS) <= _HARMLESS

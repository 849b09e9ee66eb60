"""
A bundle as one side of a comparison, by the values of the strict reader.

Bytes around an archive are set aside, so that the rest can still be compared: they are a cause of their own. Whatever
else keeps the reader from believing an archive keeps us from comparing it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from operator import itemgetter

from ..core import manifest, zip_end, zip_read, zip_write
from ..core import zip_format as z
from ..core.digest import Sha256
from ..core.errors import SourceError
from ..core.findings import Finding
from ..core.profile import GENERIC
from ..core.source import Source, Window
from ..core.zip_data import ContentProblem, pieces
from .contents import first_difference
from .headers import Headers, are_read_alike, parse
from .part import Part
from .side import Item

_LOOK_AHEAD = 1 << 20
"""How far into a file its first member is looked for: launchers of self-extracting archives are shorter."""


_UNREAD_TIMES = 4
"""How many times its size is read at most of an archive to compare contents that nobody believes: they may overlap."""


class ArchiveSide:
    """
    A `phase2_gate.compare.side.Side` over a bundle.

    Args:
        source: Its bytes; stays open as long as the side is used.

    Raises:
        SourceError: when they cannot be read.
    """

    def __init__(self, source: Source) -> None:
        self.leading = self.trailing = 0
        self._unread = _UNREAD_TIMES * source.size
        self.whole = source
        self.part: Source = source
        archive = self._read()
        while archive.stopped and self._set_aside(archive.findings):
            archive = self._read()
        self.archive = archive
        self.end = None if archive.stopped else zip_end.find(self.part)[0]
        self.directory = 0 if self.end is None else self.end.offset
        self._items = tuple(
            Item(member.entry.path, member.entry.size, member.digest, member.entry.attributes >> 16, index)
            for index, member in enumerate(archive.members)
        )

    @property
    def items(self) -> tuple[Item, ...]:
        """
        The members, in the order in which they lie.
        """
        return self._items

    @property
    def findings(self) -> tuple[Finding, ...]:
        """
        What keeps the archive from being believed, or makes parts of it doubtful.
        """
        return self.archive.findings

    @property
    def stopped(self) -> str:
        """
        Why the archive cannot be compared; empty when it can.
        """
        return self.archive.stopped

    def headers(self, item: Item) -> Headers:
        """
        The header fields of a member that no manifest covers.
        """
        return parse(self.part, self.archive.members[item.place])

    def pieces(self, item: Item) -> Iterator[bytes]:
        """
        The content of a member.

        Raises:
            SourceError: when it cannot be read; only a member with a digest is sure to be readable.
        """
        member = self.archive.members[item.place]
        window = Window(self.part, member.data, member.data + member.entry.compressed)
        try:
            yield from pieces(window, member.entry)
        except ContentProblem as problem:
            message = f"{member.entry.path}: changed while it was compared: {problem.detail}"
            raise SourceError(message) from problem

    def raw(self, item: Item) -> Iterator[bytes]:
        """
        The data of a member as it lies in the archive.
        """
        start = self.archive.members[item.place].data
        return all_of(self.part, start, self.behind(item)[0])

    def behind(self, item: Item) -> tuple[int, int]:
        """
        Where the bytes begin and end that lie between the data of a member and the next member.
        """
        members = self.archive.members
        member, following = members[item.place], members[item.place + 1 : item.place + 2]
        start = max(member.data, min(member.data + member.entry.compressed, self.directory))
        stop = following[0].entry.offset if following else self.directory
        return start, max(start, min(stop, self.directory))

    def has_same_unread(self, item: Item, side: ArchiveSide, other: Item) -> bool:
        """
        Whether a member and that of another side hold the same for every reader, although ours believes neither.

        What would take too long to find out is not called the same.

        Raises:
            SourceError: when their data cannot be read.
        """
        if item.digest is not None or other.digest is not None:
            return False
        one, another = self.archive.members[item.place].entry, side.archive.members[other.place].entry
        headers_a, headers_b = self.headers(item), side.headers(other)
        whole = headers_a.local is None or headers_b.local is None
        return (
            (one.compressed, one.size) == (another.compressed, another.size)
            and are_read_alike(headers_a, headers_b)
            and self._holds_same(self._stretch(item, whole=whole), side, side._stretch(other, whole=whole))
        )

    def _stretch(self, item: Item, *, whole: bool) -> tuple[int, int]:
        # Its length cannot be believed, so that everything up to the next member is taken for its data.
        member = self.archive.members[item.place]
        return min(member.entry.offset, member.data) if whole else member.data, self.behind(item)[1]

    def _holds_same(self, stretch: tuple[int, int], side: ArchiveSide, other: tuple[int, int]) -> bool:
        length = stretch[1] - stretch[0]
        if length != other[1] - other[0] or length > self._unread:
            return False
        self._unread -= length
        return first_difference(all_of(self.part, *stretch), all_of(side.part, *other)) is None

    def gaps(self) -> Iterator[tuple[str | None, int, int]]:
        """
        The gaps: the member that follows, or None for the directory, and where they begin and end.
        """
        starts = sorted(member.entry.offset for member in self.archive.members)
        for finding in self.findings:
            if finding.rule == "archive-gap" and finding.offset is not None:
                place = bisect_right(starts, finding.offset)
                inside = finding.path is not None and place < len(starts)
                yield finding.path, finding.offset, starts[place] if inside else self.directory

    def has_sound_manifest(self) -> bool:
        """
        Whether the manifest follows from the members, every one of which is believed.
        """
        lines = ((digest, path) for path, digest in sorted(self._digests(), key=itemgetter(0)))
        return self.archive.manifest is not None and manifest.is_rendering(self.archive.manifest, lines)

    def manifest_faults(self) -> tuple[Finding, ...]:
        """
        What is wrong with the manifest, for all that can be told: members that nobody believes may be what it says.
        """
        if self.archive.manifest is None:
            return ()
        parsed = manifest.parse(self.archive.manifest)
        membership, content = manifest.compare(parsed.lines, dict(self._digests()))
        meant = [one for one in membership if one.path not in parsed.meant]
        return (*parsed.findings, *content, *meant)

    def _digests(self) -> Iterator[tuple[str, Sha256 | None]]:
        for member in self.archive.members:
            if member.entry.path[-1:] != "/" and member.entry.path != manifest.NAME:
                yield member.entry.path, member.digest

    def is_in_order(self) -> bool:
        """
        Whether the members lie in the canonical order.
        """
        names = [item.path for item in self._items]
        return names == sorted(names, key=lambda name: (name != manifest.NAME, name))

    def has_canonical_end(self) -> bool:
        """
        Whether the end records, the comment aside, have the canonical form.
        """
        if self.end is None:
            return False
        expected = zip_write.end_records(len(self._items), self.end.offset, self.end.size)
        seen = self.part.read_at(self.end.start, self.part.size - self.end.start)
        # The last two bytes before the comment are its length.
        return seen[: len(seen) - len(self.end.comment) - 2] == expected[:-2]

    def _read(self) -> zip_read.Archive:
        return zip_read.read(self.part, GENERIC.limits)

    def _set_aside(self, findings: tuple[Finding, ...]) -> bool:
        """
        Narrows the part to what lies between bytes that belong to no archive; returns whether there were any.
        """
        for finding in findings:
            if finding.rule == "archive-trailing-data" and finding.offset and not self.trailing:
                self.trailing = self.part.size - finding.offset
                self.part = Part(self.part, 0, finding.offset)
                return True
        head = self.part.read_at(0, min(self.part.size, _LOOK_AHEAD))
        first = head.find(z.LOCAL_SIGNATURE)
        if first <= 0 or self.leading:
            return False
        self.leading = first
        self.part = Part(self.part, first, self.part.size - first)
        return True


def all_of(source: Source, start: int, end: int) -> Iterator[bytes]:
    """
    The bytes of a source from `start` to `end`, piece by piece.
    """
    window = Window(source, start, end)
    while window.left:
        yield window.take_some(window.left)

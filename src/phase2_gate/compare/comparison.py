"""
Compares two things: equal or not, and why.

 1. Two bundles are compared byte for byte first. Equal bytes are equal, if only they can be read as an archive.
 2. Otherwise the strict reader tells what each holds. Where it cannot believe one, the cause cannot be told, and
    nothing is judged. Findings on single members are no obstacle; a rule that only one side breaks is a cause, and so
    are the bytes with which both break one when they are not the same.
 3. Members are paired, then compared: content, mode, headers; then what is about the whole: order, manifest, ends.
 4. Bytes that differ although no cause was found are a difference too: nothing is called equal that is not.
"""

from __future__ import annotations

import stat
from collections.abc import Container, Iterator
from dataclasses import dataclass

from ..core import manifest
from ..core import zip_format as z
from ..core.findings import Finding
from ..core.source import Source
from . import contents, headers, manifests, rules
from .archive import ArchiveSide, all_of
from .differences import CONTENT_KINDS, Difference, ordered
from .excerpts import quoted
from .pairs import Pairs, match
from .side import Item, Side
from .texts import Room
from .tree import SPECIAL, TreeSide

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    What a comparison came to.
    """

    differences: tuple[Difference, ...]
    """Every cause that was found."""
    notes: tuple[tuple[str, Finding], ...] = ()
    """Rules of the reader that are broken, and by which side (``A`` or ``B``); they make its values doubtful."""
    blocked: str = ""
    """Why nothing could be judged; empty when it could."""

    @property
    def outcome(self) -> str:
        """
        ``equal``, ``different`` or ``not judged``.
        """
        if self.blocked:
            return "not judged"
        return "different" if self.differences else "equal"

    @property
    def same_content(self) -> bool:
        """
        Whether every file has the same name and content in both, so that only the form differs.
        """
        return not self.blocked and not any(one.kind in CONTENT_KINDS for one in self.differences)


def bundles(a: Source, b: Source) -> Comparison:
    """
    Compares two bundles.

    Raises:
        SourceError: when their bytes cannot be read.
    """
    offset = contents.first_difference(all_of(a, 0, a.size), all_of(b, 0, b.size))
    side_a = ArchiveSide(a)
    if offset is None and not side_a.stopped:
        return Comparison((), tuple(("A", finding) for finding in side_a.findings))
    side_b = side_a if offset is None else ArchiveSide(b)
    notes = tuple((name, one) for name, side in (("A", side_a), ("B", side_b)) for one in side.findings)
    stopped = [f"{name}: {side.stopped}" for name, side in (("A", side_a), ("B", side_b)) if side.stopped]
    if stopped:
        same = "their bytes are equal" if offset is None else f"their bytes differ from byte {offset} on"
        return Comparison((), notes, f"{'; '.join(stopped)}; {same}")
    found = [*_around(side_a, side_b), *_archives(side_a, side_b)]
    if not found:
        found.append(Difference("unexplained", None, f"the bytes differ from byte {offset} on"))
    return Comparison(ordered(found), notes)


def directories(a: str, b: str) -> Comparison:
    """
    Compares two directories, file by file.

    Raises:
        SourceError: when something in them cannot be read.
    """
    side_a, side_b = TreeSide(a), TreeSide(b)
    if not side_a.items and not side_b.items:
        return Comparison((), (), "both directories are empty")
    pairs = match(side_a.items, side_b.items)
    found = [*_members(pairs), *_contents(pairs, side_a, side_b)]
    found.extend(
        Difference("mode", one.path, "mode", f"0{one.mode:06o}", f"0{other.mode:06o}")
        for _, one, other in pairs.pairs
        if one.mode != other.mode
    )
    return Comparison(ordered(found))


def _archives(a: ArchiveSide, b: ArchiveSide) -> Iterator[Difference]:
    pairs = match(a.items, b.items)
    yield from _members(pairs)
    unread = frozenset(item.place for _, item, other in pairs.pairs if a.has_same_unread(item, b, other))
    in_manifest = None
    for found in _contents(pairs, a, b, unread):
        if found.path == manifest.NAME and in_manifest is None:
            in_manifest = found
        else:
            yield found
    yield from manifests.differences(a, b, in_manifest)
    in_fields = [*_headers(pairs, a, b, unread), *_comments(a, b)]
    yield from in_fields
    yield from _order(pairs, a, b)
    yield from _ends(a, b)
    yield from rules.differences(pairs, a, b, in_fields)


def _members(pairs: Pairs) -> Iterator[Difference]:
    for item in pairs.removed:
        yield Difference("removed", item.path, _described(item))
    for item in pairs.added:
        yield Difference("added", item.path, _described(item))
    for kind, item, other in pairs.pairs:
        if kind:
            yield Difference(kind, item.path, _RENAMED[kind], _name(kind, item), _name(kind, other))


_RENAMED = {
    "moved": "the same content",
    "name-form": "a name in another form of unicode",
    "name-case": "a name in another spelling",
}


def _described(item: Item) -> str:
    if item.path[-1:] == "/":
        return "a directory"
    return SPECIAL.get(stat.S_IFMT(item.mode), f"{item.size} bytes")


def _name(kind: str, item: Item) -> str:
    # The two forms of a name look the same, so they are shown by their code points.
    return ascii(item.path) if kind == "name-form" else repr(item.path)


def _contents(pairs: Pairs, a: Side, b: Side, unread: Container[int] = ()) -> Iterator[Difference]:
    room = Room()
    for _, item, other in pairs.pairs:
        found = None if item.place in unread else contents.difference(a, item, b, other, room)
        if found is not None:
            yield found


def _headers(pairs: Pairs, a: ArchiveSide, b: ArchiveSide, unread: Container[int]) -> Iterator[Difference]:
    told = rules.one_sided(a, b)
    for _, item, other in pairs.pairs:
        seen_a, seen_b = a.headers(item), b.headers(other)
        yield from headers.differences(
            item.path,
            seen_a,
            seen_b,
            same_name=item.path == other.path,
            unread=item.place in unread,
            told=told.get(item.path, _NONE) | told.get(other.path, _NONE),
        )
        if seen_a.method == seen_b.method != 0 and item.digest == other.digest and item.digest is not None:
            offset = contents.first_difference(a.raw(item), b.raw(other))
            if offset is not None:
                sizes = [side.archive.members[one.place].entry.compressed for side, one in ((a, item), (b, other))]
                detail = f"the same content compressed otherwise, from byte {offset} of the data on"
                yield Difference("compression", item.path, detail, f"{sizes[0]} bytes", f"{sizes[1]} bytes")


def _order(pairs: Pairs, a: ArchiveSide, b: ArchiveSide) -> Iterator[Difference]:
    same = [(item.place, other.place, item.path) for kind, item, other in pairs.pairs if not kind]
    by_a, by_b = sorted(same), sorted(same, key=lambda one: one[1])
    for place, (one, other) in enumerate(zip(by_a, by_b, strict=True)):
        if one != other:
            yield Difference("order", None, f"place {place} of the common members", repr(one[2]), repr(other[2]))
            return
    if a.is_in_order() != b.is_in_order():
        yield Difference(
            "order", None, "the order of members", _canonical(a.is_in_order()), _canonical(b.is_in_order())
        )


def _comments(a: ArchiveSide, b: ArchiveSide) -> Iterator[Difference]:
    comment_a, comment_b = (b"" if side.end is None else side.end.comment for side in (a, b))
    if comment_a != comment_b:
        yield Difference("comment", None, "comment of the archive", *quoted(comment_a, comment_b, headers.SHOWN_BYTES))


def _ends(a: ArchiveSide, b: ArchiveSide) -> Iterator[Difference]:
    if a.has_canonical_end() != b.has_canonical_end():
        yield Difference(
            "end-records", None, "the end records", _canonical(a.has_canonical_end()), _canonical(b.has_canonical_end())
        )

    elif _versions(a) and _versions(b) and _versions(a) != _versions(b):
        yield Difference("end-records", None, "the versions in the zip64 end record", _versions(a), _versions(b))


def _versions(side: ArchiveSide) -> str:
    if side.end is None or not side.end.wide:
        return ""
    fields = z.ZIP64_END.unpack(side.part.read_at(side.end.start, z.ZIP64_END.size))
    return f"0x{fields[2]:04x} made by, {fields[3]} needed"


def _canonical(holds: bool) -> str:
    return "canonical" if holds else "not canonical"


def _around(a: ArchiveSide, b: ArchiveSide) -> Iterator[Difference]:
    sides = (a, b)
    leading = [(side.whole, 0, side.leading) for side in sides]
    trailing = [(side.whole, side.whole.size - side.trailing, side.whole.size) for side in sides]
    yield from _junk("leading-bytes", "bytes before the first member", leading)
    yield from _junk("trailing-bytes", "bytes behind the end record", trailing)


def _junk(kind: str, detail: str, places: list[tuple[Source, int, int]]) -> Iterator[Difference]:
    offset = contents.first_difference(*(all_of(*place) for place in places))
    if offset is not None:
        size_a, size_b = (stop - start for _, start, stop in places)
        where = f", from byte {offset} of them on" if size_a and size_b else ""
        yield Difference(kind, None, f"{detail}{where}", f"{size_a} bytes", f"{size_b} bytes")

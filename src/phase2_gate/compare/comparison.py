"""
Compares two things: equal or not, and why.

 1. Two bundles are compared byte for byte first. Equal bytes are equal, if only they can be read as an archive.
 2. Otherwise the strict reader tells what each holds. Where it cannot believe one, the cause cannot be told, and
    nothing is judged. Findings on single members are no obstacle; a rule that only one side breaks is a cause.
 3. Members are paired, then compared: content, mode, headers; then what is about the whole: order, manifest, ends.
 4. Bytes that differ although no cause was found are a difference too: nothing is called equal that is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..core import manifest
from ..core.findings import Finding
from ..core.source import Source
from . import contents, headers
from .archive import ArchiveSide, all_of
from .differences import CONTENT_KINDS, Difference, ordered
from .pairs import Pairs, match
from .side import Item, Side
from .texts import Room
from .tree import TreeSide


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
    # A manifest that is right says nothing that the members do not say.
    sound = a.has_sound_manifest() and b.has_sound_manifest()
    for found in _contents(pairs, a, b):
        if found.path != manifest.NAME:
            yield found
        elif not sound:
            yield _manifest(a, b, found)
    in_headers = list(_headers(pairs, a, b))
    yield from in_headers
    yield from _order(pairs, a, b)
    yield from _ends(a, b)
    yield from _broken_rules(a, b, frozenset(one.path for one in in_headers))


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
    return "a directory" if item.path[-1:] == "/" else f"{item.size} bytes"


def _name(kind: str, item: Item) -> str:
    # The two forms of a name look the same, so they are shown by their code points.
    return ascii(item.path) if kind == "name-form" else repr(item.path)


def _contents(pairs: Pairs, a: Side, b: Side) -> Iterator[Difference]:
    room = Room()
    for _, item, other in pairs.pairs:
        found = contents.difference(a, item, b, other, room)
        if found is not None:
            yield found


def _manifest(a: ArchiveSide, b: ArchiveSide, content: Difference) -> Difference:
    wrong = [name for name, side in (("A", a), ("B", b)) if not side.has_sound_manifest()]
    faults = []
    for name, side in (("A", a), ("B", b)):
        parsed = manifest.parse(side.archive.manifest or b"\n")
        faults += [f"{finding.rule} in {name}" for finding in parsed.findings[:1]]
    why = f" ({', '.join(faults)})" if faults else ""
    detail = f"{content.detail}; it does not follow from the members in {' and '.join(wrong)}{why}"
    return Difference("manifest", content.path, detail, content.a, content.b, content.lines)


def _headers(pairs: Pairs, a: ArchiveSide, b: ArchiveSide) -> Iterator[Difference]:
    for _, item, other in pairs.pairs:
        seen_a, seen_b = a.headers(item), b.headers(other)
        yield from headers.differences(item.path, seen_a, seen_b, same_name=item.path == other.path)
        if seen_a.method == seen_b.method != 0 and item.digest == other.digest:
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


def _ends(a: ArchiveSide, b: ArchiveSide) -> Iterator[Difference]:
    comment_a, comment_b = (b"" if side.end is None else side.end.comment for side in (a, b))
    if comment_a != comment_b:
        yield Difference("comment", None, "comment of the archive", repr(comment_a[:60]), repr(comment_b[:60]))
    if a.has_canonical_end() != b.has_canonical_end():
        yield Difference(
            "end-records", None, "the end records", _canonical(a.has_canonical_end()), _canonical(b.has_canonical_end())
        )


def _canonical(holds: bool) -> str:
    return "canonical" if holds else "not canonical"


def _around(a: ArchiveSide, b: ArchiveSide) -> Iterator[Difference]:
    if a.leading or b.leading:
        yield from _junk("leading-bytes", "bytes before the first member", a.leading, b.leading)
    if a.trailing or b.trailing:
        yield from _junk("trailing-bytes", "bytes behind the end record", a.trailing, b.trailing)


def _junk(kind: str, detail: str, a: int, b: int) -> Iterator[Difference]:
    yield Difference(kind, None, detail, f"{a} bytes", f"{b} bytes")


def _broken_rules(a: ArchiveSide, b: ArchiveSide, explained: frozenset[str | None]) -> Iterator[Difference]:
    """
    The rules that one side breaks and the other does not, but for those about headers that differ anyhow.
    """
    broken = [{(one.rule, one.path): one for one in side.findings} for side in (a, b)]
    for key in sorted(broken[0].keys() ^ broken[1].keys(), key=repr):
        rule, path = key
        finding = broken[0].get(key) or broken[1][key]
        about_headers = rule.startswith(("entry-", "extra-")) and path in explained
        if about_headers or rule == "archive-comment":
            continue
        side = "A" if key in broken[0] else "B"
        yield Difference("broken-rule", path, f"only {side} breaks {rule}: {finding.message()}")

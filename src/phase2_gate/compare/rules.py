"""
The rules of the reader that two archives do not break alike.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from ..core.findings import Finding
from .archive import ArchiveSide, all_of
from .contents import first_difference
from .differences import Difference
from .pairs import Pairs

_TOLD_BY = {
    "archive-comment": "comment of the archive",
    "entry-comment": "comment of the member",
    "entry-disk": "disk",
    "entry-encrypted": "flags",
    "entry-flags": "flags",
    "entry-method": "method",
    "entry-version": "version needed",
    "extra-malformed": "extra fields in",
    "extra-unknown": "extra fields in",
}
"""Rules about a single field, and how the difference of that field begins."""


def one_sided(a: ArchiveSide, b: ArchiveSide) -> dict[str | None, frozenset[str]]:
    """
    The rules that only one side breaks, by member.
    """
    broken = [{(finding.path, finding.rule) for finding in side.findings} for side in (a, b)]
    found: defaultdict[str | None, set[str]] = defaultdict(set)
    for path, rule in broken[0] ^ broken[1]:
        found[path].add(rule)
    return {path: frozenset(rules) for path, rules in found.items()}


def differences(pairs: Pairs, a: ArchiveSide, b: ArchiveSide, fields: Iterable[Difference]) -> Iterator[Difference]:
    """
    What one side breaks and the other does not, and what both break with other bytes.

    Args:
        pairs: The members.
        a: The one side.
        b: The other.
        fields: The differences of single fields that were found; they tell of rules about these fields.
    """
    told = defaultdict(list)
    for one in fields:
        told[one.path].append(one.detail)
    broken = [{(one.rule, one.path): one for one in side.findings} for side in (a, b)]
    for key in sorted(broken[0].keys() ^ broken[1].keys(), key=repr):
        rule, path = key
        beginning = _TOLD_BY.get(rule)
        if beginning is not None and any(detail.startswith(beginning) for detail in told[path]):
            continue
        finding = broken[0].get(key) or broken[1][key]
        side = "A" if key in broken[0] else "B"
        yield Difference("broken-rule", path, f"only {side} breaks {rule}: {finding.message()}")
    for rule, path in sorted(broken[0].keys() & broken[1].keys(), key=repr):
        yield from _otherwise(broken[0][rule, path], broken[1][rule, path], same_count=len(a.items) == len(b.items))
    yield from _gaps(a, b)
    yield from _descriptors(pairs, a, b, broken[0].keys() & broken[1].keys())


def _otherwise(a: Finding, b: Finding, *, same_count: bool) -> Iterator[Difference]:
    """
    A number that is wrong on both sides, in two ways.
    """
    differ = a.seen != b.seen and (
        a.rule == "archive-multi-disk"
        or (a.rule == "archive-count-mismatch" and same_count)
        or (a.rule == "entry-offset-mismatch" and _shift(a) != _shift(b))
    )
    if differ:
        yield Difference("broken-rule", a.path, f"{a.detail}, wrong on both sides", _fact(a), _fact(b))


def _shift(finding: Finding) -> int:
    # Where a member really lies follows from those before it.
    return int(finding.seen or 0) - int(finding.need or 0)


def _fact(finding: Finding) -> str:
    return f"{finding.seen}" if finding.need is None else f"{finding.seen} for {finding.need}"


def _gaps(a: ArchiveSide, b: ArchiveSide) -> Iterator[Difference]:
    gaps_a, gaps_b = _by_path(a), _by_path(b)
    for key in sorted(gaps_a.keys() & gaps_b.keys(), key=repr):
        yield from _bytes(key[0], "bytes that belong to no member", a, b, (gaps_a[key], gaps_b[key]))


def _by_path(side: ArchiveSide) -> dict[tuple[str | None, int], tuple[int, int]]:
    """
    The gaps by the member that follows and, where it has a namesake, by number.
    """
    seen: Counter[str | None] = Counter()
    found = {}
    for path, start, stop in side.gaps():
        found[path, seen[path]] = start, stop
        seen[path] += 1
    return found


def _descriptors(
    pairs: Pairs, a: ArchiveSide, b: ArchiveSide, both: Iterable[tuple[str, str | None]]
) -> Iterator[Difference]:
    """
    What stands behind data that should be followed by a descriptor; of other content other sums are expected.
    """
    wrong = {path for rule, path in both if rule == "descriptor-mismatch"}
    for _, item, other in pairs.pairs if wrong else ():
        if item.path in wrong and item.path == other.path and item.digest == other.digest:
            what = "bytes in the place of a descriptor"
            yield from _bytes(item.path, what, a, b, (a.behind(item), b.behind(other)))


def _bytes(
    path: str | None, what: str, a: ArchiveSide, b: ArchiveSide, places: tuple[tuple[int, int], tuple[int, int]]
) -> Iterator[Difference]:
    offset = first_difference(all_of(a.part, *places[0]), all_of(b.part, *places[1]))
    if offset is not None:
        size_a, size_b = (stop - start for start, stop in places)
        detail = f"{what}, from byte {offset} of them on"
        yield Difference("broken-rule", path, detail, f"{size_a} bytes", f"{size_b} bytes")

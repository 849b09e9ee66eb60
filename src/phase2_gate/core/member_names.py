"""
The names and types of all members of an archive: the gate ``paths``, but for what the headers' own bytes tell.

Work is linear in the bytes of the directory: a name that is longer than any file system allows is a finding, and
nothing else is asked of it.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence

from . import collisions, litter, member_types, paths
from .findings import Finding
from .typed import NamedTuple
from .zip_entry import Entry
from .zip_tiling import Member

# Fields, for `map`: there may be a million.
_ENTRY = operator.itemgetter(Member._fields.index("entry"))
_ATTRIBUTES = operator.itemgetter(Entry._fields.index("attributes"))


class Look(NamedTuple):
    """
    What a look at all names together shows.
    """

    names: list[str]
    """The names, in the order of the directory."""
    odd: list[int]
    """The places of those that are not plain (`paths.uncommon`)."""
    clean: bool
    """Whether none has a component that is never packed. What is longer than a path may be is refused, not asked."""


def look(names: list[str]) -> Look:
    """
    Takes all names apart, once for the gates ``paths`` and ``cleanliness``.
    """
    odd: list[int] = []
    clean = True
    for portion in paths.portions(names):
        odd += paths.uncommon(portion)
        clean = clean and litter.is_absent(portion.components)
    return Look(names, odd, clean)


def problems(members: Sequence[Member], seen: Look, unsure: frozenset[str], unmarked: frozenset[str]) -> list[Finding]:
    """
    What is wrong with the names and types of `members`.

    Args:
        members: All of them, directories included.
        seen: Their names.
        unsure: Names that are a finding already, because they are not text or their second header contradicts them.
            Their length is all that is asked.
        unmarked: Names that are a finding already, because nobody knows what their bytes beyond ASCII stand for.
            Their ASCII characters are judged.
    """
    found: list[Finding] = []
    entries = list(map(_ENTRY, members))
    names, odd, _ = seen
    excessive = {place for place in odd if not _is_comparable(entries[place], unsure, unmarked, found)}
    comparable = [name for place, name in enumerate(names) if place not in excessive] if excessive else names
    found.extend(collisions.find(comparable))
    directories = any(names[place][-1:] == "/" for place in odd)
    kinds = dict(zip(map(_ATTRIBUTES, entries), entries, strict=True)).values()
    if directories or any(_has_problem(entry) for entry in kinds):
        found.extend(problem for entry in entries for problem in member_types.problems(entry))
        found.extend(member_types.unneeded(entries))
    return found


def _has_problem(entry: Entry) -> bool:
    return next(member_types.problems(entry), None) is not None


def _is_comparable(entry: Entry, unsure: frozenset[str], unmarked: frozenset[str], found: list[Finding]) -> bool:
    """
    Judges a name that is not plain; returns whether it is short enough to be compared with others.
    """
    bare = entry.path.removesuffix("/") if entry.path != "/" else entry.path
    if entry.path in unmarked:
        bare = "".join(char if char.isascii() else "_" for char in bare)
    broken = paths.problems(bare)
    if entry.path in unsure:
        broken = tuple(each for each in broken if each.rule == "name-too-long")
    found.extend(Finding(each.rule, entry.path, each.detail, entry.position, each.seen) for each in broken)
    return not any(each.rule == "name-too-long" for each in broken)

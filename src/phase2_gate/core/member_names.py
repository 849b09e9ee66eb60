"""
The names and types of all members of an archive: the gate ``paths``, but for what the headers' own bytes tell.

Work is linear in the bytes of the directory: a name that is longer than any file system allows is a finding, and
nothing else is asked of it.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence

from . import collisions, member_types, paths
from .findings import Finding
from .zip_entry import Entry
from .zip_tiling import Member

# Fields, for `map`: there may be a million.
_ENTRY = operator.itemgetter(Member._fields.index("entry"))
_PATH = operator.itemgetter(Entry._fields.index("path"))
_ATTRIBUTES = operator.itemgetter(Entry._fields.index("attributes"))


def problems(members: Sequence[Member], unsure: frozenset[str], unmarked: frozenset[str]) -> list[Finding]:
    """
    What is wrong with the names and types of `members`.

    Args:
        members: All of them, directories included.
        unsure: Names that are a finding already, because they are not text or their second header contradicts them.
            Their length is all that is asked.
        unmarked: Names that are a finding already, because nobody knows what their bytes beyond ASCII stand for.
            Their ASCII characters are judged.
    """
    found: list[Finding] = []
    found.extend(collisions.find(_comparable(members, unsure, unmarked, found)))
    found.extend(member_types.unneeded(list(map(_ENTRY, members))))
    return found


def _comparable(
    members: Sequence[Member], unsure: frozenset[str], unmarked: frozenset[str], found: list[Finding]
) -> list[tuple[str, bool]]:
    """
    Judges each name and type, and returns what may collide: the path and whether it is a directory.
    """
    comparable: list[tuple[str, bool]] = []
    keep, is_plain, is_plain_directory = comparable.append, paths.PLAIN_NAME.fullmatch, paths.is_plain_directory
    most = paths.MAX_PATH_BYTES
    ordinary: set[int] = set()  # external attributes with which a file is a file
    plain = {""}  # directories whose components are plain
    entries = list(map(_ENTRY, members))
    for entry, path, attributes in zip(entries, map(_PATH, entries), map(_ATTRIBUTES, entries), strict=True):
        if attributes not in ordinary or path[-1:] == "/":
            broken = list(member_types.problems(entry))
            found.extend(broken)
            if not broken and path[-1:] != "/":
                ordinary.add(attributes)
        parent, _, name = path.rpartition("/")
        if (
            (parent in plain or is_plain_directory(parent, plain))
            and is_plain(name)
            and path[0] != "/"
            and len(path) <= most
        ):
            keep((path, False))
        elif _is_comparable(entry, unsure, unmarked, found):
            keep((path.removesuffix("/"), path.endswith("/")))
    return comparable


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

"""
Pairs: which item of A is which item of B.

 1. Items of one name belong together; where an archive has a name twice, the first with the first.
 2. Then names that are one in Unicode's normal form C, then names that fold to one.
 3. Then items of the same content: it was moved.
 4. What is left was removed, or added.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

from ..core import collisions
from ..core.paths import MAX_PATH_BYTES
from .side import Item


@dataclass(slots=True)
class Pairs:
    """
    The outcome.
    """

    pairs: list[tuple[str, Item, Item]] = field(default_factory=list)
    """How the two names are related (``""`` for one name, or a kind of difference), the item of A, the item of B."""
    removed: list[Item] = field(default_factory=list)
    """Items of A alone."""
    added: list[Item] = field(default_factory=list)
    """Items of B alone."""


def match(a: Iterable[Item], b: Iterable[Item]) -> Pairs:
    """
    The pairs of two sides.
    """
    found = Pairs()
    names_a, names_b = _by_name(a), _by_name(b)
    for key, item in names_a.items():
        other = names_b.pop(key, None)
        if other is None:
            found.removed.append(item)
        else:
            found.pairs.append(("", item, other))
    found.added = list(names_b.values())
    _pair_rest(
        found, "name-form", lambda item: unicodedata.normalize("NFC", item.path) if _is_short(item.path) else None
    )
    _pair_rest(found, "name-case", lambda item: collisions.fold(item.path) if _is_short(item.path) else None)
    _pair_rest(found, "moved", _content)
    return found


def _by_name(items: Iterable[Item]) -> dict[tuple[str, int], Item]:
    seen: Counter[str] = Counter()
    found = {}
    for item in items:
        found[item.path, seen[item.path]] = item
        seen[item.path] += 1
    return found


def _is_short(path: str) -> bool:
    # Normalising takes time that grows with the square of a hostile name's length.
    return len(path) <= MAX_PATH_BYTES


def _content(item: Item) -> Hashable | None:
    return None if item.digest is None or item.path[-1:] == "/" else (item.digest, item.size)


def _pair_rest(found: Pairs, kind: str, key: Callable[[Item], Hashable | None]) -> None:
    """
    Pairs what is left by `key`; an item without a key stays alone.
    """
    if not found.removed or not found.added:
        return
    waiting: defaultdict[Hashable, list[Item]] = defaultdict(list)
    for item in reversed(found.added):
        wanted = key(item)
        if wanted is not None:
            waiting[wanted].append(item)
    paired: set[int] = set()
    removed = []
    for item in found.removed:
        same = waiting.get(key(item))
        if same:
            other = same.pop()
            paired.add(other.place)
            found.pairs.append((kind, item, other))
        else:
            removed.append(item)
    found.removed = removed
    found.added = [item for item in found.added if item.place not in paired]

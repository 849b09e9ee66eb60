"""
Rules by the plain names they begin with: a rule is only looked at for paths that begin with the same names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Generic, Protocol, TypeVar

from .segments import Segment

__all__ = ["RuleIndex"]


class _Rule(Protocol):
    @property
    def segments(self) -> tuple[Segment | None, ...]: ...

    def matches(self, components: Sequence[str], /) -> bool: ...


R = TypeVar("R", bound=_Rule)


class RuleIndex(Generic[R]):
    """
    Patterns of one side of an envelope.

    Args:
        rules: The patterns, in the order of the policy.
    """

    def __init__(self, rules: Iterable[R]) -> None:
        self._by_begin: dict[tuple[str, ...], list[tuple[int, R]]] = {}
        self._longest = 0
        for place, rule in enumerate(rules):
            names = tuple(takewhile(lambda segment: isinstance(segment, str), rule.segments))
            self._by_begin.setdefault(names, []).append((place, rule))  # type: ignore[arg-type]  # all are texts
            self._longest = max(self._longest, len(names))

    def first_match(self, components: Sequence[str]) -> R | None:
        """
        The first pattern in the order of the policy that matches a path's components, None if none does.
        """
        best: tuple[int, R] | None = None
        path = tuple(components)
        for size in range(min(self._longest, len(path)) + 1):
            for place, rule in self._by_begin.get(path[:size], ()):
                if best is not None and best[0] < place:
                    break
                if rule.matches(path):
                    best = (place, rule)
                    break
        return None if best is None else best[1]

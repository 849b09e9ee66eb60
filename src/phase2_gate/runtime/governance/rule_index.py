"""
Rules by their first segment: most rules begin with a plain name, and are not even looked at for other paths.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
        self._named: dict[str, list[tuple[int, R]]] = {}
        self._others: list[tuple[int, R]] = []
        for place, rule in enumerate(rules):
            first = rule.segments[0]
            if isinstance(first, str):
                self._named.setdefault(first, []).append((place, rule))
            else:
                self._others.append((place, rule))

    def first_match(self, components: Sequence[str]) -> R | None:
        """
        The first pattern in the order of the policy that matches a path's components, None if none does.
        """
        best: tuple[int, R] | None = None
        for rules in (self._named.get(components[0], ()), self._others):
            for place, rule in rules:
                if best is not None and best[0] < place:
                    break
                if rule.matches(components):
                    best = (place, rule)
                    break
        return None if best is None else best[1]

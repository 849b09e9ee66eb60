"""
The envelope: what a run may do. The plan's four fields, copied, validated, and never changed afterwards.

Deny wins, the default is deny, and the order of rules never matters. A malformed envelope is refused as a whole:
a rule that is skipped because it could not be read protects nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from ..canonical import Json, sha256_digest
from ..errors import EnvelopeError
from .patterns import AllowPattern, DenyPattern

__all__ = ["OP_NAME", "Envelope"]

OP_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*", re.ASCII)
P = TypeVar("P")

_FIELDS = ("allow_ops", "allow_paths", "deny_paths", "max_budget_usd")
# More than any run costs; beyond, doubles lose cents.
_MAX_BUDGET = 1e12


@dataclass(frozen=True, slots=True)
class Envelope:
    """
    A policy. Lists are accepted and copied into tuples, so that nobody can change it after it was checked.

    Raises:
        EnvelopeError: A field is malformed, or a pattern could never match.
    """

    allow_ops: Sequence[str]
    """Names of the operations that may run; exact, no wildcards."""
    allow_paths: Sequence[str]
    """Patterns of paths that operations may use."""
    deny_paths: Sequence[str]
    """Patterns of paths that no operation may use, whatever else allows them."""
    max_budget_usd: float
    """The most that the run may spend."""
    allow_patterns: tuple[AllowPattern, ...] = field(init=False, repr=False, compare=False)
    """Parsed `allow_paths`."""
    deny_patterns: tuple[DenyPattern, ...] = field(init=False, repr=False, compare=False)
    """Parsed `deny_paths`."""

    def __post_init__(self) -> None:
        for name in _FIELDS[:3]:
            object.__setattr__(self, name, _texts(name, getattr(self, name)))
        for op in self.allow_ops:
            if OP_NAME.fullmatch(op) is None:
                raise EnvelopeError(f"allow_ops: not the name of an operation: {op!r}")
        budget = self.max_budget_usd
        # A bool is an int, and NaN is neither below nor above anything: both would switch the limit off.
        if type(budget) not in {int, float} or not 0 <= budget <= _MAX_BUDGET:
            raise EnvelopeError(f"max_budget_usd: need a number from 0 to {_MAX_BUDGET:g}, seen {budget!r}")
        object.__setattr__(self, "max_budget_usd", float(budget))
        object.__setattr__(self, "allow_patterns", _parse("allow_paths", AllowPattern.parse, self.allow_paths))
        object.__setattr__(self, "deny_patterns", _parse("deny_paths", DenyPattern.parse, self.deny_paths))

    @property
    def budget_limit(self) -> Decimal:
        """
        The budget as a decimal: exactly what the shortest text of the number says.
        """
        return Decimal(str(self.max_budget_usd))

    @property
    def digest(self) -> str:
        """
        Digest of the policy's canonical bytes.
        """
        return sha256_digest(self.to_json())

    def to_json(self) -> dict[str, Json]:
        """
        The four fields as a JSON value; the inverse of `from_json`.
        """
        return {
            "allow_ops": list(self.allow_ops),
            "allow_paths": list(self.allow_paths),
            "deny_paths": list(self.deny_paths),
            "max_budget_usd": self.max_budget_usd,
        }

    @classmethod
    def from_json(cls, value: object) -> Envelope:
        """
        Read an envelope from a JSON value with exactly the four keys.

        Raises:
            EnvelopeError: A key is missing or unknown, or a field is malformed.
        """
        if not isinstance(value, Mapping) or set(value) != set(_FIELDS):
            seen = sorted(map(str, value)) if isinstance(value, Mapping) else type(value).__name__
            raise EnvelopeError(f"envelope: need exactly the keys {sorted(_FIELDS)}, seen {seen}")
        return cls(*(value[name] for name in _FIELDS))

    def inert_rules(self) -> tuple[str, ...]:
        """
        Allow patterns that a deny pattern covers wholly: allowed on paper only.
        """
        return tuple(
            allow.text for allow in self.allow_patterns if any(deny.covers(allow) for deny in self.deny_patterns)
        )


def _texts(name: str, value: object) -> tuple[str, ...]:
    # A text is a sequence of texts too, and a "*" among its characters would allow everything.
    if not isinstance(value, (list, tuple)):
        raise EnvelopeError(f"{name}: need a list of texts, seen {type(value).__name__}")
    items = tuple(value)
    for item in items:
        if type(item) is not str:
            raise EnvelopeError(f"{name}: need a list of texts, seen a {type(item).__name__} in it")
    return items


def _parse(name: str, parse: Callable[[object], P], texts: Sequence[str]) -> tuple[P, ...]:
    try:
        return tuple(map(parse, texts))
    except EnvelopeError as exc:
        raise EnvelopeError(f"{name}: {exc}") from None

"""
Findings that an auditor accepts, each with a reason.

Invariants:
 1. Only rules that are marked as waivable can be waived: none on which the meaning of the bytes, their integrity, the
    confinement of their code or the proof of its tests rests.
 2. A waiver has a reason, and travels with what it waives into every report.
 3. It says what counts, never what is looked at: a waived rule is judged like any other.
"""

from __future__ import annotations

from . import rules
from .errors import ProfileError
from .typed import NamedTuple


class Waiver(NamedTuple):
    """
    One rule whose findings are accepted.
    """

    rule: str
    """The slug of a waivable rule."""
    reason: str
    """Why, in the auditor's words; printable."""


def waiver(rule: str, reason: str, key: str) -> Waiver:
    """
    A checked waiver.

    Args:
        rule: The slug of a rule.
        reason: Why its findings are accepted.
        key: Where it was stated, for the message.

    Raises:
        ProfileError: when there is no such rule, it is not waivable, or no printable reason is given.
    """
    known = rules.RULES.get(rule)
    if known is None:
        message = f"{key}: no such rule: seen {rule!r}"
        raise ProfileError(message, hint=_nearest(rule))
    if not known.waivable:
        may = ", ".join(slug for slug, one in rules.RULES.items() if one.waivable)
        message = f"{key}: this rule cannot be waived: seen {rule!r}, need one of {may}"
        raise ProfileError(message)
    reason = reason.strip()
    if not reason or not reason.isprintable():
        message = f"{key}: the reason for {rule!r}: seen {reason!r}, need a printable text"
        raise ProfileError(message)
    return Waiver(rule, reason)


def _nearest(rule: str) -> str:
    import difflib

    near = difflib.get_close_matches(rule, rules.RULES, 1)
    return f"did you mean {near[0]}?" if near else "`phase2-gate rule` lists them"

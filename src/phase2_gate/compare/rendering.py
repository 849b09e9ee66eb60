"""
Comparisons as text and as JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from ..core.escape import line as shown
from .comparison import Comparison
from .differences import Difference

_MEMBERS_SHOWN = 5
"""How many members are named that differ in one and the same way."""
_TEXTS_SHOWN = 20
"""How many contents are shown line by line."""

_SUMMARY = {
    "equal": "EQUAL",
    "different": "DIFFERENT",
    "not judged": "BLOCKED",
}


def text(comparison: Comparison) -> Iterator[str]:
    """
    The lines for people.
    """
    texts = 0
    for (kind, message), group in groupby(
        _by_message(comparison.differences), key=lambda one: (one.kind, one.message())
    ):
        members = list(group)
        yield f"{kind:<14} {_subject(members)}{shown(message)}"
        for one in members:
            texts += bool(one.lines)
            if one.lines and texts <= _TEXTS_SHOWN:
                yield from (f"    {shown(each)}" for each in one.lines)
    if texts > _TEXTS_SHOWN:
        yield f"{'note':<14} {texts - _TEXTS_SHOWN} more texts differ that are not shown line by line"
    for side, finding in comparison.notes:
        about = "" if finding.path is None else f"{shown(finding.path)}: "
        yield f"{'note':<14} {side} breaks {finding.rule}: {about}{shown(finding.message())}"
    if comparison.blocked:
        yield f"{'blocked':<14} {shown(comparison.blocked)}"
    elif comparison.differences and comparison.same_content:
        yield "Every file has the same name and content in both; only the form differs."
    yield f"RESULT: {_SUMMARY[comparison.outcome]}"


def _by_message(differences: Iterable[Difference]) -> list[Difference]:
    """
    The differences with those of one kind and message together, where the first of them stood.
    """
    first: dict[tuple[str, str], int] = {}
    for place, one in enumerate(differences):
        first.setdefault((one.kind, one.message()), place)
    return sorted(differences, key=lambda one: first[one.kind, one.message()])


def _subject(members: list[Difference]) -> str:
    if len(members) == 1:
        return "" if members[0].path is None else f"{shown(members[0].path)}: "
    names = ", ".join(shown(one.path or "") for one in members[:_MEMBERS_SHOWN])
    more = f" and {len(members) - _MEMBERS_SHOWN} more" if len(members) > _MEMBERS_SHOWN else ""
    return f"{len(members)} members ({names}{more}): "


def document(comparison: Comparison, a: str, b: str) -> dict[str, object]:
    """
    The document for machines; texts are escaped as in the lines for people.
    """
    return {
        "schema": "phase2-gate/diff/1",
        "a": shown(a),
        "b": shown(b),
        "outcome": comparison.outcome,
        "same_content": comparison.same_content,
        "blocked": shown(comparison.blocked),
        "differences": [
            {
                "kind": one.kind,
                "path": None if one.path is None else shown(one.path),
                "detail": shown(one.detail),
                "a": None if one.a is None else shown(one.a),
                "b": None if one.b is None else shown(one.b),
                "lines": [shown(each) for each in one.lines],
            }
            for one in comparison.differences
        ],
        "notes": [
            {
                "side": side,
                "rule": finding.rule,
                "path": finding.path and shown(finding.path),
                "detail": shown(finding.message()),
            }
            for side, finding in comparison.notes
        ],
    }

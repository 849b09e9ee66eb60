"""
Differences: causes why two bundles, workspaces or directories are not the same, as values.

Each has a kind. A kind names a cause, never a consequence: that offsets move when a file grows, or that a manifest
which is right lists another digest for a file that changed, is not said again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

KINDS = {
    "leading-bytes": "bytes before the first member",
    "trailing-bytes": "bytes behind the end record",
    "broken-rule": "a rule of the reader that one archive keeps and the other breaks, or both with other bytes",
    "added": "a member that only B has",
    "removed": "a member that only A has",
    "moved": "the same content under another name",
    "name-form": "one name in two forms of Unicode",
    "name-case": "one name in two spellings that some file systems take for the same",
    "content": "other content",
    "manifest": "a manifest that does not follow from the members",
    "mode": "other permissions or another file type",
    "time": "another time of last change",
    "compression": "another method, or the same content compressed to other bytes",
    "extra-field": "other extra fields",
    "comment": "another comment",
    "header-field": "another value in a field of a header",
    "order": "members in another order",
    "end-records": "another form of the records at the end",
    "unexplained": "bytes that differ for none of these causes",
}
"""Every kind and what it means, in the order in which differences are shown."""

CONTENT_KINDS = frozenset({"added", "removed", "moved", "name-form", "name-case", "content", "manifest"})
"""The kinds that change what lies on the disk after extraction, the mode aside."""

_RANK = {kind: rank for rank, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Difference:
    """
    One cause.

    Texts may hold anything that an archive held, so every renderer escapes them (`phase2_gate.core.escape`).
    """

    kind: str
    """One of `KINDS`."""
    path: str | None
    """The member, by its name in A where it has two; None for the whole."""
    detail: str
    """What differs, in one clause."""
    a: str | None = None
    """What was seen in A."""
    b: str | None = None
    """What was seen in B."""
    lines: tuple[str, ...] = ()
    """For content that is text: the difference line by line, as ``diff -u`` writes it."""

    def message(self) -> str:
        """
        The difference without kind and path, as one line of unescaped text.
        """
        seen = [f"{value} in {side}" for value, side in ((self.a, "A"), (self.b, "B")) if value is not None]
        return f"{self.detail}: {', '.join(seen)}" if seen else self.detail


def ordered(differences: Iterable[Difference]) -> tuple[Difference, ...]:
    """
    The differences by kind, then path; those of one kind and path stay in their order.
    """
    return tuple(sorted(differences, key=lambda one: (_RANK[one.kind], one.path or "")))

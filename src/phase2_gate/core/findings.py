"""
Findings: requirements that a bundle breaks, as values.
"""

from __future__ import annotations

from .typed import NamedTuple


class Finding(NamedTuple):
    """
    One broken requirement.

    Invariants: `rule` is a slug of `phase2_gate.core.rules`; texts may hold anything that an archive held, so
    every renderer escapes them (`phase2_gate.core.escape`).
    """

    rule: str
    """The slug of the broken rule."""
    path: str | None = None
    """The member or file concerned, None when it is the archive as a whole."""
    detail: str = ""
    """What is wrong, in one clause."""
    offset: int | None = None
    """The byte offset in the archive (in the manifest for manifest rules) where it was seen."""
    seen: str | None = None
    """What was seen."""
    need: str | None = None
    """What was needed."""

    def sort_key(self) -> tuple[str, int, str, str, str]:
        """
        Orders findings for people and machines alike: by path, then offset, then rule.
        """
        return (
            self.path or "",
            -1 if self.offset is None else self.offset,
            self.rule,
            self.detail,
            self.seen or "",
        )

    def message(self) -> str:
        """
        The finding as one line of unescaped text: ``detail: seen X, need Y``.
        """
        facts = []
        if self.seen is not None:
            facts.append(f"seen {self.seen}")
        if self.need is not None:
            facts.append(f"need {self.need}")
        text = self.detail
        if facts:
            text = f"{text}: {', '.join(facts)}" if text else ", ".join(facts)
        if self.offset is not None:
            text += f" (offset {self.offset})"
        return text


def ordered(findings: list[Finding] | tuple[Finding, ...]) -> tuple[Finding, ...]:
    """
    The findings sorted by path, offset and rule, without exact repetitions.
    """
    return tuple(sorted(dict.fromkeys(findings), key=Finding.sort_key))

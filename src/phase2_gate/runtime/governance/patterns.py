"""
Path patterns, and a matcher whose time is bounded by the product of the lengths.

1. A pattern is segments between ``/``; it is written like a path: relative, no ``.``, ``..`` or empty segment.
2. ``**`` alone is zero or more whole segments; beside other characters it is refused.
3. ``*`` is any run inside a segment, ``?`` one character, ``[a-z]`` one of a class, ``[!a-z]`` one not of it.
4. There is no negation (``!``), no escape (write ``[*]``), no braces.
5. An allow pattern matches exactly. A deny pattern matches every alias (case, normal form) as well, and everything
   beneath what it matches: ``secrets``, ``secrets/**`` and ``secrets/`` are what a person means; the last is refused.
6. A pattern that could never match a path is refused: an inert deny rule protects nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import EnvelopeError
from .paths import MAX_COMPONENT_BYTES, component_problem, fold
from .segments import Segment, TokenRuns, parse_segment, segment_matches

__all__ = ["AllowPattern", "DenyPattern"]

_DEEP = "**"


@dataclass(frozen=True, slots=True)
class AllowPattern:
    """
    A pattern of the allow side: exact.
    """

    text: str
    """As written."""
    segments: tuple[Segment | None, ...]
    """Parsed segments; None stands for ``**``."""

    @classmethod
    def parse(cls, text: object) -> AllowPattern:
        """
        Read a pattern.

        Raises:
            EnvelopeError: It is malformed or could never match.
        """
        checked = _checked(text)
        return cls(checked, _parsed(checked, folded=False))

    def matches(self, components: Sequence[str]) -> bool:
        """
        Tell whether the pattern matches a path, given as its components.
        """
        return _match(self.segments, components)


@dataclass(frozen=True, slots=True)
class DenyPattern:
    """
    A pattern of the deny side: all aliases, and everything beneath.
    """

    text: str
    """As written."""
    segments: tuple[Segment | None, ...]
    """Parsed from the folded text, without trailing ``**``, with one appended."""

    @classmethod
    def parse(cls, text: object) -> DenyPattern:
        """
        Read a pattern.

        Raises:
            EnvelopeError: It is malformed or could never match.
        """
        checked = _checked(text)
        segments = list(_parsed(checked, folded=True))
        while segments and segments[-1] is None:
            segments.pop()
        return cls(checked, (*segments, None))

    def matches(self, folded: Sequence[str]) -> bool:
        """
        Tell whether the pattern covers a path, given as its folded components.
        """
        return _match(self.segments, folded)

    def covers(self, pattern: AllowPattern) -> bool:
        """
        Tell whether every path that an allow pattern matches is denied; False when that is not plain.
        """
        base = self.segments[:-1]
        if len(base) > len(pattern.segments):
            return False
        for mine, theirs in zip(base, pattern.segments, strict=False):
            if mine is None or not isinstance(theirs, str) or not segment_matches(mine, fold(theirs)):
                return False
        return True


def _checked(text: object) -> str:
    if type(text) is not str:
        raise EnvelopeError(f"pattern: need text, seen {type(text).__name__}")
    if not text or text.startswith(("/", "!", "~")) or "\\" in text or len(text) > 1024:
        raise EnvelopeError(f"pattern {text!r}: need a relative pattern with '/' between segments and no negation")
    if any(segment in {"", ".", ".."} for segment in text.split("/")):
        raise EnvelopeError(f"pattern {text!r}: empty, '.' and '..' segments never match, so the rule would be inert")
    return text


def _parsed(text: str, *, folded: bool) -> tuple[Segment | None, ...]:
    result: list[Segment | None] = []
    for part in text.split("/"):
        if part == _DEEP:
            result.append(None)
            continue
        if _DEEP in part:
            raise EnvelopeError(f"pattern {text!r}: '**' must be a whole segment, seen {part!r}")
        segment = parse_segment(text, part, folded=folded)
        _refuse_inert(text, part, segment)
        result.append(segment)
    return tuple(result)


def _refuse_inert(text: str, part: str, segment: Segment) -> None:
    """
    Refuse a segment that no component of a path can match.
    """
    problem = None
    if isinstance(segment, str):
        problem = component_problem(part)
    else:
        # Each literal run must be possible inside a name; padded, so that only its own characters count.
        for run in segment.literal_runs(part):
            problem = problem or component_problem(f"xxxxxxxxx{run}xxxxxxxxx")
        if part[-1] in ". ":
            problem = "ends with a dot or a space"
    if problem is not None or len(part.encode(errors="replace")) > MAX_COMPONENT_BYTES * 2:
        raise EnvelopeError(f"pattern {text!r}: segment {part!r} can never match: {problem or 'too long'}")


def _match(pattern: Sequence[Segment | None], components: Sequence[str]) -> bool:
    """
    Match segment by segment, going back to the last ``**`` only: never exponential.
    """
    match pattern:
        # The commonest deny rule, "**/name": no bookkeeping is needed.
        case (None, str() | TokenRuns() as only, None):
            return any(segment_matches(only, component) for component in components)
    at = place = 0
    back: tuple[int, int] | None = None
    end, count = len(pattern), len(components)
    while place < count:
        if at < end and pattern[at] is None:
            if at + 1 == end:
                return True
            at += 1
            back = at, place
        elif at < end and _segment_fits(pattern[at], components[place]):
            at += 1
            place += 1
        elif back is not None:
            at, place = back[0], back[1] + 1
            back = at, place
        else:
            return False
    return all(segment is None for segment in pattern[at:])


def _segment_fits(segment: Segment | None, component: str) -> bool:
    return segment is not None and segment_matches(segment, component)

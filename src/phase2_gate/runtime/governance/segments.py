"""
One segment of a pattern: a plain text, or runs of tokens between stars, matched leftmost first.

Matching each run at its leftmost place is enough when only stars stand between them, so there is no
backtracking over stars: time is bounded by the product of the two lengths.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeAlias

from ..errors import EnvelopeError
from .paths import fold

__all__ = ["Segment", "TokenRuns", "parse_segment", "segment_matches"]


@dataclass(frozen=True, slots=True)
class CharClass:
    """
    ``[...]``: one character out of ranges, or one outside of them.
    """

    ranges: tuple[tuple[str, str], ...]
    """First and last character of each range."""
    negated: bool
    """Whether the class began with ``!``."""
    folded: bool
    """Whether any alias of the character may be the one that matches."""

    def accepts(self, character: str) -> bool:
        """
        Tell whether one character of a name matches.
        """
        candidates = _variants(character) if self.folded else (character,)
        return any(any(low <= c <= high for low, high in self.ranges) != self.negated for c in candidates)


# None is "?", a text is one literal character.
Element: TypeAlias = "str | CharClass | None"


@dataclass(frozen=True, slots=True)
class TokenRuns:
    """
    A segment with wildcards: token runs with a star between each two.
    """

    runs: tuple[tuple[Element, ...], ...]
    """At least two runs when there is a star; outer ones may be empty."""
    texts: tuple[str, ...] | None
    """The same as texts when there are stars and literals only, which is the usual case; else None."""

    def literal_runs(self, part: str) -> list[str]:
        """
        The literal stretches of the text that the segment was parsed from.
        """
        stretches, current, index = [], "", 0
        while index < len(part):
            if part[index] in "*?[":
                stretches.append(current)
                current = ""
                index = _class_end(part, index) if part[index] == "[" else index + 1
            else:
                current += part[index]
                index += 1
        return [stretch for stretch in (*stretches, current) if stretch]


Segment: TypeAlias = "str | TokenRuns"


def parse_segment(pattern: str, part: str, *, folded: bool) -> Segment:
    """
    Read one segment.

    Args:
        pattern: The whole pattern, for messages.
        part: The segment's text.
        folded: Prepare for folded names: fold literals, let classes accept aliases.

    Raises:
        EnvelopeError: A class is not closed, empty or reversed, or a closing bracket stands alone.
    """
    if not any(character in part for character in "*?[]"):
        return fold(part) if folded else part
    runs: list[tuple[Element, ...]] = []
    tokens: list[Element] = []
    index = 0
    while index < len(part):
        character = part[index]
        if character == "*":
            runs.append(tuple(tokens))
            tokens = []
            index += 1
        elif character == "?":
            tokens.append(None)
            index += 1
        elif character == "[":
            end = _class_end(part, index)
            tokens.append(_parse_class(pattern, part[index:end], folded=folded))
            index = end
        else:
            stop = index
            while stop < len(part) and part[stop] not in "*?[":
                stop += 1
            literal = part[index:stop]
            if "]" in literal:
                raise EnvelopeError(f"pattern {pattern!r}: ']' without '[' in {part!r}")
            tokens.extend(fold(literal) if folded else literal)
            index = stop
    runs.append(tuple(tokens))
    texts = tuple("".join(token for token in run if isinstance(token, str)) for run in runs)
    plain = all(isinstance(token, str) for run in runs for token in run)
    return TokenRuns(tuple(runs), texts if plain else None)


def segment_matches(segment: Segment, component: str) -> bool:
    """
    Tell whether one component of a path matches.
    """
    if isinstance(segment, str):
        return segment == component
    if segment.texts is not None:
        return _texts_fit(segment.texts, component)
    runs = segment.runs
    first, last = runs[0], runs[-1]
    if len(runs) == 1:
        return len(component) == len(first) and _fits(first, component, 0)
    end = len(component) - len(last)
    if end < len(first) or not _fits(first, component, 0) or not _fits(last, component, end):
        return False
    place = len(first)
    for run in runs[1:-1]:
        while place + len(run) <= end and not _fits(run, component, place):
            place += 1
        place += len(run)
        if place > end:
            return False
    return True


def _texts_fit(texts: tuple[str, ...], component: str) -> bool:
    end = len(component) - len(texts[-1])
    place = len(texts[0])
    if end < place or not component.startswith(texts[0]) or not component.endswith(texts[-1]):
        return False
    for text in texts[1:-1]:
        place = component.find(text, place, end)
        if place < 0:
            return False
        place += len(text)
    return True


def _fits(run: tuple[Element, ...], component: str, place: int) -> bool:
    for token in run:
        character = component[place]
        if token is not None and (token != character if isinstance(token, str) else not token.accepts(character)):
            return False
        place += 1
    return True


def _class_end(part: str, start: int) -> int:
    """
    Position behind the bracket that closes a class; a bracket right at its begin is a member.
    """
    first = start + 2 if part[start + 1 : start + 2] == "!" else start + 1
    return part.find("]", first + 1) + 1 or len(part)


def _parse_class(pattern: str, text: str, *, folded: bool) -> CharClass:
    body = text[1:-1]
    negated = body.startswith("!")
    body = body[1:] if negated else body
    if not text.endswith("]") or not body:
        raise EnvelopeError(f"pattern {pattern!r}: character class is not closed or empty: {text!r}")
    ranges, index = [], 0
    while index < len(body):
        low = high = body[index]
        if body[index + 1 : index + 2] == "-" and index + 2 < len(body):
            high = body[index + 2]
            index += 2
        if high < low:
            raise EnvelopeError(f"pattern {pattern!r}: reversed range in {text!r}")
        ranges.append((low, high))
        index += 1
    return CharClass(tuple(ranges), negated, folded)


@lru_cache(maxsize=4096)
def _variants(character: str) -> tuple[str, ...]:
    """
    A folded character and the ones that fold to it.
    """
    return (character, *_unfolded().get(character, ()))


@cache
def _unfolded() -> dict[str, tuple[str, ...]]:
    aliases: dict[str, list[str]] = {}
    # No cased character lies beyond; a character that Unicode adds there later has no alias here.
    for point in range(0x1EA00):
        character = chr(point)
        # Decomposing a lone surrogate is fine, and it folds to itself.
        folded = fold(character)
        if folded != character:
            aliases.setdefault(folded, []).append(character)
    return {folded: tuple(found) for folded, found in aliases.items()}

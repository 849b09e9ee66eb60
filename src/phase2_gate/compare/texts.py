"""
How two texts differ, line by line, with a bound on everything that is kept.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from .excerpts import common, cut

MAX_DIFF_LINES = 1000
"""More changed lines are not compared one by one: `difflib` takes the square of their number in time, or worse."""
MAX_SHOWN_LINES = 60
"""How many lines of one difference are kept."""
MAX_LINE = 200
"""How many characters of one line are kept, around the first that differs: a line may be as long as a text."""
MAX_TOTAL = 1 << 20
"""How many characters are kept of all differences of a comparison; there may be as many as members."""

LEFT_OUT = "not shown line by line: the texts before it took all the room"
"""Stands for the lines of a text behind `MAX_TOTAL`."""

_HUNK = re.compile(r"( [+-])(\d+)")
_NO_END = "\\ no end of line"


class Room:
    """
    The room for all the lines that one comparison keeps.
    """

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = MAX_TOTAL

    def take(self, lines: Iterable[str]) -> tuple[str, ...]:
        """
        The lines; when there is no room left, they are not made, and one line says so.
        """
        if self._left <= 0:
            return (LEFT_OUT,)
        kept = tuple(lines)
        self._left -= sum(map(len, kept))
        return kept


def unified(a: str, b: str, name_a: str, name_b: str) -> Iterator[str]:
    """
    The difference of two texts as ``diff -u`` writes it, cut short behind `MAX_SHOWN_LINES`, each line to `MAX_LINE`.

    Lines end in LF, as git has it; any other character is a part of its line. Common lines at both ends are set aside
    first, so that time depends on what changed.
    """
    lines_a, lines_b = _lines(a), _lines(b)
    shortest = min(len(lines_a), len(lines_b))
    start = 0
    while start < shortest and lines_a[start] == lines_b[start]:
        start += 1
    stop = 0
    while stop < shortest - start and lines_a[-1 - stop] == lines_b[-1 - stop]:
        stop += 1
    changed = max(len(lines_a), len(lines_b)) - start - stop
    if changed > MAX_DIFF_LINES:
        yield f"{changed} lines from line {start + 1} on"
        return
    # Three lines of context on both sides, which is what `diff -u` shows.
    first, behind = max(start - 3, 0), max(stop - 3, 0)
    middle_a, middle_b = lines_a[first : len(lines_a) - behind], lines_b[first : len(lines_b) - behind]
    kept: list[str] = []
    more = False
    for line in difflib.unified_diff(middle_a, middle_b, f"A/{name_a}", f"B/{name_b}"):
        more = len(kept) == MAX_SHOWN_LINES
        if more:
            break
        hunk = line.startswith("@@ ")
        kept.append(_HUNK.sub(lambda match: f"{match[1]}{int(match[2]) + first}", line) if hunk else line)
    yield from _shortened(kept)
    if more:
        yield "more lines follow"


def _lines(text: str) -> list[str]:
    """
    The lines with their ends, so that one without is like no other.
    """
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _shortened(lines: list[str]) -> Iterator[str]:
    """
    The lines without their ends, each cut around the place where it parts from its counterpart.
    """
    places = _places(lines)
    for number, line in enumerate(lines):
        yield line[0] + cut(line[1:].removesuffix("\n"), places.get(number, 0), MAX_LINE)
        if not line.endswith("\n"):
            yield _NO_END


def _places(lines: list[str]) -> dict[int, int]:
    """
    For each removed line that an added one stands for, and for that one, up to where the two are the same.
    """
    found: dict[int, int] = {}
    removed: list[int] = []
    added = 0
    # The first two lines are names.
    for number, line in enumerate(lines[2:], 2):
        if line.startswith("-"):
            removed.append(number)
        elif line.startswith("+") and added < len(removed):
            other = removed[added]
            found[other] = found[number] = common(lines[other][1:], line[1:])
            added += 1
        if not line.startswith(("-", "+")):
            removed, added = [], 0
    return found

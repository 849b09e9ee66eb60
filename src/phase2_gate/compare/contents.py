"""
How two contents differ: line by line where both are text, else by size and first differing byte.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from .differences import Difference
from .side import Item, Side, content

MAX_TEXT_BYTES = 1 << 18
"""Larger contents are not shown line by line: nobody reads that."""
MAX_DIFF_LINES = 1000
"""More changed lines are not compared one by one: `difflib` takes the square of their number in time, or worse."""
MAX_SHOWN_LINES = 60
"""How many lines of one difference are kept."""

_HUNK = re.compile(r"( [+-])(\d+)")


def difference(side_a: Side, a: Item, side_b: Side, b: Item) -> Difference | None:
    """
    The difference between the contents of two items, or None when they are the same.

    Raises:
        SourceError: when a content cannot be read.
    """
    if a.digest == b.digest and a.digest is not None:
        return None
    if a.digest is None or b.digest is None:
        unknown = [name for name, item in (("A", a), ("B", b)) if item.digest is None]
        return Difference("content", a.path, f"content that cannot be believed in {' and '.join(unknown)}")
    if max(a.size, b.size) <= MAX_TEXT_BYTES:
        text_a, text_b = _text(content(side_a, a)), _text(content(side_b, b))
        if text_a is not None and text_b is not None:
            return _text_difference(a, b, text_a, text_b)
    offset = first_difference(side_a.pieces(a), side_b.pieces(b))
    detail = f"content, from byte {offset} on"
    return Difference("content", a.path, detail, f"{a.size} bytes", f"{b.size} bytes")


def _text(data: bytes) -> str | None:
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _text_difference(a: Item, b: Item, text_a: str, text_b: str) -> Difference:
    lines = tuple(unified(text_a, text_b, a.path, b.path))
    detail = "content"
    if text_a.removeprefix("\ufeff") == text_b.removeprefix("\ufeff"):
        detail = "content, by a byte order mark alone"
    elif _plain(text_a) == _plain(text_b):
        detail = "content, by the ends of lines alone"
        return Difference("content", a.path, detail, _ends(text_a), _ends(text_b))
    return Difference("content", a.path, detail, f"{a.size} bytes", f"{b.size} bytes", lines)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")


def _ends(text: str) -> str:
    pairs = text.count("\r\n")
    counts = (("CR LF", pairs), ("LF", text.count("\n") - pairs), ("CR", text.count("\r") - pairs))
    shown = ", ".join(f"{number} {name}" for name, number in counts if number) or "none"
    return shown if text.endswith(("\n", "\r")) or not text else f"{shown}, none at the end"


def unified(a: str, b: str, name_a: str, name_b: str) -> Iterator[str]:
    """
    The difference of two texts as ``diff -u`` writes it, cut short behind `MAX_SHOWN_LINES`.

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
    shown = difflib.unified_diff(middle_a, middle_b, f"A/{name_a}", f"B/{name_b}", lineterm="")
    for number, line in enumerate(shown):
        if number == MAX_SHOWN_LINES:
            yield "more lines follow"
            return
        yield _HUNK.sub(lambda match: f"{match[1]}{int(match[2]) + first}", line) if line.startswith("@@ ") else line


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    if lines[-1]:
        lines.append("\\ no end of line")
    else:
        lines.pop()
    return lines


def first_difference(a: Iterable[bytes], b: Iterable[bytes]) -> int | None:
    """
    The offset of the first byte in which two streams differ, their end included; None when they are equal.

    Pieces may have any size but zero.
    """
    pieces_a, pieces_b = iter(a), iter(b)
    rest_a = rest_b = b""
    offset = 0
    while True:
        rest_a = rest_a or next(pieces_a, b"")
        rest_b = rest_b or next(pieces_b, b"")
        length = min(len(rest_a), len(rest_b))
        if not length:
            return None if len(rest_a) == len(rest_b) else offset
        head_a, head_b = rest_a[:length], rest_b[:length]
        if head_a != head_b:
            return offset + next(index for index in range(length) if head_a[index] != head_b[index])
        offset += length
        rest_a, rest_b = rest_a[length:], rest_b[length:]

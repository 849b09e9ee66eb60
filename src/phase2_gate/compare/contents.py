"""
How two contents differ: line by line where both are text, else by size and first differing byte.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from .differences import Difference
from .excerpts import common
from .side import Item, Side, content
from .texts import Room, unified

MAX_TEXT_BYTES = 1 << 18
"""Larger contents are not shown line by line: nobody reads that."""

_END_NAMES = {"\r\n": "CR LF", "\n": "LF", "\r": "CR"}
_END = re.compile("\r\n|\n|\r")


def difference(side_a: Side, a: Item, side_b: Side, b: Item, room: Room) -> Difference | None:
    """
    The difference between the contents of two items, or None when they are the same.

    Args:
        side_a: The one side.
        a: Its item.
        side_b: The other side.
        b: Its item.
        room: The room for lines, which all contents of a comparison share.

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
            return _text_difference(a, b, text_a, text_b, room)
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


def _text_difference(a: Item, b: Item, text_a: str, text_b: str, room: Room) -> Difference:
    detail = "content"
    if text_a.removeprefix("\ufeff") == text_b.removeprefix("\ufeff"):
        detail = "content, by a byte order mark alone"
    elif _plain(text_a) == _plain(text_b):
        detail = "content, by the ends of lines alone"
        return Difference("content", a.path, detail, *_ends(text_a, text_b))
    lines = room.take(unified(text_a, text_b, a.path, b.path))
    return Difference("content", a.path, detail, f"{a.size} bytes", f"{b.size} bytes", lines)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")


def _ends(text_a: str, text_b: str) -> tuple[str, str]:
    """
    How the lines of two texts end that differ in nothing else: counted, and where they part when the counts are alike.
    """
    counted_a, counted_b = _counted(text_a), _counted(text_b)
    if counted_a != counted_b:
        return counted_a, counted_b
    ends = zip(_END.findall(text_a), _END.findall(text_b), strict=True)
    line, one, other = next((number, *pair) for number, pair in enumerate(ends, 1) if pair[0] != pair[1])
    return f"{counted_a}, {_END_NAMES[one]} in line {line}", f"{counted_b}, {_END_NAMES[other]} in line {line}"


def _counted(text: str) -> str:
    found = Counter(_END.findall(text))
    shown = ", ".join(f"{found[end]} {name}" for end, name in _END_NAMES.items() if found[end]) or "none"
    return shown if text.endswith(("\n", "\r")) or not text else f"{shown}, none at the end"


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
            return offset + common(head_a, head_b)
        offset += length
        rest_a, rest_b = rest_a[length:], rest_b[length:]

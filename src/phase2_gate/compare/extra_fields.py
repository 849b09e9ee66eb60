"""
How two areas of extra fields differ.

Time is linear in their length, and what is shown is bounded: an area holds up to 16,383 fields.
"""

import struct
from collections import Counter
from collections.abc import Iterator

from ..core import zip_format as z
from .excerpts import common

MAX_SHOWN_FIELDS = 8
"""How many fields of one area are shown."""
_SHOWN_BYTES = 16
"""How many bytes of one field are shown."""

_ZIP64_SIZES = struct.Struct("<2Q")

_NAMES = {
    z.EXTRA_ZIP64: "zip64",
    0x000A: "ntfs times",
    0x000D: "pkware unix",
    0x5455: "UT times",
    0x5855: "UX times and owner",
    0x6375: "unicode comment",
    0x7075: "unicode path",
    0x7855: "Ux owner",
    0x7875: "ux owner",
    0x756E: "asi unix",
    0x9901: "aes",
    0xCAFE: "jar mark",
}

_Fields = list[tuple[int | None, bytes]]


def difference(a: bytes, b: bytes, *, other_places: bool) -> tuple[str, str] | None:
    """
    What is to be shown of two areas, or None when they hold the same.

    Args:
        a: The one.
        b: The other.
        other_places: Whether only one of the two members lies so far behind that its place needs ZIP64.
    """
    if a == b:
        return None
    fields_a, fields_b = _split(a), _split(b)
    if other_places or _zip64_lengths(fields_a) == _zip64_lengths(fields_b):
        # A ZIP64 field holds sizes and places, which differ for reasons of their own.
        fields_a, fields_b = _without_zip64(fields_a), _without_zip64(fields_b)
    if fields_a == fields_b:
        return None
    start = 0
    if max(len(fields_a), len(fields_b)) > MAX_SHOWN_FIELDS:
        start = next(
            (place for place, (one, other) in enumerate(zip(fields_a, fields_b, strict=False)) if one != other),
            min(len(fields_a), len(fields_b)),
        )
    return _shown(fields_a, fields_b, start), _shown(fields_b, fields_a, start)


def sizes(area: bytes, compressed: int, size: int) -> tuple[int, int]:
    """
    The two sizes of a local header, from its ZIP64 field where it leaves them to that.
    """
    field = next((content for kind, content in _split(area) if kind == z.EXTRA_ZIP64), b"")
    if (compressed, size) != (z.MAX32, z.MAX32) or len(field) != _ZIP64_SIZES.size:
        return compressed, size
    wide_size, wide_compressed = _ZIP64_SIZES.unpack(field)
    return wide_compressed, wide_size


def _split(area: bytes) -> _Fields:
    """
    The fields of an extra area; what is left behind the last whole one has no kind.
    """
    found: _Fields = []
    at = 0
    while at + z.EXTRA.size <= len(area):
        kind, length = z.EXTRA.unpack_from(area, at)
        stop = at + z.EXTRA.size + length
        if stop > len(area):
            break
        found.append((kind, area[at + z.EXTRA.size : stop]))
        at = stop
    if at < len(area):
        found.append((None, area[at:]))
    return found


def _zip64_lengths(fields: _Fields) -> list[int]:
    return [len(content) for kind, content in fields if kind == z.EXTRA_ZIP64]


def _without_zip64(fields: _Fields) -> _Fields:
    return [field for field in fields if field[0] != z.EXTRA_ZIP64]


def _shown(fields: _Fields, others: _Fields, start: int) -> str:
    """
    The fields from the one at `start` on; those before are the same on both sides.
    """
    if not fields:
        return "none"
    counterparts = {(kind, nth): content for kind, nth, content in _counted(others)}
    shown = [f"{start} alike"] if start else []
    for place, (kind, nth, content) in enumerate(_counted(fields)):
        if start <= place < start + MAX_SHOWN_FIELDS:
            shown.append(_field(kind, content, counterparts.get((kind, nth), content)))
    if len(fields) > start + MAX_SHOWN_FIELDS:
        shown.append(f"and {len(fields) - start - MAX_SHOWN_FIELDS} more")
    return "; ".join(shown)


def _counted(fields: _Fields) -> Iterator[tuple[int | None, int, bytes]]:
    """
    Each field with its place among those of its kind.
    """
    seen: Counter[int | None] = Counter()
    for kind, content in fields:
        yield kind, seen[kind], content
        seen[kind] += 1


def _field(kind: int | None, content: bytes, other: bytes) -> str:
    name = "stray bytes" if kind is None else f"0x{kind:04x} {_NAMES.get(kind, 'unknown')}"
    text = f"{name}, {len(content)} bytes"
    if content == other:
        return text
    at = common(content, other)
    if at < _SHOWN_BYTES:
        return f"{text} {content[:_SHOWN_BYTES].hex()}"
    return f"{text}, from byte {at} on {content[at : at + _SHOWN_BYTES].hex() or 'none'}"

"""
Differences of extra fields.
"""

from __future__ import annotations

import struct
import time

import pytest

from phase2_gate.compare import extra_fields


def _field(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<2H", kind, len(content)) + content


def _fields(*kinds: int) -> bytes:
    return b"".join(_field(kind) for kind in kinds)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        pytest.param(_field(1, b"1" * 16), _field(1, b"2" * 16), None, id="zip64-of-one-length"),
        pytest.param(
            _field(0x9999, b"a" * 19 + b"x"),
            _field(0x9999, b"a" * 19 + b"y"),
            ("0x9999 unknown, 20 bytes, from byte 19 on 78", "0x9999 unknown, 20 bytes, from byte 19 on 79"),
            id="behind-what-is-shown",
        ),
        pytest.param(
            _field(0x9999, b"a" * 16),
            _field(0x9999, b"a" * 17),
            ("0x9999 unknown, 16 bytes, from byte 16 on none", "0x9999 unknown, 17 bytes, from byte 16 on 61"),
            id="longer",
        ),
        pytest.param(
            _field(0x9999, b"x") + _field(0x9999, b"y"),
            _field(0x9999, b"x") + _field(0x9999, b"z"),
            (
                "0x9999 unknown, 1 bytes; 0x9999 unknown, 1 bytes 79",
                "0x9999 unknown, 1 bytes; 0x9999 unknown, 1 bytes 7a",
            ),
            id="second-of-a-kind",
        ),
        pytest.param(
            _fields(*range(0x1000, 0x1009)),
            _fields(*range(0x1000, 0x1008)),
            ("8 alike; 0x1008 unknown, 0 bytes", "8 alike"),
            id="one-more-than-shown",
        ),
        pytest.param(
            _fields(0x1000),
            _fields(*range(0x2000, 0x200A)),
            (
                "0x1000 unknown, 0 bytes",
                "; ".join([*(f"0x{kind:04x} unknown, 0 bytes" for kind in range(0x2000, 0x2008)), "and 2 more"]),
            ),
            id="more-than-shown",
        ),
    ],
)
def test_what_differs_is_shown(a: bytes, b: bytes, expected: tuple[str, str] | None) -> None:
    """
    Each field from around the first byte that differs, and only so many of them.
    """
    assert extra_fields.difference(a, b, other_places=False) == expected


def test_a_zip64_field_for_the_place_alone_follows_from_the_place() -> None:
    """
    It is no difference of its own; beside places that need none it is.
    """
    a, b = _field(1, b"1" * 8), b""
    assert extra_fields.difference(a, b, other_places=True) is None
    assert extra_fields.difference(a, b, other_places=False) == ("0x0001 zip64, 8 bytes", "none")


def test_a_full_area_takes_no_time() -> None:
    """
    The work is linear: an area of 16,382 empty fields, the last of another kind, is compared at once.
    """
    kinds = list(range(0x1000, 0x1000 + 16_382))
    began = time.process_time()
    shown = extra_fields.difference(_fields(*kinds), _fields(*kinds[:-1], 0x9999), other_places=False)
    assert time.process_time() - began < 5
    assert shown == ("16381 alike; 0x4ffd unknown, 0 bytes", "16381 alike; 0x9999 unknown, 0 bytes")


@pytest.mark.parametrize(
    ("area", "stated", "expected"),
    [
        (_field(0x5455, b"12345") + _field(1, struct.pack("<2Q", 7, 5)), (0xFFFFFFFF, 0xFFFFFFFF), (5, 7)),
        (_field(1, struct.pack("<2Q", 7, 5)), (5, 7), (5, 7)),
        (_field(1, b"short"), (0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF)),
        (b"", (0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF)),
    ],
)
def test_wide_sizes_are_taken_from_their_field(area: bytes, stated: tuple[int, int], expected: tuple[int, int]) -> None:
    """
    Compressed size and size come from the ZIP64 field exactly when the header leaves both to it.
    """
    assert extra_fields.sizes(area, *stated) == expected

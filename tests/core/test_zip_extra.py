"""
Tests of extra fields.
"""

from __future__ import annotations

import pytest
from tests.forge import extra

from phase2_gate.core import zip_extra

TIMES = extra(0x5455, b"\1" + bytes(4))


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        (b"", None),
        (TIMES, None),
        (extra(0x5455, b"\3" + bytes(8)) + extra(0x7875, b"\1\4\0\0\0\0\4\0\0\0\0"), None),
        (extra(0x7875, b"\1\2\0\0\2\0\0"), None),
        (extra(0x7855, b""), None),
        (extra(0x5855, bytes(8)), None),
        (extra(0x000A, bytes(32)), None),
        (extra(0xCAFE, b""), None),
        (extra(1, b"12345678"), b"12345678"),
        (TIMES + extra(1, b""), b""),
    ],
)
def test_allowed(area: bytes, expected: bytes | None) -> None:
    """
    Harmless kinds of their exact lengths are let by, and the ZIP64 field is found among them.
    """
    assert zip_extra.zip64(area) == expected


@pytest.mark.parametrize(
    ("area", "rule"),
    [
        (b"\0", "extra-malformed"),
        (TIMES + b"\0\0\0", "extra-malformed"),
        (TIMES[:-1], "extra-malformed"),
        (TIMES + TIMES, "extra-malformed"),
        (extra(1, bytes(8)) * 2, "extra-malformed"),
        (extra(0x5455, b""), "extra-malformed"),
        (extra(0x7875, b""), "extra-malformed"),
        (extra(0x7875, b"\2\4\0\0\0\0\4\0\0\0\0"), "extra-malformed"),
        (extra(0x7875, b"\1\x09\0\0"), "extra-malformed"),
        (extra(0x7875, b"\1\1\0\2\0"), "extra-malformed"),
        (extra(0xCAFE, b"x"), "extra-malformed"),
        (extra(0x7075, b""), "extra-unknown"),
        (extra(0x0017, b""), "extra-unknown"),
    ],
)
def test_refused(area: bytes, rule: str) -> None:
    """
    Everything else is a problem with a rule of its own.
    """
    with pytest.raises(zip_extra.ExtraProblem) as problem:
        zip_extra.zip64(area)

    assert problem.value.rule == rule


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        (b"", False),
        (TIMES, True),
        (extra(0xCAFE, b"") + TIMES, True),
        (extra(0xCAFE, b""), False),
        (b"\x55\x54", False),
    ],
)
def test_finds_times(area: bytes, expected: bool) -> None:
    """
    The times of Unix tools are found behind other fields.
    """
    assert zip_extra.has_times(area) is expected

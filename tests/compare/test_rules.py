"""
Rules of the reader that two archives break, each in its own way.
"""

from __future__ import annotations

import struct

import pytest

from phase2_gate.compare.comparison import bundles
from phase2_gate.core.source import MemorySource

from .archives import Archive, Member


def _archive(**fields: object) -> Archive:
    return Archive([Member("x", b"x\n", **fields), Member("y", b"y\n")])  # type: ignore[arg-type]  # the table below


def _messages(a: Archive, b: Archive) -> list[str]:
    found = bundles(MemorySource(a.to_bytes()), MemorySource(b.to_bytes())).differences
    return [f"{one.kind} {one.path}: {one.message()}" for one in found]


_GAP = "broken-rule y: bytes that belong to no member, from byte"
_DESCRIPTOR = "broken-rule x: bytes in the place of a descriptor, from byte"


def _descriptor(last: int) -> dict[str, object]:
    return {"descriptor": True, "descriptor_bytes": struct.pack("<4s3I", b"PK\7\x08", 1, 2, last)}


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ({"behind": b"junk"}, {"behind": b"juNK"}, [f"{_GAP} 2 of them on: 4 bytes in A, 4 bytes in B"]),
        ({"behind": b"junk"}, {"behind": b"junkyard"}, [f"{_GAP} 4 of them on: 4 bytes in A, 8 bytes in B"]),
        (_descriptor(3), _descriptor(4), [f"{_DESCRIPTOR} 12 of them on: 16 bytes in A, 16 bytes in B"]),
    ],
)
@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside-another-cause"])
def test_other_bytes_under_one_broken_rule_are_named(
    a: dict[str, object], b: dict[str, object], expected: list[str], beside: bool
) -> None:
    """
    That both break a rule does not make the bytes equal with which they do.
    """
    one, other = _archive(**a), _archive(**b)
    if beside:
        other.member("y").attributes = 0o100755 << 16
        expected = [*expected, "mode y: mode: 0100644 in A, 0100755 in B"]
    assert _messages(one, other) == expected


def test_the_same_bytes_under_one_broken_rule_are_no_cause() -> None:
    """
    What both have is not named beside what they have not.
    """
    one, other = _archive(behind=b"junk"), _archive(behind=b"junk", time=2)
    assert _messages(one, other) == ["time x: time: 1980-01-01 00:00:00 in A, 1980-01-01 00:00:04 in B"]


def test_a_gap_before_the_directory_is_compared() -> None:
    """
    It belongs to no member, and is named for the whole.
    """
    one, other = _archive(), _archive()
    one.member("y").behind, other.member("y").behind = b"a", b"b"
    (message,) = _messages(one, other)
    assert (
        message
        == "broken-rule None: bytes that belong to no member, from byte 0 of them on: 1 bytes in A, 1 bytes in B"
    )


def test_a_wrong_descriptor_of_other_content_follows_from_it() -> None:
    """
    Other sums are expected of other content, so that the content alone is named.
    """
    one, other = _archive(descriptor=True, descriptor_bytes=b""), _archive(descriptor=True, descriptor_bytes=b"")
    other.member("x").data = b"z\n"
    assert [message.partition(":")[0] for message in _messages(one, other)] == ["content x"]


def test_a_rule_is_not_hidden_by_another_field() -> None:
    """
    Only the difference of the very field tells of the rule about it.
    """
    one, other = _archive(), _archive(version=63, method=8, time=2)
    messages = _messages(one, other)
    assert any(message.startswith("broken-rule x: only B breaks entry-version: ") for message in messages)
    assert not any("entry-" in message for message in _messages(one, _archive(version=63, comment=b"c")))

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


def _whole(member: dict[str, object] | None = None, **fields: object) -> Archive:
    members = [Member("x", b"x\n"), Member("y", b"y\n", **(member or {}))]  # type: ignore[arg-type]  # the table below
    return Archive(members, **fields)  # type: ignore[arg-type]  # the table below


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        pytest.param(
            _whole(disk=1),
            _whole(disk=2),
            "broken-rule None: a disk number, wrong on both sides: 1 and 0 for 0 in A, 2 and 0 for 0 in B",
            id="disk",
        ),
        pytest.param(
            _whole(counted=1),
            _whole(counted=2),
            (
                "broken-rule None: the two counts of the end record, wrong on both sides: "
                "4 on this disk, 3 in all in A, 5 on this disk, 3 in all in B"
            ),
            id="count",
        ),
        pytest.param(
            _whole({"lie": 1}),
            _whole({"lie": 2}),
            ("broken-rule y: the offset in the directory, wrong on both sides: 212 for 211 in A, 213 for 211 in B"),
            id="offset",
        ),
        pytest.param(
            _whole(wide_end=True, wide_version=44),
            _whole(wide_end=True, wide_version=43),
            (
                "end-records None: the versions in the zip64 end record: "
                "0x032d made by, 44 needed in A, 0x032d made by, 43 needed in B"
            ),
            id="versions",
        ),
    ],
)
def test_a_number_that_is_wrong_in_two_ways_is_named(a: Archive, b: Archive, expected: str) -> None:
    """
    Alone, and beside another cause.
    """
    assert _messages(a, b) == [expected]
    b.member("x").time = 2
    assert expected in _messages(a, b)
    assert len(_messages(a, b)) == 2


def test_an_offset_that_is_wrong_alike_moves_with_its_member() -> None:
    """
    What lies in front may grow: the lie is the same.
    """
    one, other = _whole({"lie": 1}), _whole({"lie": 1})
    other.member("x").data = b"longer\n"
    assert [message.partition(":")[0] for message in _messages(one, other)] == ["content x"]


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

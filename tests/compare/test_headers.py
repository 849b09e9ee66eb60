"""
Differences of headers that the seeds do not reach, and archives past comparing.
"""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import pytest

from phase2_gate.build import writer
from phase2_gate.compare import comparison, operands
from phase2_gate.compare.archive import ArchiveSide
from phase2_gate.compare.differences import KINDS
from phase2_gate.compare.headers import parse
from phase2_gate.compare.part import Part
from phase2_gate.compare.values import dos_time
from phase2_gate.core.errors import BuildError, SourceError
from phase2_gate.core.source import MemorySource

from .archives import Archive, Member
from .seeds import base


def _messages(a: Archive, b: Archive) -> list[str]:
    found = comparison.bundles(MemorySource(a.to_bytes()), MemorySource(b.to_bytes())).differences
    return [f"{one.kind} {one.path}: {one.message()}" for one in found]


def _one(**fields: object) -> Archive:
    return Archive([Member("x", **{"data": b"x\n", **fields})])  # type: ignore[arg-type]  # the fields of the tables


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (
            {"extra": struct.pack("<2HBI", 0x5455, 5, 1, 1)},
            {"extra": struct.pack("<2HBI", 0x5455, 5, 1, 2)},
            (
                "extra-field x: extra fields in the directory: "
                "0x5455 UT times, 5 bytes 0101000000 in A, 0x5455 UT times, 5 bytes 0102000000 in B"
            ),
        ),
        (
            {},
            {"extra": b"\1\2"},
            "extra-field x: extra fields in the directory: none in A, stray bytes, 2 bytes in B",
        ),
        (
            {},
            {"extra": struct.pack("<2H", 0x6666, 9) + b"x"},
            "extra-field x: extra fields in the directory: none in A, stray bytes, 5 bytes in B",
        ),
        (
            {"extra": struct.pack("<2H", 0x7075, 1) + b"x"},
            {"extra": struct.pack("<2H", 0x6666, 1) + b"x"},
            (
                "extra-field x: extra fields in the directory: "
                "0x7075 unicode path, 1 bytes in A, 0x6666 unknown, 1 bytes in B"
            ),
        ),
        (
            {"descriptor": True},
            {"descriptor": True, "local_crc": zlib.crc32(b"x\n")},
            "header-field x: checksum in the local header: left at zero in A, stated in B",
        ),
        (
            {"comment": b"a" * 70 + b"x"},
            {"comment": b"a" * 70 + b"y" + b"b" * 70},
            (
                "comment x: comment of the member: "
                "... b'aaaaaaaaaaaaaaax' in A, ... b'aaaaaaaaaaaaaaay" + "b" * 44 + "' ... in B"
            ),
        ),
    ],
)
def test_fields_are_named_with_what_they_hold(a: dict[str, object], b: dict[str, object], expected: str) -> None:
    """
    Kinds by name, contents where only they differ, what is no field at all as stray bytes.
    """
    assert expected in _messages(_one(**a), _one(**b))


def test_a_local_header_that_is_not_there_has_no_fields() -> None:
    """
    Offsets into nothing, or at other bytes, are no reason to fail.
    """
    data = base().to_bytes()
    member = ArchiveSide(MemorySource(data)).archive.members[1]
    assert parse(MemorySource(data), member).local is not None
    for offset in (1, 0, len(data) - 3):
        elsewhere = member._replace(entry=member.entry._replace(offset=offset))
        assert parse(MemorySource(data), elsewhere).local is None


_CRC = zlib.crc32(b"x\n")


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        pytest.param(
            {"local_time": 1},
            {"local_time": 2},
            ["header-field x: time in the local header: 1980-01-01 00:00:02 in A, 1980-01-01 00:00:04 in B"],
            id="local-time",
        ),
        pytest.param(
            {"local_crc": 1},
            {"local_crc": 2},
            ["header-field x: checksum in the local header: 0x00000001 in A, 0x00000002 in B"],
            id="local-checksum",
        ),
        pytest.param(
            {"data": b"", "local_extra": b"UT\4\0\1aaa"},
            {"data": b"", "local_extra": b"UT\4\0\1aaa", "local_crc": 1},
            ["header-field x: checksum in the local header: left at zero in A, 0x00000001 in B"],
            id="local-checksum-of-nothing",
        ),
        pytest.param(
            {"local_name": "y"},
            {"local_name": "z"},
            [
                "content x: content that cannot be believed in A and B",
                "header-field x: name in the local header: b'y' in A, b'z' in B",
            ],
            id="local-name",
        ),
        pytest.param(
            {"local_sums": (_CRC, 3, 3)},
            {"local_sums": (_CRC, 3, 4)},
            [
                "content x: content that cannot be believed in A and B",
                "header-field x: size in the local header: 3 in A, 4 in B",
            ],
            id="local-sizes",
        ),
        pytest.param(
            {"descriptor": True, "local_sums": (_CRC, 0, 0)},
            {"descriptor": True, "local_sums": (0, 2, 2)},
            [
                "header-field x: checksum in the local header: stated in A, left at zero in B",
                "header-field x: compressed size in the local header: left at zero in A, stated in B",
                "header-field x: size in the local header: left at zero in A, stated in B",
            ],
            id="other-sums-stated",
        ),
        pytest.param(
            {"crc": 5},
            {"crc": 6},
            ["header-field x: checksum: 0x00000005 in A, 0x00000006 in B"],
            id="checksum-of-unread-content",
        ),
        pytest.param(
            {"local_time": 1},
            {},
            [
                (
                    "broken-rule x: only A breaks local-time-mismatch: the time of the local header against the "
                    "directory's: seen 0x00210001, need 0x00210000 (offset 110)"
                )
            ],
            id="on-one-side",
        ),
        pytest.param(
            {"local_time": 1},
            {"local_time": 1, "time": 2},
            ["time x: time: 1980-01-01 00:00:00 in A, 1980-01-01 00:00:04 in B"],
            id="the-directory-alone",
        ),
    ],
)
def test_a_local_header_at_fault_on_both_sides_is_compared(
    a: dict[str, object], b: dict[str, object], expected: list[str]
) -> None:
    """
    Where both break a rule, or neither, what they say otherwise is named, alone and beside another cause.
    """
    assert _messages(_one(**a), _one(**b)) == expected
    assert _messages(_one(**a), _one(**b, attributes=0o100755 << 16)) == sorted(
        [*expected, "mode x: mode: 0100644 in A, 0100755 in B"],
        key=lambda message: list(KINDS).index(message.partition(" ")[0]),
    )


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        pytest.param({"method": 12, "stream": b"BZh"}, {"method": 12, "stream": b"BZh"}, True, id="same"),
        pytest.param({"method": 12, "stream": b"BZh"}, {"method": 12, "stream": b"BZi"}, False, id="other-data"),
        pytest.param({"method": 12, "stream": b"BZh"}, {"method": 14, "stream": b"BZh"}, False, id="other-method"),
        pytest.param({"method": 8, "crc": 5}, {"method": 8, "crc": 5, "level": 0}, False, id="other-deflated-data"),
        pytest.param({"local_name": "y"}, {"local_name": "y"}, True, id="one-local-name"),
        pytest.param({"local_name": "y"}, {"local_name": "z"}, False, id="two-local-names"),
    ],
)
def test_content_that_nobody_believes_is_compared_by_its_data(
    a: dict[str, object], b: dict[str, object], same: bool
) -> None:
    """
    The same data to be read in the same way are no cause, and data that are not are never called the same content.
    """
    compared = comparison.bundles(
        MemorySource(_one(**a).to_bytes()), MemorySource(_one(**b, attributes=0o100755 << 16).to_bytes())
    )
    assert compared.same_content is same
    details = [one.detail for one in compared.differences if one.kind == "content"]
    assert details == ([] if same else ["content that cannot be believed in A and B"])
    assert not any("the same content" in one.detail for one in compared.differences)


def test_a_local_header_that_runs_over_everything_is_compared_byte_by_byte() -> None:
    """
    Its length leads nowhere, so that two that lie differently are never said to hold the same, and two equal ones do.
    """
    sides: list[MemorySource] = []
    for high in (0x10, 0x20, 0x10):
        data = bytearray(_one(attributes=0o100755 << 16 if len(sides) == 2 else 0o100644 << 16).to_bytes())
        place = data.index(b"PK\3\4", 1)
        data[place + 27] = high  # the length of the name
        sides.append(MemorySource(bytes(data)))
    other, same = comparison.bundles(sides[0], sides[1]), comparison.bundles(sides[0], sides[2])
    assert [(one.kind, one.path) for one in other.differences] == [("content", "x")]
    assert [(one.kind, one.path) for one in same.differences] == [("mode", "x")]
    assert (other.same_content, same.same_content) == (False, True)


def test_contents_that_overlap_are_not_read_over_and_over() -> None:
    """
    Each of many members claims everything behind it: what is read is bounded, and what was not read is not the same.
    """
    sides = []
    for mode in (0o644, 0o755):
        archive = Archive([Member(f"{number:04}", b"x\n" * 40) for number in range(300)])
        archive.member("0000").attributes = (0o100000 | mode) << 16
        data = bytearray(archive.to_bytes())
        place = data.index(b"PK\3\4", 1)
        while place > 0:
            data[place + 27] = 0xFF
            place = data.find(b"PK\3\4", place + 1)
        sides.append(_Counting(bytes(data)))
    found = comparison.bundles(*sides).differences
    assert {one.kind for one in found} == {"content", "mode"}
    assert max(side.read for side in sides) < 40 * sides[0].size


class _Counting(MemorySource):
    """
    Counts the bytes that are read, headers and read-ahead included.
    """

    read = 0

    def read_at(self, offset: int, length: int) -> bytes:
        """
        Exactly `length` bytes from `offset` on.
        """
        self.read += length
        return super().read_at(offset, length)


def test_times_are_shown_as_they_stand() -> None:
    """
    Nonsense stays nonsense, and is no error.
    """
    assert dos_time(0xFFFF_FFFF) == "2107-15-31 31:63:62"


def test_a_part_ends_where_it_ends() -> None:
    """
    Reading outside of a part is refused, even where the whole has bytes.
    """
    part = Part(MemorySource(b"0123456789"), 2, 5)
    assert part.read_at(1, 3) == b"345"
    for offset, length in ((-1, 2), (0, 6), (5, 1), (0, -1)):
        with pytest.raises(SourceError, match="read outside"):
            part.read_at(offset, length)


def test_a_deflate_stream_that_changes_meanwhile_is_an_error() -> None:
    """
    Content that was believed a moment ago and cannot be read now gives no verdict.
    """
    archive = Archive([Member("x", b"some text " * 50, method=8)])
    data = bytearray(archive.to_bytes())

    class _Changing:
        size = len(data)

        def read_at(self, offset: int, length: int) -> bytes:
            return bytes(data[offset : offset + length])

    side = ArchiveSide(_Changing())
    start = side.archive.members[1].data
    data[start : start + 8] = b"\xff" * 8
    with pytest.raises(SourceError, match="x: changed while it was compared"):
        list(side.pieces(side.items[1]))


def test_an_archive_that_cannot_be_believed_has_no_canonical_end() -> None:
    """
    Nothing is said of records that were not found.
    """
    side = ArchiveSide(MemorySource(b"no archive"))
    assert side.stopped
    assert not side.has_canonical_end()


def test_bytes_that_differ_for_no_known_cause_are_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Should every comparison overlook something, the bytes still decide.
    """
    monkeypatch.setattr(comparison, "_archives", lambda _a, _b: iter(()))
    changed = base()
    changed.member("time").time = 1
    data, other = base().to_bytes(), changed.to_bytes()
    place = next(at for at in range(len(data)) if data[at] != other[at])
    found = comparison.bundles(MemorySource(data), MemorySource(other)).differences
    assert [(one.kind, one.detail) for one in found] == [("unexplained", f"the bytes differ from byte {place} on")]


def test_a_full_disk_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A workspace that cannot be packed for the comparison is neither equal nor different.
    """
    (tmp_path / "one.py").write_bytes(b"")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writer, "write", full)
    bundle = tmp_path.parent / "b.zip"
    bundle.write_bytes(b"")
    with pytest.raises(BuildError, match="cannot be packed for the comparison: No space left"):
        operands.compare(os.fspath(bundle), os.fspath(tmp_path))

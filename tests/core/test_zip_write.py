"""
Tests of the canonical form, against the writer of the tests and against numbers written down.
"""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.forge import Forged, bundle, zip64_end

from phase2_gate.core import digest, manifest, paths, zip_write

FILES = {"a.py": b"A = 1\n", "B/c.txt": b"", "caf\u00e9": b"x" * 300, "run.sh": b"#!/bin/sh\n"}


def _written() -> bytes:
    content = {paths.parse(path): data for path, data in FILES.items()}
    lines = [manifest.Line(digest.of(data), path) for path, data in content.items()]
    content[manifest.NAME] = manifest.render(lines)
    order = zip_write.in_order(content)
    out = directory = b""
    for path in order:
        size = len(content[path])
        member = zip_write.Stored(path, size, zlib.crc32(content[path]), len(out), path == "run.sh")
        assert zip_write.local_size(path, size) == len(zip_write.local_header(member))
        out += zip_write.local_header(member) + content[path]
        directory += zip_write.directory_header(member)
    return out + directory + zip_write.end_records(len(order), len(out), len(directory))


def test_agrees_with_the_writer_of_the_tests() -> None:
    """
    Two writers that share no code come to the same bytes.
    """
    executable = {"attributes": 0o100755 << 16 | 0x20}
    members = [
        Forged(path.encode(), data, central=executable if path == "run.sh" else {})
        for path, data in sorted(FILES.items(), key=lambda item: item[0].encode())
    ]

    assert _written() == bundle(*members)


def test_wide_sizes() -> None:
    """
    From 2^32-1 bytes on both headers hold the sizes in a ZIP64 field.
    """
    member = zip_write.Stored(paths.parse("a"), 0xFFFFFFFF, 0, 7)
    sizes = (0xFFFFFFFF).to_bytes(8, "little") * 2

    local, listed = zip_write.local_header(member), zip_write.directory_header(member)

    assert local == b"PK\3\4\x2d" + bytes(7) + b"\x21\0" + bytes(4) + b"\xff" * 8 + b"\1\0\x14\0a\1\0\x10\0" + sizes
    assert listed.endswith(b"a\1\0\x10\0" + sizes)
    assert zip_write.local_size(member.path, member.size) == len(local)


def test_wide_offset() -> None:
    """
    An offset of 2^32-1 or more stands in the directory's ZIP64 field alone.
    """
    member = zip_write.Stored(paths.parse("a"), 5, 0, 0x1_0000_0000)

    listed = zip_write.directory_header(member)

    assert listed.endswith(b"\xff\xff\xff\xffa\1\0\x08\0" + (0x1_0000_0000).to_bytes(8, "little"))
    assert zip_write.local_header(member)[28:30] == b"\0\0"


_NUMBERS = st.one_of(st.integers(0, 1 << 16), st.integers(0xFFFFFFFD, 0x1_0000_0002))


@given(st.sampled_from(["a", "d/b.py", "\u00e9"]), _NUMBERS, st.integers(0, 0xFFFFFFFF), _NUMBERS, st.booleans())
def test_both_headers_at_once(name: str, size: int, crc: int, offset: int, executable: bool) -> None:
    """
    The short way gives the headers that are written field by field.
    """
    member = zip_write.Stored(paths.parse(name), size, crc, offset, executable)

    both = zip_write.headers(member.path, size, crc, offset, executable=executable)

    assert (zip_write.local_header(member), zip_write.directory_header(member)) == both


@pytest.mark.parametrize(
    ("count", "offset", "size"),
    [(65535, 10, 20), (3, 0xFFFFFFFF, 20), (3, 10, 0xFFFFFFFF), (70000, 0x200000000, 0x100000000)],
)
def test_wide_end(count: int, offset: int, size: int) -> None:
    """
    A number that does not fit brings the ZIP64 records.
    """
    record = zip_write.end_records(count, offset, size)

    assert record[:-22] == zip64_end(count, size, offset)
    assert record[-22:-14] == b"PK\5\6" + bytes(4)
    assert record[-14:-12] == record[-12:-10] == min(count, 0xFFFF).to_bytes(2, "little")


def test_narrow_end() -> None:
    """
    Below the limits there is one record of 22 bytes.
    """
    assert zip_write.end_records(65534, 0xFFFFFFFE, 0xFFFFFFFE) == (
        b"PK\5\6\0\0\0\0\xfe\xff\xfe\xff\xfe\xff\xff\xff\xfe\xff\xff\xff\0\0"
    )

"""
The canonical form: the one way in which this tool writes a bundle.

 1. Members are stored, never deflated.
 2. ``manifest.txt`` comes first, then all others in the UTF-8 byte order of their whole paths.
 3. Time 1980-01-01 00:00:00; made by: 3 (Unix), 4.5; version needed 1.0, or 4.5 where the member needs ZIP64.
 4. Flags: none, but bit 11 exactly when the name is not ASCII.
 5. External attributes: a regular file of mode 0644, or of mode 0755 with the DOS archive bit for members that the
    settings name executable; internal attributes: none.
 6. No comments, no descriptors, no directory members, no extra fields but the ZIP64 one.
 7. ZIP64 exactly where a number does not fit: a size of 2^32-1 or more in both headers of the member, an offset of
    2^32-1 or more in its directory header, and the end records when there are 65,535 members or more, or the directory
    is as large as, or begins at, 2^32-1 or more.
 8. Members touch each other, the directory follows, then the end records; nothing else.

Every byte follows from paths, contents and executable marks. The functions return single records; whoever writes the
file puts them in their places (`phase2_gate.build`).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from . import manifest
from . import zip_format as z
from .paths import MemberPath
from .typed import NamedTuple

ATTRIBUTES_PLAIN = 0o100644 << 16
"""External attributes of a regular file that its owner may write."""
ATTRIBUTES_EXECUTABLE = 0o100755 << 16 | 0x20
"""The same for a file that everybody may execute. No manifest covers the mode: that the DOS archive bit must go with it
lets no single changed byte turn the one into the other."""
MADE_BY = 3 << 8 | z.VERSION_ZIP64
"""Unix, so that readers take the mode from the attributes; the highest version that is ever needed."""
DOS_TIME = 0
"""00:00:00."""
DOS_DATE = 1 << 5 | 1
"""1980-01-01, the first day that the format knows."""


class Stored(NamedTuple):
    """
    What the headers of one stored member hang on.
    """

    path: MemberPath
    """Its name."""
    size: int
    """Its size in bytes."""
    crc: int
    """The CRC-32 of its content."""
    offset: int
    """Where its local header begins."""
    executable: bool = False
    """Whether it carries mode 0755."""


def in_order(members: Iterable[MemberPath]) -> list[MemberPath]:
    """
    `members` in their canonical order: the manifest, then the byte order of the paths.
    """
    # Python compares texts by code point, which is the order of their UTF-8 bytes.
    return sorted(members, key=lambda path: (path != manifest.NAME, path))


def local_size(path: MemberPath, size: int) -> int:
    """
    The size in bytes of the local header of a member of `size` bytes.
    """
    return z.LOCAL.size + len(path.encode()) + (20 if size >= z.MAX32 else 0)


LOCAL_HEAD = z.LOCAL_SIGNATURE + struct.pack("<H", z.VERSION_PLAIN)
"""How the local header of a member begins that does not need ZIP64."""
LOCAL_TAIL = struct.pack("<H", 0)
"""What stands before its name: the length of its extra area."""
DIRECTORY_HEAD = z.DIRECTORY_SIGNATURE + struct.pack("<2H", MADE_BY, z.VERSION_PLAIN)
"""How its header in the directory begins."""
DIRECTORY_MIDDLE = bytes(8)
"""What follows there on what both headers share: lengths of extra area and comment, disk, internal attributes."""
SHARED_HEAD = struct.pack("<4H", 0, z.STORED, DOS_TIME, DOS_DATE)
"""How what both headers share begins for a name in ASCII: flags, method, time, date."""
_SHARED = struct.Struct("<8s3IH")  # head, crc, compressed, size, name length
_PLACE = struct.Struct("<2I")  # external attributes, offset


def headers(path: MemberPath, size: int, crc: int, offset: int, *, executable: bool) -> tuple[bytes, bytes]:
    """
    What `local_header` and `directory_header` say of one member, for whoever writes a million.

    Args:
        path: As in `Stored`, like all others.
        size: In bytes.
        crc: Of its content.
        offset: Of its local header.
        executable: Whether it carries mode 0755.
    """
    if size >= z.MAX32 or offset >= z.MAX32 or not path.isascii():
        member = Stored(path, size, crc, offset, executable)
        return local_header(member), directory_header(member)
    name = path.encode()
    shared = _SHARED.pack(SHARED_HEAD, crc, size, size, len(name))
    place = _PLACE.pack(ATTRIBUTES_EXECUTABLE if executable else ATTRIBUTES_PLAIN, offset)
    local = b"".join((LOCAL_HEAD, shared, LOCAL_TAIL, name))
    return local, b"".join((DIRECTORY_HEAD, shared, DIRECTORY_MIDDLE, place, name))


def _flags(name: bytes) -> int:
    return 0 if name.isascii() else z.FLAG_UTF8


def local_header(member: Stored) -> bytes:
    """
    The local header of `member`, name and extra field included.
    """
    name = member.path.encode()
    if member.size >= z.MAX32:
        version, size = z.VERSION_ZIP64, z.MAX32
        extra = struct.pack("<2H2Q", z.EXTRA_ZIP64, 16, member.size, member.size)
    else:
        version, size, extra = z.VERSION_PLAIN, member.size, b""
    head = z.LOCAL.pack(
        z.LOCAL_SIGNATURE,
        version,
        _flags(name),
        z.STORED,
        DOS_TIME,
        DOS_DATE,
        member.crc,
        size,
        size,
        len(name),
        len(extra),
    )
    return head + name + extra


def directory_header(member: Stored) -> bytes:
    """
    The header of `member` in the central directory, name and extra field included.
    """
    name = member.path.encode()
    wide = b""
    size, offset = member.size, member.offset
    if size >= z.MAX32:
        wide += struct.pack("<2Q", size, size)
        size = z.MAX32
    if offset >= z.MAX32:
        wide += struct.pack("<Q", offset)
        offset = z.MAX32
    extra = z.EXTRA.pack(z.EXTRA_ZIP64, len(wide)) + wide if wide else b""
    head = z.DIRECTORY.pack(
        z.DIRECTORY_SIGNATURE,
        MADE_BY,
        z.VERSION_ZIP64 if wide else z.VERSION_PLAIN,
        _flags(name),
        z.STORED,
        DOS_TIME,
        DOS_DATE,
        member.crc,
        size,
        size,
        len(name),
        len(extra),
        0,
        0,
        0,
        ATTRIBUTES_EXECUTABLE if member.executable else ATTRIBUTES_PLAIN,
        offset,
    )
    return head + name + extra


def end_records(count: int, directory_offset: int, directory_size: int) -> bytes:
    """
    What ends the file: the end record, and before it the ZIP64 record and locator where a number needs them.

    Args:
        count: The number of members.
        directory_offset: Where the central directory begins.
        directory_size: Its size in bytes.
    """
    wide = b""
    if count >= z.MAX16 or directory_offset >= z.MAX32 or directory_size >= z.MAX32:
        wide = z.ZIP64_END.pack(
            z.ZIP64_END_SIGNATURE,
            z.ZIP64_END_REST,
            MADE_BY,
            z.VERSION_ZIP64,
            0,
            0,
            count,
            count,
            directory_size,
            directory_offset,
        )
        wide += z.ZIP64_LOCATOR.pack(z.ZIP64_LOCATOR_SIGNATURE, 0, directory_offset + directory_size, 1)
    short = min(count, z.MAX16)
    return wide + z.END.pack(
        z.END_SIGNATURE, 0, 0, short, short, min(directory_size, z.MAX32), min(directory_offset, z.MAX32), 0
    )

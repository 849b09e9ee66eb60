"""
Archives written by hand, with every field at the test's disposal: nothing of the code under test takes part.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

DATE = 1 << 5 | 1
"""1980-01-01."""


@dataclass
class Member:
    """
    One member and the fields of its headers, as the canonical form has them unless a test says otherwise.
    """

    name: str
    data: bytes
    method: int = 0
    level: int = 6
    flags: int = 0
    time: int = 0
    date: int = DATE
    made_by: int = 3 << 8 | 45
    version: int = 10
    internal: int = 0
    attributes: int = 0o100644 << 16
    extra: bytes = b""
    local_extra: bytes = b""
    comment: bytes = b""
    descriptor: bool = False
    local_crc: int | None = None
    local_sums: tuple[int, int, int] | None = None
    """Checksum, compressed size and size in the local header."""
    local_time: int | None = None
    local_name: str | None = None
    lie: int = 0
    """How far behind its place the directory has it."""
    crc: int | None = None
    """The checksum in the directory."""
    stream: bytes | None = None
    """What lies there in place of the deflated data."""
    behind: bytes = b""
    """Bytes behind data and descriptor."""
    descriptor_bytes: bytes | None = None

    def raw_name(self) -> bytes:
        """
        The name as it stands in the headers.
        """
        return self.name.encode()

    def all_flags(self) -> int:
        """
        The flags with those that follow from the rest.
        """
        return self.flags | (0 if self.name.isascii() else 0x800) | (8 if self.descriptor else 0)

    def raw(self) -> bytes:
        """
        The data as it lies in the archive.
        """
        if self.stream is not None:
            return self.stream
        if not self.method:
            return self.data
        deflater = zlib.compressobj(self.level, zlib.DEFLATED, -15)
        return deflater.compress(self.data) + deflater.flush()


@dataclass
class Archive:
    """
    A whole archive.
    """

    members: list[Member]
    swapped: tuple[str, str] | None = None
    """Two members that change places."""
    manifest: Callable[[bytes], bytes] = bytes
    """What becomes of the right manifest."""
    prefix: bytes = b""
    suffix: bytes = b""
    comment: bytes = b""
    wide_end: bool = False
    """Whether there are ZIP64 end records, to which the short one leaves all numbers."""
    wide_version: int = 45
    """The version that the ZIP64 end record says is needed."""
    disk: int = 0
    counted: int = 0
    """What the first count of the end record has too much."""
    manifest_member: Member = field(default_factory=lambda: Member("manifest.txt", b""))

    def member(self, name: str) -> Member:
        """
        The member of this name.
        """
        return next(member for member in self.members if member.name == name)

    def ordered(self) -> list[Member]:
        """
        The members in the order in which they lie, the manifest first.
        """
        members = sorted(self.members, key=Member.raw_name)
        lines = [
            b"%s  %s\n" % (hashlib.sha256(member.data).hexdigest().encode(), member.raw_name())
            for member in members
            if not member.name.endswith("/")
        ]
        self.manifest_member.data = self.manifest(b"".join(lines))
        if self.swapped is not None:
            one, other = (next(i for i, member in enumerate(members) if member.name == n) for n in self.swapped)
            members[one], members[other] = members[other], members[one]
        return [self.manifest_member, *members]

    def to_bytes(self) -> bytes:
        """
        The file.
        """
        out = bytearray()
        directory = bytearray()
        members = self.ordered()
        for member in members:
            raw, crc = member.raw(), zlib.crc32(member.data) if member.crc is None else member.crc
            offset = len(out)
            sums = (0, 0, 0) if member.descriptor else (crc, len(raw), len(member.data))
            if member.local_sums is not None:
                sums = member.local_sums
            if member.local_crc is not None:
                sums = (member.local_crc, *sums[1:])
            shared = (member.version, member.all_flags(), member.method, member.time, member.date)
            name = member.raw_name()
            local_name = name if member.local_name is None else member.local_name.encode()
            local_time = member.time if member.local_time is None else member.local_time
            local = (*shared[:3], local_time, member.date, *sums, len(local_name), len(member.local_extra))
            out += struct.pack("<4s5H3I2H", b"PK\3\4", *local) + local_name + member.local_extra + raw
            if member.descriptor:
                right = struct.pack("<4s3I", b"PK\7\x08", crc, len(raw), len(member.data))
                out += right if member.descriptor_bytes is None else member.descriptor_bytes
            out += member.behind
            directory += struct.pack(
                "<4s6H3I5H2I",
                b"PK\1\2",
                member.made_by,
                *shared,
                crc,
                len(raw),
                len(member.data),
                len(name),
                len(member.extra),
                len(member.comment),
                0,
                member.internal,
                member.attributes,
                offset + member.lie,
            )
            directory += name + member.extra + member.comment
        start = len(out)
        out += directory
        if self.wide_end:
            end = len(out)
            counts = (len(members), len(members), len(directory), start)
            out += struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 3 << 8 | 45, self.wide_version, 0, 0, *counts)
            out += struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
        numbers = (len(members), len(members), len(directory), start)
        if self.wide_end:
            numbers = (0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
        out += (
            struct.pack("<4s4H2IH", b"PK\5\6", self.disk, 0, numbers[0] + self.counted, *numbers[1:], len(self.comment))
            + self.comment
        )
        return self.prefix + bytes(out) + self.suffix

"""
The fields of a member's two headers that tell nothing of its name and content, and how they differ.
"""

from collections.abc import Iterator
from typing import NamedTuple

from ..core import zip_format as z
from ..core.source import Source
from ..core.zip_entry import Entry
from . import extra_fields
from .differences import Difference

_HOSTS = {0: "dos", 3: "unix", 10: "windows ntfs", 11: "mvs", 19: "macos"}
_DEFLATE_BITS = z.FLAG_DEFLATE_1 | z.FLAG_DEFLATE_2


class Headers(NamedTuple):
    """
    What the two headers of a member say, name, content and place aside.
    """

    made_by: int
    """Host system in the high byte, version in the low one."""
    version: int
    """The version needed, in the directory."""
    flags: int
    """The general purpose flags."""
    method: int
    """The compression method."""
    time: int
    """DOS date and time."""
    disk: int
    """The disk."""
    internal: int
    """The internal attributes."""
    attributes: int
    """The external attributes."""
    extra: bytes
    """The extra fields in the directory."""
    comment: bytes
    """The comment."""
    local_version: int | None
    """The version needed, in the local header; None when there is none where it should be."""
    local_extra: bytes
    """The extra fields in the local header."""
    local_sums: bool
    """Whether the local header states checksum and sizes."""
    wide_offset: bool
    """Whether the place of the member needs ZIP64."""


def parse(source: Source, entry: Entry) -> Headers:
    """
    The headers of a member.

    Args:
        source: The archive.
        entry: The member, as the strict reader has it.

    Raises:
        SourceError: when the bytes cannot be read.
    """
    fields = z.DIRECTORY.unpack(source.read_at(entry.position, z.DIRECTORY.size))
    name_length, extra_length, comment_length = fields[10:13]
    behind = source.read_at(entry.position + z.DIRECTORY.size + name_length, extra_length + comment_length)
    local_version, local_extra, local_sums = _local(source, entry.offset)
    return Headers(
        made_by=fields[1],
        version=fields[2],
        flags=fields[3],
        method=fields[4],
        time=fields[6] << 16 | fields[5],
        disk=fields[13],
        internal=fields[14],
        attributes=fields[15],
        extra=behind[:extra_length],
        comment=behind[extra_length:],
        local_version=local_version,
        local_extra=local_extra,
        local_sums=local_sums,
        wide_offset=entry.offset >= z.MAX32,
    )


def _local(source: Source, offset: int) -> tuple[int | None, bytes, bool]:
    if offset + z.LOCAL.size > source.size:
        return None, b"", False
    fields = z.LOCAL.unpack(source.read_at(offset, z.LOCAL.size))
    behind = offset + z.LOCAL.size + fields[9]
    if fields[0] != z.LOCAL_SIGNATURE or behind + fields[10] > source.size:
        return None, b"", False
    return fields[1], source.read_at(behind, fields[10]), any(fields[6:9])


def differences(path: str, a: Headers, b: Headers, *, same_name: bool) -> Iterator[Difference]:
    """
    How the headers of one member differ.

    Args:
        path: The member.
        a: Its headers in A.
        b: Its headers in B.
        same_name: Whether it has one name in both; the flag for UTF-8 follows from the name.
    """
    mode_a, mode_b = a.attributes >> 16, b.attributes >> 16
    if mode_a != mode_b:
        yield Difference("mode", path, "mode", f"0{mode_a:06o}", f"0{mode_b:06o}")
    if a.time != b.time:
        yield Difference("time", path, "time", dos_time(a.time), dos_time(b.time))
    if a.method != b.method:
        yield Difference("compression", path, "method", _method(a.method), _method(b.method))
    if a.comment != b.comment:
        yield Difference("comment", path, "comment of the member", repr(a.comment[:60]), repr(b.comment[:60]))
    yield from _extra_differences(path, a, b)
    for what, seen_a, seen_b in _fields(a, b, same_name=same_name):
        if seen_a != seen_b:
            yield Difference("header-field", path, what, seen_a, seen_b)


def _fields(a: Headers, b: Headers, *, same_name: bool) -> Iterator[tuple[str, str, str]]:
    yield "made by system", _host(a.made_by >> 8), _host(b.made_by >> 8)
    yield "made by version", f"{a.made_by & 0xFF}", f"{b.made_by & 0xFF}"
    # What a method needs follows from the method, what ZIP64 needs from size and place.
    if a.method == b.method and a.wide_offset == b.wide_offset:
        yield "version needed", f"{a.version}", f"{b.version}"
        if a.local_version is not None and b.local_version is not None:
            yield "version needed in the local header", f"{a.local_version}", f"{b.local_version}"
    implied = (0 if same_name else z.FLAG_UTF8) | (0 if a.method == b.method else _DEFLATE_BITS)
    yield "flags", f"0x{a.flags & ~implied:04x}", f"0x{b.flags & ~implied:04x}"
    if a.flags & b.flags & z.FLAG_DESCRIPTOR:
        yield "checksum and sizes in the local header", _stated(a.local_sums), _stated(b.local_sums)
    yield "disk", f"{a.disk}", f"{b.disk}"
    yield "internal attributes", f"0x{a.internal:04x}", f"0x{b.internal:04x}"
    # Writers set the archive bit along with the mode.
    shown = 0xFFFF if a.attributes >> 16 == b.attributes >> 16 else 0xFFDF
    yield "dos attributes", f"0x{a.attributes & shown:04x}", f"0x{b.attributes & shown:04x}"


def _extra_differences(path: str, a: Headers, b: Headers) -> Iterator[Difference]:
    places = (
        ("the directory", a.extra, b.extra),
        ("the local header", a.local_extra, b.local_extra),
    )
    for where, extra_a, extra_b in places:
        shown = extra_fields.difference(extra_a, extra_b, other_places=a.wide_offset != b.wide_offset)
        if shown is not None:
            yield Difference("extra-field", path, f"extra fields in {where}", *shown)


def dos_time(time: int) -> str:
    """
    A DOS date and time as people write it; it has no time zone.
    """
    date, clock = time >> 16, time & 0xFFFF
    day = f"{(date >> 9) + 1980}-{date >> 5 & 15:02}-{date & 31:02}"
    return f"{day} {clock >> 11:02}:{clock >> 5 & 63:02}:{(clock & 31) * 2:02}"


def _host(number: int) -> str:
    return f"{number} ({_HOSTS[number]})" if number in _HOSTS else f"{number}"


def _method(number: int) -> str:
    return {z.STORED: "stored", z.DEFLATED: "deflated"}.get(number, f"method {number}")


def _stated(sums: bool) -> str:
    return "stated" if sums else "left at zero"

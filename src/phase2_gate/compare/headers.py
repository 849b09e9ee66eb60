"""
The fields of a member's two headers that tell nothing of its name and content, and how they differ.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from ..core import zip_format as z
from ..core.source import Source
from ..core.typed import NamedTuple
from ..core.zip_tiling import Member
from . import extra_fields, local_headers, values
from .differences import Difference
from .excerpts import quoted

SHOWN_BYTES = 60
"""How many bytes of a comment or a name are shown."""
_DEFLATE_BITS = z.FLAG_DEFLATE_1 | z.FLAG_DEFLATE_2


class Headers(NamedTuple):
    """
    What the two headers of a member say, content and place aside.
    """

    name: bytes
    """The name."""
    crc: int
    """The checksum."""
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
    local: local_headers.Local | None
    """The local header; None when there is none where it should be."""
    wide_offset: bool
    """Whether the place of the member needs ZIP64."""


def parse(source: Source, member: Member) -> Headers:
    """
    The headers of a member.

    Args:
        source: The archive.
        member: The member, as the strict reader has it.

    Raises:
        SourceError: when the bytes cannot be read.
    """
    entry = member.entry
    fields = z.DIRECTORY.unpack(source.read_at(entry.position, z.DIRECTORY.size))
    name_length, extra_length, comment_length = fields[10:13]
    behind = source.read_at(entry.position + z.DIRECTORY.size, name_length + extra_length + comment_length)
    name = behind[:name_length]
    return Headers(
        name=name,
        crc=fields[7],
        made_by=fields[1],
        version=fields[2],
        flags=fields[3],
        method=fields[4],
        time=fields[6] << 16 | fields[5],
        disk=fields[13],
        internal=fields[14],
        attributes=fields[15],
        extra=behind[name_length : name_length + extra_length],
        comment=behind[name_length + extra_length :],
        local=local_headers.parse(source, member),
        wide_offset=entry.offset >= z.MAX32,
    )


def are_read_alike(a: Headers, b: Headers) -> bool:
    """
    Whether two members have everything in common that tells any reader how to name and how to read them.
    """
    return _decisive(a) == _decisive(b)


def _decisive(one: Headers) -> tuple[object, ...]:
    return one.name, one.flags, one.method, one.extra, *local_headers.decisive(one.local)


def differences(
    path: str, a: Headers, b: Headers, *, same_name: bool, unread: bool = False, told: Container[str] = ()
) -> Iterator[Difference]:
    """
    How the headers of one member differ.

    Args:
        path: The member.
        a: Its headers in A.
        b: Its headers in B.
        same_name: Whether it has one name in both; the flag for UTF-8 follows from the name.
        unread: Whether its content is the same although nobody can believe it, so that no checksum follows from it.
        told: The rules that only one side breaks with it, which are a difference already.
    """
    mode_a, mode_b = a.attributes >> 16, b.attributes >> 16
    if mode_a != mode_b:
        yield Difference("mode", path, "mode", f"0{mode_a:06o}", f"0{mode_b:06o}")
    if a.time != b.time:
        yield Difference("time", path, "time", values.dos_time(a.time), values.dos_time(b.time))
    if a.method != b.method:
        yield Difference("compression", path, "method", values.method(a.method), values.method(b.method))
    if a.comment != b.comment:
        yield Difference("comment", path, "comment of the member", *quoted(a.comment, b.comment, SHOWN_BYTES))
    yield from _extra_differences(path, a, b)
    if unread and a.crc != b.crc:
        yield Difference("header-field", path, "checksum", f"0x{a.crc:08x}", f"0x{b.crc:08x}")
    yield from _local_differences(path, a, b, told)
    for what, seen_a, seen_b in _fields(a, b, same_name=same_name):
        if seen_a != seen_b:
            yield Difference("header-field", path, what, seen_a, seen_b)


def _fields(a: Headers, b: Headers, *, same_name: bool) -> Iterator[tuple[str, str, str]]:
    yield "made by system", values.host(a.made_by >> 8), values.host(b.made_by >> 8)
    yield "made by version", f"{a.made_by & 0xFF}", f"{b.made_by & 0xFF}"
    # What a method needs follows from the method, what ZIP64 needs from size and place.
    if a.method == b.method and a.wide_offset == b.wide_offset:
        yield "version needed", f"{a.version}", f"{b.version}"
        if a.local is not None and b.local is not None:
            yield "version needed in the local header", f"{a.local.version}", f"{b.local.version}"
    implied = (0 if same_name else z.FLAG_UTF8) | (0 if a.method == b.method else _DEFLATE_BITS)
    yield "flags", f"0x{a.flags & ~implied:04x}", f"0x{b.flags & ~implied:04x}"
    yield "disk", f"{a.disk}", f"{b.disk}"
    yield "internal attributes", f"0x{a.internal:04x}", f"0x{b.internal:04x}"
    # Writers set the archive bit along with the mode.
    shown = 0xFFFF if a.attributes >> 16 == b.attributes >> 16 else 0xFFDF
    yield "dos attributes", f"0x{a.attributes & shown:04x}", f"0x{b.attributes & shown:04x}"


def _local_differences(path: str, a: Headers, b: Headers, told: Container[str]) -> Iterator[Difference]:
    if a.local is None or b.local is None:
        return
    name_a, name_b = a.local.name, b.local.name
    follow = (name_a, name_b) == (a.name, b.name)
    if name_a != name_b and not follow and "local-name-mismatch" not in told:
        yield Difference("header-field", path, "name in the local header", *quoted(name_a, name_b, SHOWN_BYTES))
    implied = bool((a.flags ^ b.flags) & z.FLAG_DESCRIPTOR)
    for rule, what, seen_a, seen_b in local_headers.differences(a.local, b.local, implied=implied):
        if rule not in told:
            yield Difference("header-field", path, f"{what} in the local header", seen_a, seen_b)


def _extra_differences(path: str, a: Headers, b: Headers) -> Iterator[Difference]:
    places = (
        ("the directory", a.extra, b.extra),
        ("the local header", a.local.extra if a.local else b"", b.local.extra if b.local else b""),
    )
    for where, extra_a, extra_b in places:
        shown = extra_fields.difference(extra_a, extra_b, other_places=a.wide_offset != b.wide_offset)
        if shown is not None:
            yield Difference("extra-field", path, f"extra fields in {where}", *shown)

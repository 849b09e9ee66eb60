"""
A ZIP writer for tests that knows no rule: every field can be made to lie.

It shares nothing with `phase2_gate.core.zip_write`: layouts are written down here a second time, from APPNOTE 4.3, so
that a mistake in the one is seen by the other. What is not made to lie comes out in the canonical form.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Fields = Mapping[str, int | bytes]
"""Fields of a record that are not what they should be."""

_LOCAL = ("version", "flags", "method", "time", "date", "crc", "compressed", "size", "name_length", "extra_length")
_CENTRAL = ("made_by", *_LOCAL, "comment_length", "disk", "internal", "attributes", "offset")


@dataclass(frozen=True)
class Forged:
    """
    One member, honest unless told otherwise.
    """

    name: bytes
    """The name in both headers."""
    content: bytes = b""
    """What readers are to find; size and checksum follow from it."""
    payload: bytes | None = None
    """The bytes in the archive where they are not the content, for instance a deflate stream."""
    both: Fields = field(default_factory=dict)
    """Fields of both headers that lie."""
    local: Fields = field(default_factory=dict)
    """Fields of the local header alone that lie; also ``signature``, ``name`` and ``extra``."""
    central: Fields = field(default_factory=dict)
    """The same for the directory's header; also ``comment``."""
    before: bytes = b""
    """Bytes before the local header."""
    descriptor: bytes = b""
    """Bytes behind the data."""
    placed: bool = True
    """Whether the member has a local part at all."""

    def _values(self, offset: int, fields: Fields) -> dict[str, int | bytes]:
        payload = self.content if self.payload is None else self.payload
        values: dict[str, int | bytes] = {
            "made_by": 3 << 8 | 45,
            "version": 10,
            "flags": 0 if self.name.isascii() else 0x800,
            "method": 0,
            "time": 0,
            "date": 0x21,
            "crc": zlib.crc32(self.content),
            "compressed": len(payload),
            "size": len(self.content),
            "name": self.name,
            "extra": b"",
            "comment": b"",
            "disk": 0,
            "internal": 0,
            "attributes": 0o40755 << 16 | 0x10 if self.name.endswith(b"/") else 0o100644 << 16,
            "offset": offset,
            **self.both,
            **fields,
        }
        for text in ("name", "extra", "comment"):
            values.setdefault(f"{text}_length", len(_bytes(values[text])))
        return values

    def local_part(self) -> bytes:
        """
        Local header, data and what follows them.
        """
        values = self._values(0, self.local)
        head = _bytes(values.get("signature", b"PK\x03\x04"))
        head += struct.pack("<5H3I2H", *(values[name] for name in _LOCAL))
        payload = self.content if self.payload is None else self.payload
        return head + _bytes(values["name"]) + _bytes(values["extra"]) + payload + self.descriptor

    def central_part(self, offset: int) -> bytes:
        """
        The header in the directory.
        """
        values = self._values(offset, self.central)
        head = _bytes(values.get("signature", b"PK\x01\x02"))
        head += struct.pack("<6H3I5H2I", *(values[name] for name in _CENTRAL))
        return head + _bytes(values["name"]) + _bytes(values["extra"]) + _bytes(values["comment"])


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise TypeError(value)
    return value


def archive(
    members: Iterable[Forged],
    *,
    prefix: bytes = b"",
    before_directory: bytes = b"",
    before_end: bytes = b"",
    comment: bytes = b"",
    tail: bytes = b"",
    order: Iterable[int] | None = None,
    end: Fields | None = None,
    shifted: bool = False,
) -> bytes:
    """
    An archive of `members`.

    Args:
        members: In the order in which they lie.
        prefix: Bytes before everything.
        before_directory: Bytes between the last member and the directory.
        before_end: Bytes between the directory and the end record, for instance ZIP64 records.
        comment: The archive's comment.
        tail: Bytes behind everything.
        order: The members in the order of the directory, by their indices; all of them when left out.
        end: Fields of the end record that lie.
        shifted: Whether offsets count from the end of the prefix.
    """
    out = prefix
    base = len(prefix) if shifted else 0
    places = []
    listed = list(members)
    for member in listed:
        out += member.before
        places.append(len(out) - base)
        out += member.local_part() if member.placed else b""
    out += before_directory
    directory_offset = len(out) - base
    headers = [listed[index].central_part(places[index]) for index in order or range(len(listed))]
    directory = b"".join(headers)
    values: dict[str, int | bytes] = {
        "disk": 0,
        "directory_disk": 0,
        "here": len(headers),
        "members": len(headers),
        "size": len(directory),
        "offset": directory_offset,
        "comment_length": len(comment),
        **(end or {}),
    }
    names = ("disk", "directory_disk", "here", "members", "size", "offset", "comment_length")
    record = b"PK\x05\x06" + struct.pack("<4H2IH", *(values[name] for name in names))
    return out + directory + before_end + record + comment + tail


def line(path: bytes, content: bytes) -> bytes:
    """
    One line of a manifest.
    """
    return hashlib.sha256(content).hexdigest().encode() + b"  " + path + b"\n"


def manifest_of(members: Iterable[Forged]) -> Forged:
    """
    The manifest of the files among `members`.
    """
    files = {member.name: member.content for member in members if not member.name.endswith(b"/")}
    return Forged(b"manifest.txt", b"".join(line(path, files[path]) for path in sorted(files)))


def bundle(*members: Forged, **options: object) -> bytes:
    """
    An archive of `members` behind a manifest of them; `options` go to `archive`.
    """
    return archive([manifest_of(members), *members], **options)  # type: ignore[arg-type]  # passed through as given


def extra(kind: int, content: bytes) -> bytes:
    """
    One extra field.
    """
    return struct.pack("<2H", kind, len(content)) + content


def stored_stream(content: bytes, *, final: bool = True) -> bytes:
    """
    A deflate stream of one stored block (RFC 1951, 3.2.4), the same whatever zlib is at hand.
    """
    return struct.pack("<B2H", 1 if final else 0, len(content), len(content) ^ 0xFFFF) + content


def run_stream(byte: bytes, matches: int) -> bytes:
    """
    A deflate stream that repeats `byte` 1 + 258 * `matches` times (RFC 1951, 3.2.6: fixed codes).
    """
    code = "110" + f"{0x30 + byte[0]:08b}" + matches * (f"{0xC0 + 5:08b}" + "00000") + "0000000"
    code += "0" * (-len(code) % 8)
    return bytes(int(code[at : at + 8][::-1], 2) for at in range(0, len(code), 8))


def deflated(
    name: bytes,
    content: bytes,
    payload: bytes | None = None,
    *,
    both: Fields | None = None,
    local: Fields | None = None,
    descriptor: bytes = b"",
) -> Forged:
    """
    A deflated member.
    """
    stream = stored_stream(content) if payload is None else payload
    fields: Fields = {"method": 8, "version": 20, **(both or {})}
    return Forged(name, content, payload=stream, both=fields, local=local or {}, descriptor=descriptor)


def descriptor(content: bytes, payload: bytes | None = None, *, wide: bool = False) -> bytes:
    """
    The data descriptor of a member.
    """
    compressed = len(content if payload is None else payload)
    layout = "<4sI2Q" if wide else "<4s3I"
    return struct.pack(layout, b"PK\x07\x08", zlib.crc32(content), compressed, len(content))


def zip64_end(count: int, size: int, offset: int, **lies: int) -> bytes:
    """
    ZIP64 end record and locator for a directory of `size` bytes at `offset`.
    """
    values = {
        "rest": 44,
        "made_by": 3 << 8 | 45,
        "version": 45,
        "disk": 0,
        "directory_disk": 0,
        "here": count,
        "members": count,
        "size": size,
        "offset": offset,
        "locator_disk": 0,
        "place": offset + size,
        "disks": 1,
        **lies,
    }
    record = ("rest", "made_by", "version", "disk", "directory_disk", "here", "members", "size", "offset")
    locator = ("locator_disk", "place", "disks")
    return (
        b"PK\x06\x06"
        + struct.pack("<Q2H2I4Q", *(values[name] for name in record))
        + b"PK\x06\x07"
        + struct.pack("<IQI", *(values[name] for name in locator))
    )

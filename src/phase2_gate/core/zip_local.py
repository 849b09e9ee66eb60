"""
Local headers: each must be the twin of its entry in the directory.

Readers that stream believe the local header, readers that seek believe the directory. Where the two differ in anything
that matters, the archive means two things.
"""

from __future__ import annotations

import struct

from . import zip_extra
from . import zip_format as z
from .findings import Finding
from .source import Window
from .typed import NamedTuple
from .zip_entry import Entry

_READABLE = frozenset({"name-code-page", "entry-version", "local-crc-mismatch", "local-time-mismatch"})


class Bound(NamedTuple):
    """
    A local header that was compared with its entry.
    """

    findings: tuple[Finding, ...]
    """The fields that contradict the directory."""
    name: bytes
    """The name as it stands in the local header."""
    readable: bool
    """Whether the data begins at the window's position and is what the entry describes."""
    wide: bool
    """Whether a descriptor would have sizes of 64 bits."""
    difference: str
    """The first field that is not as the canonical form has it; empty when all are."""


def is_at(window: Window, entry: Entry) -> bool:
    """
    Whether a local header with the name of `entry` begins at the window's position.
    """
    name = entry.path.encode("utf-8", "surrogateescape")
    head = window.peek(z.LOCAL.size + len(name))
    return head.startswith(z.LOCAL_SIGNATURE) and head[z.LOCAL.size :] == name


def bind(window: Window, entry: Entry, *, recoded: bool = False) -> Bound | None:
    """
    Reads the local header at the window's position, moves behind it, and compares it with `entry`.

    Args:
        window: Stands where the header should begin.
        entry: What the directory says.
        recoded: Whether the name has one meaning only when the header has times (`zip_entry.Directory.recoded`).

    Returns:
        None when no local header begins here; the window has not moved then.
    """
    head = window.peek(z.LOCAL.size)
    if len(head) < z.LOCAL.size or not head.startswith(z.LOCAL_SIGNATURE):
        return None
    at = window.position
    window.position += z.LOCAL.size
    _, version, flags, method, time, date, crc, compressed, size, name_length, extra_length = z.LOCAL.unpack(head)
    name = window.take(name_length)
    area = window.take(extra_length)
    expected = entry.path.encode("utf-8", "surrogateescape")
    found: list[Finding] = []

    def differ(rule: str, what: str, seen: object, need: object) -> None:
        detail = f"the {what} of the local header against the directory's"
        found.append(Finding(rule, entry.path, detail, at, str(seen), str(need)))

    if name != expected:
        differ("local-name-mismatch", "name", repr(name[:80])[1:], repr(expected[:80])[1:])
    if flags != entry.flags:
        differ("local-flags-mismatch", "flags", f"0x{flags:04x}", f"0x{entry.flags:04x}")
    if method != entry.method:
        differ("local-method-mismatch", "method", method, entry.method)
    if date << 16 | time != entry.time:
        differ("local-time-mismatch", "time", f"0x{date << 16 | time:08x}", f"0x{entry.time:08x}")
    if version > z.VERSION_ZIP64:
        need = f"at most {z.VERSION_ZIP64}"
        detail = "the version needed, in the local header"
        found.append(Finding("entry-version", entry.path, detail, at, f"{version}", need))
    if recoded and not zip_extra.has_times(area):
        detail = "marked as utf-8, made by a host with code pages"
        found.append(Finding("name-code-page", entry.path, detail, at))
    if len(name) == name_length and len(area) == extra_length:
        wide = _sizes(entry, (crc, compressed, size), area, at, found)
    else:
        wide = False
        if len(name) == name_length or name == expected:
            found.append(Finding("extra-malformed", entry.path, "the local header runs into the directory", at))
    blocking = any(finding.rule not in _READABLE for finding in found)
    difference = "" if found else _difference(entry, version, extra_length)
    return Bound(tuple(found), name, not blocking, wide, difference)


def _sizes(entry: Entry, local: tuple[int, int, int], area: bytes, at: int, found: list[Finding]) -> bool:
    """
    Compares checksum and sizes; returns whether the header has a ZIP64 field.
    """
    crc, compressed, size = local
    try:
        field = zip_extra.zip64(area) if area else None
        wide = field is not None
        if field is not None:
            compressed, size = _widened(field, compressed, size)
    except zip_extra.ExtraProblem as problem:
        found.append(Finding(problem.rule, entry.path, f"{problem.detail} in the local header", at))
        return False
    # With a descriptor the header may leave each of the three at zero (APPNOTE 4.4.4, bit 3): Python and Java leave out
    # all, Info-ZIP and libarchive give the size that they know before they deflate.
    absent = bool(entry.flags & z.FLAG_DESCRIPTOR)
    detail = "of the local header against the directory's"
    if crc != entry.crc and not (absent and crc == 0):
        seen, need = f"{crc:08x}", f"{entry.crc:08x}"
        found.append(Finding("local-crc-mismatch", entry.path, f"the checksum {detail}", at, seen, need))
    if absent:
        compressed, size = compressed or entry.compressed, size or entry.size
    if (compressed, size) != (entry.compressed, entry.size):
        seen, need = f"{compressed} and {size}", f"{entry.compressed} and {entry.size}"
        found.append(Finding("local-size-mismatch", entry.path, f"the sizes {detail}", at, seen, need))
    return wide


def _widened(field: bytes, compressed: int, size: int) -> tuple[int, int]:
    # A local header must give both sizes or none (APPNOTE 4.5.3).
    if len(field) != 16 or (compressed, size) != (z.MAX32, z.MAX32):
        detail = f"a zip64 field of {len(field)} bytes beside sizes {compressed} and {size}"
        raise zip_extra.ExtraProblem("zip64-entry-malformed", detail)
    wide_size, wide_compressed = struct.unpack("<2Q", field)
    return wide_compressed, wide_size


def _difference(entry: Entry, version: int, extra_length: int) -> str:
    wide = entry.size >= z.MAX32
    expected_version = z.VERSION_ZIP64 if wide else z.VERSION_PLAIN
    expected_extra = z.EXTRA.size + 16 if wide else 0
    if version != expected_version:
        return f"version needed in the local header: {entry.path}: seen {version}, need {expected_version}"
    if extra_length != expected_extra:
        return f"extra length in the local header: {entry.path}: seen {extra_length}, need {expected_extra}"
    return ""

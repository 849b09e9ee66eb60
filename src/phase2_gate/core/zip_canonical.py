"""
Directory headers of the canonical form (`phase2_gate.core.zip_write`): a quick way over them, and what differs from it.
"""

from __future__ import annotations

import struct

from . import zip_format as z
from . import zip_write
from .source import Window
from .zip_entry import Directory, Entry

_TIME = zip_write.DOS_DATE << 16 | zip_write.DOS_TIME
_ATTRIBUTES = {value: value for value in (zip_write.ATTRIBUTES_PLAIN, zip_write.ATTRIBUTES_EXECUTABLE)}
_HEAD = struct.pack(
    "<4s6H",
    z.DIRECTORY_SIGNATURE,
    zip_write.MADE_BY,
    z.VERSION_PLAIN,
    0,
    z.STORED,
    zip_write.DOS_TIME,
    zip_write.DOS_DATE,
)
_NONE = bytes(8)  # extra length, comment length, disk, internal attributes
_VARIABLE = struct.Struct("<16x3IH8x2I")  # crc, compressed, size, name length, external attributes, offset


def take_run(directory: Directory, window: Window, most: int) -> None:
    """
    Appends the entries of as many headers as are at hand, of the canonical form, and ASCII.

    A shorter way to what reading header by header comes to as well, for the headers of our own bundles.
    """
    entries, twins = directory.entries, directory.twins
    buffer, at = window.at_hand()
    base = window.position - at
    last = len(buffer) - z.DIRECTORY.size
    unpack, add = _VARIABLE.unpack_from, entries.append
    new = tuple.__new__  # a third of the time of a call to the class, which does nothing else
    while at <= last and len(entries) <= most:
        if not buffer.startswith(_HEAD, at) or not buffer.startswith(_NONE, at + 30):
            break
        crc, compressed, size, length, external, offset = unpack(buffer, at)
        stop = at + 46 + length
        name = buffer[at + 46 : stop]
        attributes = _ATTRIBUTES.get(external)
        if compressed != size or size == z.MAX32 or offset == z.MAX32 or attributes is None or stop > len(buffer):
            break
        if not name.isascii():
            break
        twins[len(entries)] = buffer[at + 8 : at + 30]
        # Equal numbers are one object, which counts when there are a million entries.
        values = (name.decode(), offset, size, size, crc, z.STORED, 0, _TIME, attributes, base + at)
        add(new(Entry, values))
        at = stop
    window.position = base + at


def difference(entry: Entry, rest: tuple[int, int, int, int, int]) -> str:
    """
    The first field in which a header differs from the canonical form, or the empty text.
    """
    made_by, version, internal, extra_length, comment_length = rest
    wide = (2 * (entry.size >= z.MAX32) + (entry.offset >= z.MAX32)) * 8
    expected = (
        ("made by", made_by, zip_write.MADE_BY),
        ("version needed", version, z.VERSION_ZIP64 if wide else z.VERSION_PLAIN),
        ("flags", entry.flags, 0 if entry.path.isascii() else z.FLAG_UTF8),
        ("method", entry.method, z.STORED),
        ("time", entry.time, _TIME),
        ("internal attributes", internal, 0),
        ("extra length", extra_length, wide + z.EXTRA.size if wide else 0),
        ("comment length", comment_length, 0),
    )
    for what, seen, need in expected:
        if seen != need:
            return f"{what} in the directory: {entry.path}: seen {seen}, need {need}"
    if entry.attributes not in _ATTRIBUTES:
        return f"external attributes in the directory: {entry.path}: seen 0x{entry.attributes:08x}"
    return ""

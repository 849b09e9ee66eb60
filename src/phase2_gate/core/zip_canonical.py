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
_HEAD = zip_write.DIRECTORY_HEAD + zip_write.SHARED_HEAD
_MIDDLE = zip_write.DIRECTORY_MIDDLE
_LOCAL_HEAD, _LOCAL_TAIL = zip_write.LOCAL_HEAD, zip_write.LOCAL_TAIL
_HEADER = struct.Struct("<16s3IH8s2I")  # head, crc, compressed, size, name length, middle, external attributes, offset


def take_run(directory: Directory, window: Window, most: int) -> None:
    """
    Appends the entries of as many headers as are at hand, of the canonical form, and ASCII.

    A shorter way to what reading header by header comes to as well, for the headers of our own bundles.
    """
    entries = directory.entries
    buffer, at = window.at_hand()
    base = window.position - at
    filled = len(buffer)
    last = filled - z.DIRECTORY.size
    unpack, add, demand = _HEADER.unpack_from, entries.append, directory.headers.append
    new = tuple.__new__  # a third of the time of a call to the class, which does nothing else
    for _ in range(len(entries), most + 1):
        if at > last:
            break
        head, crc, compressed, size, length, middle, external, offset = unpack(buffer, at)
        start = at + 46
        stop = start + length
        attributes = _ATTRIBUTES.get(external)
        if head != _HEAD or middle != _MIDDLE or compressed != size or attributes is None or stop > filled:
            break
        if size == z.MAX32 or offset == z.MAX32:
            break
        name = buffer[start:stop]
        if not name.isascii():
            break
        demand(b"".join((_LOCAL_HEAD, buffer[at + 8 : at + 30], _LOCAL_TAIL, name)))
        # Equal numbers are one object, which counts when there are a million entries.
        add(new(Entry, (name.decode(), offset, size, size, crc, z.STORED, 0, _TIME, attributes, base + at)))
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

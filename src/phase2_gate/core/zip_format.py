"""
The records of a ZIP, as far as a bundle may hold them (PKWARE APPNOTE 6.3.10).

Every layout and every number of the format that reader and writer share is stated here, once.
"""

from __future__ import annotations

import struct

LOCAL_SIGNATURE = b"PK\x03\x04"
"""Local file header, APPNOTE 4.3.7."""
DESCRIPTOR_SIGNATURE = b"PK\x07\x08"
"""Data descriptor, APPNOTE 4.3.9.3."""
DIRECTORY_SIGNATURE = b"PK\x01\x02"
"""Central directory header, APPNOTE 4.3.12."""
END_SIGNATURE = b"PK\x05\x06"
"""End of central directory record, APPNOTE 4.3.16."""
ZIP64_END_SIGNATURE = b"PK\x06\x06"
"""Zip64 end of central directory record, APPNOTE 4.3.14."""
ZIP64_LOCATOR_SIGNATURE = b"PK\x06\x07"
"""Zip64 end of central directory locator, APPNOTE 4.3.15."""

LOCAL = struct.Struct("<4s5H3I2H")
"""signature, version, flags, method, time, date | crc, compressed, size | name length, extra length."""
DIRECTORY = struct.Struct("<4s6H3I5H2I")
"""signature, made by, version, flags, method, time, date | crc, compressed, size | name, extra and comment length,
disk, internal attributes | external attributes, offset."""
DESCRIPTOR = struct.Struct("<4s3I")
"""signature, crc, compressed, size."""
DESCRIPTOR64 = struct.Struct("<4sI2Q")
"""The same with the sizes of ZIP64."""
END = struct.Struct("<4s4H2IH")
"""signature, disk, directory's disk, members here, members, directory size, directory offset, comment length."""
ZIP64_END = struct.Struct("<4sQ2H2I4Q")
"""signature, size of the rest, made by, version, disk, directory's disk, members here, members, size, offset."""
ZIP64_END_REST = ZIP64_END.size - 12
"""The size that a ZIP64 end record of version 1 states: itself without signature and size field, APPNOTE 4.3.14.1."""
ZIP64_LOCATOR = struct.Struct("<4sIQI")
"""signature, disk of the record, offset of the record, number of disks."""
EXTRA = struct.Struct("<2H")
"""kind, length."""

EXTRA_ZIP64 = 0x0001
"""Sizes and offset of 64 bits, APPNOTE 4.5.3."""

STORED = 0
"""Method: the bytes as they are, APPNOTE 4.4.5."""
DEFLATED = 8
"""Method: RFC 1951."""

FLAG_ENCRYPTED = 1 << 0
"""APPNOTE 4.4.4, bit 0."""
FLAG_DEFLATE_1 = 1 << 1
"""Bit 1: how hard the compressor tried."""
FLAG_DEFLATE_2 = 1 << 2
"""Bit 2: as bit 1."""
FLAG_DESCRIPTOR = 1 << 3
"""Bit 3: checksum and sizes follow the data."""
FLAG_UTF8 = 1 << 11
"""Bit 11: the name is UTF-8."""

MAX16 = 0xFFFF
"""In a field of 16 bits: see the ZIP64 record, APPNOTE 4.4.1.4."""
MAX32 = 0xFFFFFFFF
"""In a field of 32 bits: see the ZIP64 record or field."""
MAX_COMMENT = 0xFFFF
"""The longest archive comment."""

VERSION_PLAIN = 10
"""Version needed of a stored member: 1.0, APPNOTE 4.4.3.2."""
VERSION_ZIP64 = 45
"""Version needed where ZIP64 is used: 4.5."""

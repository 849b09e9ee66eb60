"""
Independent readers of archives: what five programs find in one file.

None of them shares code with `phase2_gate.core`. Each gives the files of an archive, by name, with their content;
directories are left out, because some readers make them and some do not show them.
"""

from __future__ import annotations

import io
import os
import struct
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

Files = dict[str, bytes]
_LOCALE = {**os.environ, "LC_ALL": "C.UTF-8"}


def by_zipfile(data: bytes) -> Files:
    """
    Python's standard library, which trusts the directory.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
        if len(set(names)) != len(names):
            raise ValueError(names)
        return {name: archive.read(name) for name in names}


def _extracted(data: bytes, command: Callable[[str, str], list[str]]) -> Files:
    with tempfile.TemporaryDirectory() as place:
        source, target = Path(place, "a.zip"), Path(place, "out")
        source.write_bytes(data)
        target.mkdir()
        ran = subprocess.run(command(str(source), str(target)), capture_output=True, env=_LOCALE, check=False)
        if ran.returncode != 0:
            raise ValueError(ran.stdout + ran.stderr)
        return {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()}


def by_unzip(data: bytes) -> Files:
    """
    Info-ZIP, which trusts the directory and compares with the local headers.
    """
    return _extracted(data, lambda source, target: ["unzip", "-qq", "-o", source, "-d", target])


def by_7z(data: bytes) -> Files:
    """
    7-Zip.
    """
    return _extracted(data, lambda source, target: ["7z", "x", "-y", "-bd", f"-o{target}", source])


def by_bsdtar(data: bytes) -> Files:
    """
    The libarchive project's reader.
    """
    return _extracted(data, lambda source, target: ["bsdtar", "-x", "-f", source, "-C", target])


def by_stream(data: bytes) -> Files:
    """
    A reader that never looks at the directory: it takes member after member from byte 0, as a pipe would have it.
    """
    files: Files = {}
    for name, content in _stream(data):
        if name in files:
            raise ValueError(name)
        if not name.endswith("/"):
            files[name] = content
    return files


def _stream(data: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while data[at : at + 4] == b"PK\x03\x04":
        flags, method, _, _, crc, compressed, size, length, extra = struct.unpack_from("<4H3I2H", data, at + 6)
        name = data[at + 30 : at + 30 + length].decode("utf-8" if flags & 0x800 else "cp437")
        fields = data[at + 30 + length : at + 30 + length + extra]
        wide = _zip64(fields)
        at += 30 + length + extra
        if wide is not None and compressed == 0xFFFFFFFF:
            size, compressed = wide
        if flags & 8:
            content, at = _with_descriptor(data, at, method, wide is not None)
        else:
            payload = data[at : at + compressed]
            content = payload if method == 0 else _inflated(payload)
            at += compressed
            if (len(content), zlib.crc32(content)) != (size, crc):
                raise ValueError(name)
        yield name, content
    if data[at : at + 4] != b"PK\x01\x02":
        raise ValueError(at)


def _zip64(fields: bytes) -> tuple[int, int] | None:
    at = 0
    while at < len(fields):
        kind, length = struct.unpack_from("<2H", fields, at)
        if kind == 1:
            size, compressed = struct.unpack_from("<2Q", fields, at + 4)
            return size, compressed
        at += 4 + length
    return None


def _inflated(payload: bytes) -> bytes:
    inflater = zlib.decompressobj(-15)
    content = inflater.decompress(payload) + inflater.flush()
    if inflater.unused_data or not inflater.eof:
        raise ValueError(payload[:20])
    return content


def _with_descriptor(data: bytes, at: int, method: int, wide: bool) -> tuple[bytes, int]:
    layout = struct.Struct("<4sI2Q" if wide else "<4s3I")
    if method == 8:
        inflater = zlib.decompressobj(-15)
        content = inflater.decompress(data[at:]) + inflater.flush()
        behind = len(data) - len(inflater.unused_data)
    else:
        behind = data.index(b"PK\x07\x08", at)
        content = data[at:behind]
    signature, crc, compressed, size = layout.unpack_from(data, behind)
    seen = (b"PK\x07\x08", zlib.crc32(content), behind - at, len(content))
    if (signature, crc, compressed, size) != seen:
        raise ValueError(behind)
    return content, behind + layout.size


READERS: dict[str, Callable[[bytes], Files]] = {
    "zipfile": by_zipfile,
    "unzip": by_unzip,
    "7z": by_7z,
    "bsdtar": by_bsdtar,
    "stream": by_stream,
}
"""Every reader by its name."""
PROGRAMS = ("unzip", "7z", "bsdtar")
"""The readers that are programs and may be missing."""

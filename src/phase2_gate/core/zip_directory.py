"""
The central directory of a ZIP: what members there are, each header judged by itself.
"""

from __future__ import annotations

import hashlib
import struct

from . import zip_canonical, zip_extra
from . import zip_format as z
from .escape import decoded
from .findings import Finding
from .limits import Limits
from .source import Source, Window
from .zip_end import End
from .zip_entry import Directory, Entry

_Problem = tuple[str, str, str | None, str | None]  # rule, detail, seen, need
_CODE_PAGE_HOSTS = frozenset({0, 6, 11})
"""DOS, OS/2 and NTFS: Info-ZIP's unzip takes their names for a code page, marked or not, where no Unix times are."""
_ALLOWED_FLAGS = z.FLAG_DEFLATE_1 | z.FLAG_DEFLATE_2 | z.FLAG_DESCRIPTOR | z.FLAG_UTF8


def read(source: Source, end: End, limits: Limits) -> Directory:
    """
    Every header of the directory.

    Args:
        source: The archive.
        end: Its end records; the directory lies from `end.offset` to `end.start`.
        limits: What it may cost.
    """
    directory = Directory()
    # Headers are 46 bytes or more, so a count that lies upwards was refused with the end records.
    most = limits.members if end.members is None else min(end.members, limits.members)
    if end.members is not None and end.members > limits.members:
        return _too_many(directory, end, limits)
    digest = hashlib.sha256()
    window = Window(source, end.offset, end.start, digest.update)
    while window.left and len(directory.entries) <= most:
        zip_canonical.take_run(directory, window, most)
        if not window.left or len(directory.entries) > most:
            break
        position = window.position
        head = window.take(z.DIRECTORY.size)
        if len(head) < z.DIRECTORY.size or not head.startswith(z.DIRECTORY_SIGNATURE):
            return _broken(directory, position, "not a header of the directory")
        fields = z.DIRECTORY.unpack(head)
        lengths = fields[10] + fields[11] + fields[12]
        rest = window.take(lengths)
        if len(rest) != lengths:
            return _broken(directory, position, "a header runs over the directory")
        _entry(directory, position, fields, rest)
    if end.members is None and len(directory.entries) > most:
        return _too_many(directory, end, limits)
    if end.members is not None and len(directory.entries) != end.members:
        seen = "more" if len(directory.entries) > end.members else f"{len(directory.entries)}"
        detail = "members in the directory"
        finding = Finding("archive-count-mismatch", None, detail, end.start, seen, f"{end.members}")
        return _stop(directory, finding)
    window.settle()
    digest.update(source.read_at(end.start, source.size - end.start))
    directory.sha256 = digest.hexdigest()
    return directory


def _broken(directory: Directory, position: int, detail: str) -> Directory:
    return _stop(directory, Finding("archive-directory-mismatch", None, detail, position))


def _too_many(directory: Directory, end: End, limits: Limits) -> Directory:
    seen = "more" if end.members is None else f"{end.members}"
    need = f"at most {limits.members}"
    return _stop(directory, Finding("limit-members", None, "members", end.start, seen, need))


def _stop(directory: Directory, finding: Finding) -> Directory:
    # What single headers seemed to say is no longer worth a word: they may not be headers at all.
    directory.findings = [finding]
    directory.stopped = "the directory cannot be believed"
    return directory


def _entry(directory: Directory, position: int, fields: tuple[int, ...], rest: bytes) -> None:
    """
    Judges one header and appends its entry.
    """
    _, made_by, version, flags, method, time, date, crc, compressed, size = fields[:10]
    name_length, extra_length, comment_length, disk, internal, attributes, offset = fields[10:]
    name = rest[:name_length]
    path, unreadable_name = _decode(name, flags)
    problems = [
        *unreadable_name,
        *_flag_problems(flags, method, version),
        *([("entry-comment", "a comment", f"{comment_length} bytes", "none")] if comment_length else []),
        *([("entry-disk", "the disk", f"{disk}", "0")] if disk else []),
    ]
    area = rest[name_length : name_length + extra_length]
    if made_by >> 8 in _CODE_PAGE_HOSTS and flags & z.FLAG_UTF8 and not name.isascii():
        directory.recoded.add(len(directory.entries))
        if not zip_extra.has_times(area):
            problems.append(("name-code-page", "marked as utf-8, made by", f"host {made_by >> 8}", "host 3 (unix)"))
    if extra_length or z.MAX32 in (compressed, size, offset):
        try:
            compressed, size, offset = _wide(area, compressed, size, offset)
        except zip_extra.ExtraProblem as problem:
            problems.append((problem.rule, problem.detail, None, None))
    believed = not flags & z.FLAG_ENCRYPTED and not any(problem[0] == "zip64-entry-malformed" for problem in problems)
    if method == z.STORED and compressed != size and believed:
        problems.append(("stored-size-mismatch", "the two sizes of a stored member", f"{compressed} and {size}", None))
    for rule, detail, seen, need in problems:
        directory.findings.append(Finding(rule, path, detail, position, seen, need))
    if problems:
        directory.flaws[len(directory.entries)] = frozenset(problem[0] for problem in problems)
    if compressed == size:
        compressed = size
    entry = Entry(path, offset, compressed, size, crc, method, flags, date << 16 | time, attributes, position)
    directory.entries.append(entry)
    directory.headers.append(None)
    if not directory.difference:
        directory.difference = zip_canonical.difference(
            entry, (made_by, version, internal, extra_length, comment_length)
        )


def _decode(name: bytes, flags: int) -> tuple[str, list[_Problem]]:
    if name.isascii():
        return name.decode("ascii"), []
    if not flags & z.FLAG_UTF8:
        return decoded(name), [("name-unmarked", "bytes beyond ascii", repr(name[:60]), "the utf-8 flag")]
    try:
        return name.decode("utf-8"), []
    except UnicodeDecodeError:
        return decoded(name), [("name-not-utf8", "the name", repr(name[:60]), "utf-8")]


def _flag_problems(flags: int, method: int, version: int) -> list[_Problem]:
    problems: list[_Problem] = []
    if flags & z.FLAG_ENCRYPTED:
        problems.append(("entry-encrypted", "the flag for encryption is set", None, None))
    elif flags & ~_ALLOWED_FLAGS:
        problems.append(("entry-flags", "flags", f"0x{flags:04x}", f"none but 0x{_ALLOWED_FLAGS:04x}"))
    if method not in (z.STORED, z.DEFLATED):
        problems.append(("entry-method", "the method", f"{method}", "0 (stored) or 8 (deflated)"))
    if version > z.VERSION_ZIP64:
        problems.append(("entry-version", "the version needed", f"{version}", f"at most {z.VERSION_ZIP64}"))
    return problems


def _wide(area: bytes, compressed: int, size: int, offset: int) -> tuple[int, int, int]:
    """
    Sizes and offset, taken from the ZIP64 field where the header holds all ones.
    """
    wide = zip_extra.zip64(area)
    values = [size, compressed, offset]  # the order of the field, APPNOTE 4.5.3
    needed = [index for index, value in enumerate(values) if value == z.MAX32]
    if wide is None and not needed:
        return compressed, size, offset
    if wide is None:
        raise zip_extra.ExtraProblem("zip64-entry-malformed", "all ones without a zip64 field")
    if len(wide) != 8 * len(needed):
        detail = f"a zip64 field of {len(wide)} bytes for {len(needed)} numbers"
        raise zip_extra.ExtraProblem("zip64-entry-malformed", detail)
    for index, value in zip(needed, struct.unpack(f"<{len(needed)}Q", wide), strict=True):
        values[index] = value
    return values[1], values[0], values[2]

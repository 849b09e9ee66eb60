"""
The strict reader: an archive is accepted when it can be read in one way only.

The file is tiled exactly. Byte 0 is a local header; every member is header, data and, where announced, descriptor,
and ends where the next begins; the last ends at the directory; the directory ends at the end records; they end the
file. The directory lists the members in that very order, counts are exact, and every local header is the twin of its
entry.

Steps: the end records (`zip_end`), the directory (`zip_directory`), limits before anything is inflated, then one pass
over the file from byte 0 (`zip_tiling`). Time is linear in the size of the file whatever it holds, memory linear in the
number of members. `zipfile` is not used: what it accepts depends on the interpreter.
"""

from __future__ import annotations

import hashlib
import operator

from . import manifest, zip_directory, zip_end, zip_write
from . import zip_format as z
from .digest import Sha256
from .findings import Finding
from .limits import Limits
from .source import Source, Window
from .typed import NamedTuple
from .zip_end import End
from .zip_entry import Directory, Entry
from .zip_tiling import Member, Tiling

# Fields of entries, for `map`: there may be a million.
_PATH = operator.itemgetter(Entry._fields.index("path"))
_COMPRESSED = operator.itemgetter(Entry._fields.index("compressed"))
_SIZE = operator.itemgetter(Entry._fields.index("size"))
_METHOD = operator.itemgetter(Entry._fields.index("method"))


class Archive(NamedTuple):
    """
    Everything that one reading of an archive tells.
    """

    members: tuple[Member, ...]
    """The members, directories included, in the order of the directory."""
    manifest: bytes | None
    """The content of ``manifest.txt``; None when there is none, or when it could not be believed."""
    findings: tuple[Finding, ...]
    """What breaks the rules of the gates ``archive`` and ``paths`` that are about encoding."""
    doubtful: frozenset[str]
    """The names of members whose two headers name them differently, both of them."""
    stopped: str
    """Why reading ended early; empty when every byte was looked at."""
    difference: str
    """The first field that is not as the canonical form has it; empty when the bytes are canonical."""
    sha256: Sha256 | None
    """The digest of the file, taken from the bytes that were judged; None when not asked for, or stopped early."""


def read(source: Source, limits: Limits, *, hash_archive: bool = False) -> Archive:
    """
    Reads an archive from its first to its last byte.

    Args:
        source: The bytes.
        limits: What reading may cost.
        hash_archive: Whether to take the digest of the whole file from the bytes that are judged.

    Raises:
        SourceError: when the bytes cannot be read.
    """
    end, findings = zip_end.find(source)
    if end is None:
        return Archive((), None, tuple(findings), frozenset(), "no directory can be believed", "", None)
    directory = zip_directory.read(source, end, limits)
    findings.extend(directory.findings)
    over = [] if directory.stopped else _over_limits(end, directory, limits)
    findings.extend(over)
    stopped = directory.stopped or ("the limits of the profile are exceeded" if over else "")
    if directory.stopped:
        return Archive((), None, tuple(findings), frozenset(), stopped, "", None)
    if stopped:
        members = tuple(Member(entry, 0, None) for entry in directory.entries)
        return Archive(members, None, tuple(findings), frozenset(), stopped, "", None)
    whole = hashlib.sha256() if hash_archive else None
    window = Window(source, 0, end.offset, None if whole is None else whole.update)
    tiling = Tiling(directory, window, _manifest_limit(directory, limits))
    tiling.run()
    findings.extend(tiling.findings)
    difference = directory.difference or tiling.difference or _difference(source, end, directory)
    sha256 = None
    if whole is not None and not findings and window.settle() == end.offset:
        sha256 = _finish(source, end, directory, whole, findings)
    return Archive(
        members=tuple(tiling.members),
        manifest=tiling.manifest,
        findings=tuple(findings),
        doubtful=frozenset(tiling.doubtful),
        stopped=tiling.stopped,
        difference=difference,
        sha256=sha256,
    )


def _over_limits(end: End, directory: Directory, limits: Limits) -> list[Finding]:
    """
    The limits that the declared sizes exceed, settled before anything is inflated.
    """
    found: list[Finding] = []
    entries = directory.entries
    total = sum(map(_SIZE, entries))
    need = f"at most {limits.member_bytes}"
    for entry in entries if total > limits.member_bytes else ():
        if entry.size > limits.member_bytes:
            seen = f"{entry.size} bytes"
            found.append(Finding("limit-member-size", entry.path, "the size", entry.position, seen, need))
    growing = [entry for entry in entries if entry.method == z.DEFLATED] if any(map(_METHOD, entries)) else []
    inflated, deflated = sum(map(_SIZE, growing)), sum(map(_COMPRESSED, growing))
    if total > limits.total_bytes:
        need = f"at most {limits.total_bytes}"
        found.append(Finding("limit-total-size", None, "all members together", end.start, f"{total} bytes", need))
    if inflated > limits.ratio_floor_bytes and inflated > limits.ratio * deflated:
        seen, need = f"{deflated} bytes that become {inflated}", f"at most {limits.ratio} times"
        found.append(Finding("limit-ratio", None, "growth while inflating", end.start, seen, need))
    return found


def _manifest_limit(directory: Directory, limits: Limits) -> int:
    # An honest manifest has this size, up to the bytes of non-ASCII characters; the rest is room to show what is wrong.
    honest = sum(map(len, map(_PATH, directory.entries))) + 67 * len(directory.entries)
    return min(limits.manifest_bytes, 4096 + 4 * honest)


def _difference(source: Source, end: End, directory: Directory) -> str:
    """
    Where the order of members or the end records differ from the canonical form, or the empty text.
    """
    names: list[str] = list(map(_PATH, directory.entries))
    rest = names[1:]
    if names and (names[0] != manifest.NAME or manifest.NAME in rest or not all(map(operator.lt, rest, rest[1:]))):
        return _disorder(names)
    expected = zip_write.end_records(len(directory.entries), end.offset, end.size)
    if source.read_at(end.start, source.size - end.start) != expected:
        return "end records: seen other bytes than the canonical ones"
    return ""


def _disorder(names: list[str]) -> str:
    """
    The first name that does not stand where it must; there is one.
    """
    place = next(
        index
        for index, name in enumerate(names)
        if (name == manifest.NAME) != (index == 0) or (index > 1 and name <= names[index - 1])
    )
    return f"order of members: {names[place]}: seen at place {place}"


def _finish(
    source: Source, end: End, directory: Directory, whole: hashlib._Hash, findings: list[Finding]
) -> Sha256 | None:
    """
    Completes the digest of the file with its directory and end records, read a second time.

    The second reading must show the same bytes as the first; else somebody writes to the file.
    """
    window = Window(source, end.offset, source.size)
    again = hashlib.sha256()
    while window.left:
        piece = window.take(Window.PIECE)
        whole.update(piece)
        again.update(piece)
    if again.hexdigest() != directory.sha256:
        findings.append(Finding("archive-changed", None, "the directory changed while it was read", end.offset))
        return None
    return Sha256(whole.hexdigest())

"""
The end of a ZIP: where its directory lies and how many members it lists.

Rules: the end record ends the file, its comment being exact, printable ASCII and free of ``PK``; disks are zero; the
two counts agree; the directory ends where the end records begin. A ZIP64 locator lies directly before the end record,
its record directly before it, and every number that stands in both is the same, or all ones in the shorter one.
"""

from __future__ import annotations

from . import zip_format as z
from .findings import Finding
from .source import Source
from .typed import NamedTuple


class End(NamedTuple):
    """
    What the end records say.
    """

    members: int | None
    """How many members the directory is said to list; None when the records contradict each other, a finding."""
    offset: int
    """Where the directory begins."""
    size: int
    """Its size in bytes."""
    start: int
    """Where the end records begin, which is where the directory ends."""
    comment: bytes
    """The archive's comment."""
    wide: bool
    """Whether there is a ZIP64 record."""


def find(source: Source) -> tuple[End | None, list[Finding]]:
    """
    The end records of an archive and what is wrong with them.

    Returns:
        None in place of the records when no directory can be believed; the findings then say why.
    """
    position, findings = _locate(source)
    if position is None:
        return None, findings
    record = source.read_at(position, source.size - position)
    _, disk, directory_disk, here, members, size, offset, _ = z.END.unpack_from(record)
    comment = record[z.END.size :]
    if b"PK" in comment or not (comment.isascii() and comment.decode("ascii").isprintable()):
        need = "printable ASCII without PK"
        findings.append(
            Finding("archive-comment", None, "the comment", position + z.END.size, repr(comment[:40]), need)
        )
    end = End(members, offset, size, position, comment, wide=False)
    wide = _zip64(source, end, here, findings)
    if wide is None:
        return None, findings
    if disk or directory_disk:
        seen = f"{disk} and {directory_disk}"
        findings.append(Finding("archive-multi-disk", None, "a disk number", position, seen, "0"))
    if here != members:
        seen = f"{here} on this disk, {members} in all"
        findings.append(Finding("archive-count-mismatch", None, "the two counts of the end record", position, seen))
        wide = wide._replace(members=None)
    return _placed(source, wide, findings), findings


def _locate(source: Source) -> tuple[int | None, list[Finding]]:
    """
    The offset of the end record, the last one whose comment ends the file exactly.
    """
    size = source.size
    if not size:
        return None, [Finding("archive-empty", None, "the file holds no byte")]
    base = max(0, size - z.END.size - z.MAX_COMMENT)
    tail = source.read_at(base, size - base)
    nearest: int | None = None
    at = tail.rfind(z.END_SIGNATURE)
    while at >= 0:
        if at + z.END.size <= len(tail):
            stop = at + z.END.size + z.END.unpack_from(tail, at)[-1]
            if stop == len(tail):
                return base + at, []
            if nearest is None:
                nearest = stop
        at = tail.rfind(z.END_SIGNATURE, 0, at)
    if nearest is not None and nearest < len(tail):
        seen = f"{len(tail) - nearest} bytes"
        return None, [
            Finding("archive-trailing-data", None, "bytes after the end record", base + nearest, seen, "none")
        ]
    if nearest is not None:
        seen = f"{nearest - len(tail)} bytes more than there are"
        return None, [Finding("archive-comment", None, "the comment's length runs over the end", None, seen)]
    if source.read_at(0, min(size, 4)) == z.LOCAL_SIGNATURE:
        return None, [Finding("archive-truncated", None, "no end record", size, "the end of the file")]
    start = source.read_at(0, min(size, 8))
    return None, [Finding("archive-not-zip", None, "neither a member nor an end record", 0, repr(start), "a zip")]


def _zip64(source: Source, end: End, here: int, findings: list[Finding]) -> End | None:
    """
    `end` with the numbers of the ZIP64 record, if there is one; None when that cannot be believed.
    """
    at = end.start - z.ZIP64_LOCATOR.size
    raw = source.read_at(at, z.ZIP64_LOCATOR.size) if at >= 0 else b""
    if not raw.startswith(z.ZIP64_LOCATOR_SIGNATURE):
        return end
    _, disk, offset, disks = z.ZIP64_LOCATOR.unpack(raw)
    start = at - z.ZIP64_END.size
    if disk or disks != 1 or offset != start or start < 0:
        seen = f"record at {offset} on disk {disk} of {disks}"
        need = f"record at {start} on disk 0 of 1"
        findings.append(Finding("zip64-end-malformed", None, "the locator", at, seen, need))
        return None
    record = z.ZIP64_END.unpack(source.read_at(start, z.ZIP64_END.size))
    signature, rest, _, version, disk, directory_disk, wide_here, members, size, offset = record
    if signature != z.ZIP64_END_SIGNATURE or rest != z.ZIP64_END_REST or version > z.VERSION_ZIP64:
        seen = f"signature {signature!r}, size {rest}, version {version}"
        findings.append(Finding("zip64-end-malformed", None, "the zip64 end record", start, seen))
        return None
    pairs = (
        ("disk", 0, disk, -1),
        ("disk of the directory", 0, directory_disk, -1),
        ("count on this disk", here, wide_here, z.MAX16),
        ("count", end.members, members, z.MAX16),
        ("directory size", end.size, size, z.MAX32),
        ("directory offset", end.offset, offset, z.MAX32),
        ("count on this disk against the whole", members, wide_here, -1),
    )
    for what, short, wide, all_ones in pairs:
        if short not in (wide, all_ones):
            seen = f"{short} and {wide}"
            findings.append(Finding("zip64-end-mismatch", None, f"the {what} of the two end records", start, seen))
            return None
    if z.MAX16 not in (here, end.members) and z.MAX32 not in (end.size, end.offset):
        detail = "a zip64 end record that no number needs"
        findings.append(Finding("zip64-end-malformed", None, detail, start))
        return None
    return End(members, offset, size, start, end.comment, wide=True)


def _placed(source: Source, end: End, findings: list[Finding]) -> End | None:
    """
    `end` when the directory fills the place before the end records exactly.
    """
    physical = end.start - end.size
    if end.offset != physical:
        if physical > end.offset and not source.read_at(0, 4).startswith(z.LOCAL_SIGNATURE):
            seen = f"{physical - end.offset} bytes"
            findings.append(Finding("archive-prefix", None, "bytes before the first member", 0, seen, "none"))
        else:
            seen = f"{end.offset} + {end.size} bytes"
            need = f"an end at {end.start}"
            findings.append(Finding("archive-directory-mismatch", None, "the directory's place", end.start, seen, need))
        return None
    if end.members in (0, None) and not end.size:
        detail = "the archive lists no member"
        findings.append(Finding("archive-no-members", None, detail, end.start))
        return None
    if end.members is not None and end.members * z.DIRECTORY.size > end.size:
        seen = f"{end.members} members in {end.size} bytes"
        findings.append(Finding("archive-count-mismatch", None, "more members than fit", end.start, seen))
        return None
    return end

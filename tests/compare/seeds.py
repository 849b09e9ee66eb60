"""
Seeded differences: each changes one thing of the archive of `base`, and says what a comparison has to name.

Every seed has members of its own, so that any two of them can be applied together.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from .archives import Archive, Member

_BINARY = bytes(range(256)) * 8
_LONG = b"".join(b"%d some text that shrinks\n" % number for number in range(500))
_UNIX_TIME = struct.pack("<2HBI", 0x5455, 5, 1, 1_600_000_000)


class Seed(NamedTuple):
    """
    One difference.
    """

    apply: Callable[[Archive], None]
    """Changes the archive."""
    kind: str
    """The kind to be named."""
    path: str | None
    """The member to be named."""
    says: str
    """What the message has to hold."""


def base() -> Archive:
    """
    The archive that all seeds change, in the canonical form but for the members that have to be deflated.
    """
    names = "binary.bin compress.txt executable.sh link mover/old.txt order/one order/two removed.txt text.py crlf.txt"
    fields = "time extra local_extra made internal version comment flags descriptor dos"
    members = [Member(name, f"content of {name}\nsecond line\n".encode()) for name in [*names.split(), *fields.split()]]
    members += [
        Member("caf\u00e9/r\u00e9sum\u00e9.txt", b"a name in form C\n"),
        Member("case/ReadMe", b"a name with capitals\n"),
        Member("level.txt", _LONG, method=8),
    ]
    archive = Archive(members)
    archive.member("binary.bin").data = _BINARY
    return archive


def _added(archive: Archive) -> None:
    archive.members.append(Member("added.txt", b"one more\n"))


def _removed(archive: Archive) -> None:
    archive.members.remove(archive.member("removed.txt"))


def _moved(archive: Archive) -> None:
    archive.member("mover/old.txt").name = "mover/new.txt"


def _text(archive: Archive) -> None:
    archive.member("text.py").data = b"content of text.py\nanother second line\n"


def _binary(archive: Archive) -> None:
    archive.member("binary.bin").data = _BINARY[:1000] + b"\xff" + _BINARY[1001:] + b"more"


def _line_ends(archive: Archive) -> None:
    member = archive.member("crlf.txt")
    member.data = member.data.replace(b"\n", b"\r\n")


def _executable(archive: Archive) -> None:
    archive.member("executable.sh").attributes = 0o100755 << 16 | 0x20


def _link(archive: Archive) -> None:
    archive.member("link").attributes = 0o120777 << 16


def _time(archive: Archive) -> None:
    member = archive.member("time")
    member.date, member.time = (2026 - 1980) << 9 | 11 << 5 | 22, 17 << 11 | 30 << 5 | 10


def _order(archive: Archive) -> None:
    archive.swapped = ("order/one", "order/two")


def _extra(archive: Archive) -> None:
    archive.member("extra").extra = _UNIX_TIME


def _local_extra(archive: Archive) -> None:
    archive.member("local_extra").local_extra = _UNIX_TIME


def _compression(archive: Archive) -> None:
    archive.member("compress.txt").method = 8


def _level(archive: Archive) -> None:
    archive.member("level.txt").level = 1


def _name_form(archive: Archive) -> None:
    member = archive.member("caf\u00e9/r\u00e9sum\u00e9.txt")
    member.name = unicodedata.normalize("NFD", member.name)


def _name_case(archive: Archive) -> None:
    archive.member("case/ReadMe").name = "case/README"


def _made_by(archive: Archive) -> None:
    archive.member("made").made_by = 0 << 8 | 45


def _internal(archive: Archive) -> None:
    archive.member("internal").internal = 1


def _version(archive: Archive) -> None:
    archive.member("version").version = 20


def _dos(archive: Archive) -> None:
    archive.member("dos").attributes |= 0x21


def _comment(archive: Archive) -> None:
    archive.member("comment").comment = b"a remark"


def _archive_comment(archive: Archive) -> None:
    archive.comment = b"about it all"


def _manifest(archive: Archive) -> None:
    archive.manifest = lambda right: right.replace(b"\n", b"\r\n")


def _leading(archive: Archive) -> None:
    archive.prefix = b"#!/usr/bin/python3\n"


def _trailing(archive: Archive) -> None:
    archive.suffix = b"\0" * 7


def _flags(archive: Archive) -> None:
    archive.member("flags").flags = 0x800


def _descriptor(archive: Archive) -> None:
    archive.member("descriptor").descriptor = True


def _end(archive: Archive) -> None:
    archive.wide_end = True


SEEDS = {
    "added": Seed(_added, "added", "added.txt", "9 bytes"),
    "removed": Seed(_removed, "removed", "removed.txt", "35 bytes"),
    "moved": Seed(_moved, "moved", "mover/old.txt", "'mover/old.txt' in A, 'mover/new.txt' in B"),
    "text": Seed(_text, "content", "text.py", "31 bytes in A, 39 bytes in B"),
    "binary": Seed(_binary, "content", "binary.bin", "from byte 1000 on: 2048 bytes in A, 2052 bytes in B"),
    "line-ends": Seed(_line_ends, "content", "crlf.txt", "by the ends of lines alone: 2 LF in A, 2 CR LF in B"),
    "executable": Seed(_executable, "mode", "executable.sh", "0100644 in A, 0100755 in B"),
    "link": Seed(_link, "mode", "link", "0100644 in A, 0120777 in B"),
    "time": Seed(_time, "time", "time", "1980-01-01 00:00:00 in A, 2026-11-22 17:30:20 in B"),
    "order": Seed(_order, "order", None, "'order/one' in A, 'order/two' in B"),
    "extra": Seed(_extra, "extra-field", "extra", "in the directory: none in A, 0x5455 UT times, 5 bytes in B"),
    "local-extra": Seed(_local_extra, "extra-field", "local_extra", "in the local header: none in A, 0x5455 UT times"),
    "compression": Seed(_compression, "compression", "compress.txt", "method: stored in A, deflated in B"),
    "level": Seed(_level, "compression", "level.txt", "the same content compressed otherwise"),
    "name-form": Seed(_name_form, "name-form", "caf\u00e9/r\u00e9sum\u00e9.txt", "'caf\\xe9/r\\xe9sum\\xe9.txt' in A"),
    "name-case": Seed(_name_case, "name-case", "case/ReadMe", "'case/ReadMe' in A, 'case/README' in B"),
    "made-by": Seed(_made_by, "header-field", "made", "made by system: 3 (unix) in A, 0 (dos) in B"),
    "internal": Seed(_internal, "header-field", "internal", "internal attributes: 0x0000 in A, 0x0001 in B"),
    "version": Seed(_version, "header-field", "version", "version needed: 10 in A, 20 in B"),
    "dos": Seed(_dos, "header-field", "dos", "dos attributes: 0x0000 in A, 0x0021 in B"),
    "comment": Seed(_comment, "comment", "comment", "comment of the member: b'' in A, b'a remark' in B"),
    "archive-comment": Seed(
        _archive_comment, "comment", None, "comment of the archive: b'' in A, b'about it all' in B"
    ),
    "manifest": Seed(_manifest, "manifest", "manifest.txt", "in B (manifest-line-ending in B)"),
    "leading": Seed(_leading, "leading-bytes", None, "0 bytes in A, 19 bytes in B"),
    "trailing": Seed(_trailing, "trailing-bytes", None, "0 bytes in A, 7 bytes in B"),
    "flags": Seed(_flags, "header-field", "flags", "flags: 0x0000 in A, 0x0800 in B"),
    "descriptor": Seed(_descriptor, "header-field", "descriptor", "flags: 0x0000 in A, 0x0008 in B"),
    "end": Seed(_end, "end-records", None, "canonical in A, not canonical in B"),
}
"""Every seed by name."""

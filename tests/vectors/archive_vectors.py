"""
Archives that break one rule of the gate ``archive`` each.
"""

from __future__ import annotations

from tests.forge import (
    Forged,
    archive,
    bundle,
    descriptor,
    manifest_of,
    zip64_end,
)

A = Forged(b"a.py", b"A = 1\n")
B = Forged(b"b.py", b"B = 2\n")
PLAIN = bundle(A, B)
_PARTS = len(b"".join(member.local_part() for member in (manifest_of([A, B]), A, B)))
_DIRECTORY = len(PLAIN) - _PARTS - 22
_ONES = {"here": 0xFFFF, "members": 0xFFFF, "size": 0xFFFFFFFF, "offset": 0xFFFFFFFF}


def _with_zip64(records: bytes, **end: int) -> bytes:
    return bundle(A, B, before_end=records, end={**_ONES, **end})


_HIDDEN = Forged(b"hidden.py", b"evil = True\n").local_part()
_INNER = Forged(b"inner.py", B.content)
_OUTER = Forged(b"a.py", b"quoted " + _INNER.local_part())
_QUOTED = archive(
    [
        manifest_of([_OUTER, _INNER]),
        _OUTER,
        Forged(
            _INNER.name,
            _INNER.content,
            central={"offset": len(manifest_of([_OUTER, _INNER]).local_part()) + 30 + 4 + 7},
            placed=False,
        ),
    ]
)

STRUCTURE: dict[str, dict[str, bytes]] = {
    "archive-empty": {"no-byte": b""},
    "archive-not-zip": {"text": b"<html>not found</html>\n", "gzip": b"\x1f\x8b\x08\x00" + bytes(40)},
    "archive-truncated": {"half": PLAIN[: len(PLAIN) // 2], "last-byte-of-directory": PLAIN[: _PARTS + _DIRECTORY]},
    "archive-prefix": {
        "offsets-unchanged": bundle(A, B, prefix=b"#!/bin/sh\n", shifted=True),
        "one-byte": bundle(A, B, prefix=b"\n", shifted=True),
    },
    "archive-trailing-data": {
        "one-byte": PLAIN + b"\n",
        "line": PLAIN + b"\r\n",
        "second-archive": PLAIN + PLAIN + b"\n",
        "signature": PLAIN + b"PK\x05\x06",
    },
    "archive-comment": {
        "holds-end-record": bundle(A, B, comment=b"PK\x05\x06" + bytes(18) + b"."),
        "not-ascii": bundle(A, B, comment=b"caf\xc3\xa9"),
        "control": bundle(A, B, comment=b"\x1b[2J"),
        "too-long": bundle(A, B, end={"comment_length": 5}),
    },
    "archive-multi-disk": {
        "this-disk": bundle(A, B, end={"disk": 1}),
        "directory-disk": bundle(A, B, end={"directory_disk": 1}),
    },
    "archive-count-mismatch": {
        "fewer": bundle(A, B, end={"here": 2, "members": 2}),
        "more": bundle(A, B, end={"here": 4, "members": 4}),
        "many-more": bundle(A, B, end={"here": 4000, "members": 4000}),
        "this-disk": bundle(A, B, end={"here": 2}),
    },
    "archive-directory-mismatch": {
        "offset": bundle(A, B, end={"offset": _PARTS - 1}),
        "offset-behind": bundle(A, B, end={"offset": _PARTS + 1}),
        "size": bundle(A, B, end={"size": _DIRECTORY - 1}),
        "gap-before-end": bundle(A, B, before_end=b"\0"),
        "signature": bundle(A, Forged(b"b.py", B.content, central={"signature": b"PK\x01\x03"})),
        "name-runs-over": bundle(A, Forged(b"b.py", B.content, central={"name_length": 400})),
        "signature-record": bundle(A, B, before_end=b"PK\x05\x05\x00\x00"),
        "zip64-record-without-locator": bundle(A, B, before_end=zip64_end(3, _DIRECTORY, _PARTS)[:56]),
        "concatenated": PLAIN + PLAIN,
        "two-directories": bundle(A, B, before_end=PLAIN[_PARTS : _PARTS + _DIRECTORY]),
    },
    "archive-no-members": {"end-record-only": archive([])},
    "archive-gap": {
        "before-member": bundle(A, Forged(b"b.py", B.content, before=b"\0\0\0")),
        "before-directory": bundle(A, B, before_directory=b"\0"),
        "hidden-member": bundle(A, Forged(b"b.py", B.content, before=_HIDDEN)),
        "before-all": bundle(A, B, prefix=b"PK\x03\x04"),
        "descriptor-unannounced": bundle(Forged(b"a.py", A.content, descriptor=descriptor(A.content)), B),
    },
    "archive-overlap": {
        "quoted": _QUOTED,
        "into-directory": archive([manifest_of([A]), Forged(A.name, A.content, both={"compressed": 400, "size": 400})]),
        "behind-the-end": archive(
            [manifest_of([A, B]), A, Forged(B.name, B.content, central={"offset": 1 << 30}, placed=False)]
        ),
    },
    "zip64-end-malformed": {
        "locator-offset": _with_zip64(zip64_end(3, _DIRECTORY, _PARTS, place=_PARTS)),
        "locator-disks": _with_zip64(zip64_end(3, _DIRECTORY, _PARTS, disks=2)),
        "locator-without-record": _with_zip64(zip64_end(3, _DIRECTORY, _PARTS)[56:]),
        "extensible-data": _with_zip64(zip64_end(3, _DIRECTORY, _PARTS, rest=52)),
        "version-2": _with_zip64(zip64_end(3, _DIRECTORY, _PARTS, version=62)),
        "unneeded": bundle(A, B, before_end=zip64_end(3, _DIRECTORY, _PARTS)),
    },
    "zip64-end-mismatch": {
        "count": _with_zip64(zip64_end(3, _DIRECTORY, _PARTS), here=2, members=2),
        "size": _with_zip64(zip64_end(3, _DIRECTORY, _PARTS), size=_DIRECTORY - 1),
        "offset": _with_zip64(zip64_end(3, _DIRECTORY, _PARTS), offset=0),
        "disk": _with_zip64(zip64_end(3, _DIRECTORY, _PARTS, disk=1)),
        "this-disk": _with_zip64(zip64_end(3, _DIRECTORY, _PARTS, here=2)),
    },
}

"""
Honest archives as other tools write them, each with one trait that the canonical form does not have.
"""

from __future__ import annotations

import struct

from tests.forge import Forged, archive, bundle, deflated, descriptor, extra, manifest_of, stored_stream, zip64_end

A = Forged(b"a.py", b"A = 1\n")
B = Forged(b"b.py", b"B = 2\n")
_STREAM = stored_stream(A.content)
_PLAIN = bundle(A, B)
_LOCAL = len(b"".join(member.local_part() for member in (manifest_of([A, B]), A, B)))
_DIRECTORY = len(_PLAIN) - _LOCAL - 22
_ONES = 0xFFFFFFFF
_NTFS = bytes(4) + struct.pack("<2H", 1, 24) + bytes(24)

ACCEPTED: dict[str, bytes] = {
    "canonical": _PLAIN,
    "canonical-names": bundle(A, Forged("caf\u00e9/\u6587.txt".encode(), b"")),
    "canonical-executable": bundle(Forged(b"run.sh", b"#!/bin/sh\n", central={"attributes": 0o100755 << 16 | 0x20})),
    "deflated": bundle(deflated(b"a.py", A.content), B),
    "deflated-empty": bundle(A, deflated(b"empty", b"")),
    "streamed-deflated": bundle(
        deflated(
            b"a.py",
            A.content,
            both={"flags": 8},
            local={"crc": 0, "compressed": 0, "size": 0},
            descriptor=descriptor(A.content, _STREAM),
        ),
        B,
    ),
    "streamed-stored": bundle(
        Forged(
            b"a.py",
            A.content,
            both={"flags": 8},
            local={"crc": 0, "compressed": 0, "size": 0},
            descriptor=descriptor(A.content),
        ),
        B,
    ),
    "streamed-zip64": bundle(
        deflated(
            b"a.py",
            A.content,
            both={"flags": 8},
            local={"crc": 0, "compressed": _ONES, "size": _ONES, "extra": extra(1, bytes(16)), "version": 45},
            descriptor=descriptor(A.content, _STREAM, wide=True),
        ),
        B,
    ),
    "zip64-sizes": bundle(
        Forged(
            b"a.py",
            A.content,
            both={"extra": extra(1, struct.pack("<2Q", 6, 6)), "size": _ONES, "compressed": _ONES, "version": 45},
        ),
        B,
    ),
    "zip64-end": bundle(
        A,
        B,
        before_end=zip64_end(3, _DIRECTORY, _LOCAL),
        end={"here": 0xFFFF, "members": 0xFFFF, "size": _ONES, "offset": _ONES},
    ),
    "info-zip-times-and-owner": bundle(
        Forged(
            b"a.py",
            A.content,
            both={"version": 10, "time": 0x6000, "date": 0x5B75},
            local={"extra": extra(0x5455, b"\3" + bytes(8)) + extra(0x7875, b"\1\4\0\0\0\0\4\0\0\0\0")},
            central={"extra": extra(0x5455, b"\3" + bytes(4)) + extra(0x7875, b"\1\4\0\0\0\0\4\0\0\0\0")},
        ),
        B,
    ),
    "7-zip-ntfs-times": bundle(Forged(b"a.py", A.content, central={"extra": extra(0x000A, _NTFS)}), B),
    "jar-mark": bundle(Forged(b"a.py", A.content, both={"extra": extra(0xCAFE, b"")}), B),
    "old-unix": bundle(
        Forged(
            b"a.py", A.content, local={"extra": extra(0x5855, bytes(12))}, central={"extra": extra(0x5855, bytes(8))}
        ),
        B,
    ),
    "dos-host": bundle(Forged(b"a.py", A.content, central={"made_by": 20, "attributes": 0x20}), B),
    "git-names": bundle(
        Forged("caf\u00e9".encode(), b"", both={"extra": extra(0x5455, b"\1" + bytes(4))}, central={"made_by": 0})
    ),
    "directory-members": bundle(A, Forged(b"c/"), Forged(b"c/d/"), Forged(b"c/d/x", b"")),
    "deflated-directory": bundle(A, deflated(b"c/", b"", b"\3\0"), Forged(b"c/x", b"")),
    "commit-comment": bundle(A, B, comment=b"6a5c1f0000000000000000000000000000000000"),
    "manifest-last": archive([A, B, manifest_of([A, B])]),
}

"""
Archives with one member, header or content that breaks a rule of the gate ``archive``.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace

from tests.forge import (
    Forged,
    archive,
    bundle,
    deflated,
    descriptor,
    extra,
    manifest_of,
    run_stream,
    stored_stream,
)

A = Forged(b"a.py", b"A = 1\n")
B = Forged(b"b.py", b"B = 2\n")
C = Forged(b"c.py", b"C = 3\n")
PLAIN = bundle(A, B)
_PARTS = len(b"".join(member.local_part() for member in (manifest_of([A, B]), A, B)))
_HIDDEN = Forged(b"hidden.py", b"evil = True\n").local_part()
_LIES = {"crc": zlib.crc32(b"other")}
_STREAM = stored_stream(A.content)


def _streamed(content: bytes, behind: bytes) -> Forged:
    return deflated(b"a.py", content, both={"flags": 8}, descriptor=behind)


def _wide(sizes: bytes, **central: int | bytes) -> Forged:
    return Forged(b"a.py", A.content, central={"extra": extra(1, sizes), **central})


ENTRIES: dict[str, dict[str, bytes]] = {
    "entry-offset-mismatch": {
        "shifted-by-prefix": bundle(A, Forged(b"b.py", B.content, central={"offset": 3})),
        "shared-header": bundle(A, Forged(b"b.py", A.content, central={"offset": 0})),
        "behind-the-end": bundle(Forged(A.name, A.content, central={"offset": 1 << 30})),
        "into-data": bundle(A, Forged(b"b.py", B.content, central={"offset": _PARTS - 2})),
    },
    "entry-order": {"reversed": bundle(A, B, order=(0, 2, 1))},
    "entry-disk": {"one": bundle(Forged(b"a.py", A.content, central={"disk": 1}), B)},
    "entry-encrypted": {
        "both-headers": bundle(Forged(b"a.py", A.content, payload=bytes(18), both={"flags": 1}), B),
        "directory-only": bundle(Forged(b"a.py", A.content, central={"flags": 1}), B),
        "strong": bundle(Forged(b"a.py", A.content, both={"flags": 0x41}), B),
        "aes": bundle(Forged(b"a.py", A.content, both={"flags": 1, "method": 0}), B),
    },
    "entry-flags": {
        "patch": bundle(Forged(b"a.py", A.content, both={"flags": 0x20}), B),
        "masked-headers": bundle(Forged(b"a.py", A.content, both={"flags": 0x2000}), B),
        "reserved": bundle(Forged(b"a.py", A.content, both={"flags": 0x8000}), B),
    },
    "entry-method": {
        "bzip2": bundle(Forged(b"a.py", A.content, both={"method": 12}), B),
        "reserved": bundle(Forged(b"a.py", A.content, both={"method": 11}), B),
    },
    "entry-version": {
        "directory": bundle(Forged(b"a.py", A.content, central={"version": 63}), B),
        "local": bundle(Forged(b"a.py", A.content, local={"version": 63}), B),
        "both": bundle(Forged(b"a.py", A.content, both={"version": 63}), B),
    },
    "entry-comment": {
        "text": bundle(Forged(b"a.py", A.content, central={"comment": b"hello"}), B),
        "holds-header": bundle(Forged(b"a.py", A.content, central={"comment": _HIDDEN}), B),
    },
    "extra-malformed": {
        "stray-byte": bundle(Forged(b"a.py", A.content, central={"extra": b"\0"}), B),
        "runs-over": bundle(Forged(b"a.py", A.content, local={"extra": struct.pack("<2H", 0x5455, 9) + b"\1"}), B),
        "time-length": bundle(Forged(b"a.py", A.content, central={"extra": extra(0x5455, b"")}), B),
        "owner-length": bundle(Forged(b"a.py", A.content, local={"extra": extra(0x7875, b"\1\4\0\0\0\0\4")}), B),
        "twice": bundle(Forged(b"a.py", A.content, local={"extra": 2 * extra(0x5455, b"\1" + bytes(4))}), B),
        "runs-into-directory": bundle(A, Forged(b"b.py", B.content, local={"extra_length": 4000})),
    },
    "extra-unknown": {
        "unicode-path": bundle(
            Forged(b"a.py", A.content, central={"extra": extra(0x7075, b"\1" + bytes(4) + b"evil.py")}), B
        ),
        "unicode-comment": bundle(Forged(b"a.py", A.content, central={"extra": extra(0x6375, b"\1" + bytes(4))}), B),
        "aes": bundle(Forged(b"a.py", A.content, both={"extra": extra(0x9901, bytes(7))}), B),
        "unix-link": bundle(Forged(b"a.py", A.content, local={"extra": extra(0x000D, bytes(12) + b"/etc/passwd")}), B),
        "large": bundle(Forged(b"a.py", A.content, local={"extra": extra(0xBEEF, bytes(60000))}), B),
    },
    "zip64-entry-malformed": {
        "sentinel-without-field": bundle(Forged(b"a.py", A.content, central={"size": 0xFFFFFFFF}), B),
        "field-without-sentinel": bundle(_wide(struct.pack("<2Q", 6, 6)), B),
        "too-short": bundle(_wide(struct.pack("<Q", 6), size=0xFFFFFFFF, compressed=0xFFFFFFFF), B),
        "too-long": bundle(_wide(struct.pack("<2Q", 6, 6), size=0xFFFFFFFF), B),
        "local-only-one-size": bundle(
            Forged(b"a.py", A.content, local={"extra": extra(1, bytes(8)), "size": 0xFFFFFFFF}), B
        ),
    },
    "local-header-missing": {
        "signature": bundle(A, Forged(b"b.py", B.content, local={"signature": b"DH\3\4"}), C),
    },
    "local-name-mismatch": {
        "other": bundle(A, Forged(b"b.py", B.content, local={"name": b"x.py"})),
        "shorter": bundle(A, Forged(b"b.py", B.content, local={"name": b"b.p"})),
        "case": bundle(A, Forged(b"b.py", B.content, local={"name": b"B.py"})),
        "manifest": bundle(A, Forged(b"b.py", B.content, local={"name": b"manifest.txt"})),
        "manifest-itself": archive([replace(manifest_of([A]), local={"name": b"manifest.old"}), A]),
        "runs-into-directory": bundle(A, Forged(b"b.py", B.content, local={"name_length": 60000})),
    },
    "local-flags-mismatch": {
        "utf-8": bundle(Forged(b"a.py", A.content, local={"flags": 0x800}), B),
        "encrypted": bundle(Forged(b"a.py", A.content, local={"flags": 1}), B),
        "descriptor": bundle(Forged(b"a.py", A.content, local={"flags": 8}), B),
    },
    "local-method-mismatch": {
        "deflated": bundle(Forged(b"a.py", A.content, local={"method": 8}), B),
        "stored": bundle(deflated(b"a.py", A.content, local={"method": 0}), B),
    },
    "local-size-mismatch": {
        "smaller": bundle(Forged(b"a.py", A.content, local={"size": 5, "compressed": 5}), B),
        "one-of-them": bundle(Forged(b"a.py", A.content, local={"size": 7}), B),
        "with-descriptor": bundle(_streamed(A.content, descriptor(A.content, _STREAM)), B).replace(
            struct.pack("<2I", len(_STREAM), 6), struct.pack("<2I", len(_STREAM), 7), 1
        ),
        "zip64": bundle(
            Forged(
                b"a.py",
                A.content,
                local={"extra": extra(1, struct.pack("<2Q", 7, 7)), "size": 0xFFFFFFFF, "compressed": 0xFFFFFFFF},
            ),
            B,
        ),
    },
    "local-crc-mismatch": {
        "other": bundle(Forged(b"a.py", A.content, local=_LIES), B),
        "zero": bundle(Forged(b"a.py", A.content, local={"crc": 0}), B),
        "directory": bundle(Forged(b"a.py", A.content, central=_LIES), B),
    },
    "local-time-mismatch": {
        "time": bundle(Forged(b"a.py", A.content, local={"time": 1}), B),
        "date": bundle(Forged(b"a.py", A.content, central={"date": 0x22}), B),
    },
}

CONTENT: dict[str, dict[str, bytes]] = {
    "descriptor-mismatch": {
        "missing": bundle(_streamed(A.content, b""), B),
        "crc": bundle(_streamed(A.content, descriptor(b"other!", _STREAM)), B),
        "sizes": bundle(_streamed(A.content, descriptor(A.content, b"")), B),
        "no-signature": bundle(_streamed(A.content, descriptor(A.content, _STREAM)[4:]), B),
        "wide-without-zip64": bundle(_streamed(A.content, descriptor(A.content, _STREAM, wide=True)), B),
    },
    "descriptor-ambiguous": {
        "signature-in-data": bundle(
            Forged(
                b"a.txt",
                b"0PK\x07\x08" + bytes(12),
                both={"flags": 8},
                descriptor=descriptor(b"0PK\x07\x08" + bytes(12)),
            ),
            B,
        ),
    },
    "stored-size-mismatch": {
        "hidden-tail": bundle(Forged(b"a.py", A.content, payload=A.content + b"evil\n"), B),
    },
    "deflate-malformed": {
        "bad-block": bundle(deflated(b"a.py", A.content, b"\x07" + bytes(9)), B),
        "bad-length": bundle(deflated(b"a.py", A.content, _STREAM[:3] + b"\0\0" + A.content), B),
    },
    "deflate-unfinished": {
        "no-final-block": bundle(deflated(b"a.py", A.content, stored_stream(A.content, final=False)), B),
        "cut": bundle(deflated(b"a.py", A.content, _STREAM[:-1]), B),
        "nothing": bundle(deflated(b"a.py", b"", b""), B),
    },
    "deflate-trailing-data": {
        "one-byte": bundle(deflated(b"a.py", A.content, _STREAM + b"\0"), B),
        "second-stream": bundle(deflated(b"a.py", A.content, _STREAM + stored_stream(b"evil\n")), B),
    },
    "data-size-mismatch": {
        "declares-less": bundle(deflated(b"a.py", A.content, stored_stream(A.content + b"evil\n")), B),
        "declares-more": bundle(
            Forged(b"a.py", A.content, payload=_STREAM, both={"method": 8, "version": 20, "size": 60}), B
        ),
        "declares-nothing": bundle(
            Forged(b"a.py", A.content, payload=_STREAM, both={"method": 8, "version": 20, "size": 0}), B
        ),
    },
    "data-crc-mismatch": {
        "both-headers": bundle(Forged(b"a.py", A.content, both=_LIES), B),
        "zero": bundle(Forged(b"a.py", A.content, both={"crc": 0}), B),
        "manifest": archive([replace(manifest_of([A]), both={"crc": 0}), A]),
    },
    "limit-members": {"three": PLAIN},
    "limit-member-size": {"large": bundle(A, Forged(b"big.txt", bytes(2000)))},
    "limit-total-size": {"sum": bundle(A, Forged(b"b.txt", bytes(900)), Forged(b"c.txt", bytes(900)))},
    "limit-ratio": {"many-matches": bundle(deflated(b"a.txt", b"a" * 2065, run_stream(b"a", 8)))},
}

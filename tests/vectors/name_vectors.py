"""
Archives that break one rule of the gate ``paths`` each.
"""

from __future__ import annotations

from tests.forge import Forged, archive, bundle, extra, manifest_of

A = Forged(b"a.py", b"A = 1\n")
_X = b"X = 1\n"


def _named(*names: bytes) -> bytes:
    return bundle(A, *(Forged(name, _X) for name in names))


def _unlisted(name: bytes) -> bytes:
    # A line of a manifest cannot hold these.
    return archive([manifest_of([A]), A, Forged(name, _X)])


def _text(*names: str) -> bytes:
    return _named(*(name.encode() for name in names))


def _made_by(made_by: int, central: bytes = b"") -> bytes:
    return bundle(A, Forged("caf\u00e9".encode(), _X, central={"made_by": made_by, "extra": central}))


def _mode(mode: int, dos: int = 0, name: bytes = b"x", content: bytes = _X) -> bytes:
    return bundle(A, Forged(name, content, central={"attributes": mode << 16 | dos}))


NAMES: dict[str, dict[str, bytes]] = {
    "name-empty": {"no-character": _named(b"")},
    "name-too-long": {
        "component": _named(b"x" * 256),
        "component-utf8": _text("\u00e9" * 128),
        "path": _named(b"/".join([b"x" * 200] * 6)),
        "depth": _named(b"/".join([b"x"] * 101)),
        "very-long": _named(b"x/" * 20000 + b"x"),
    },
    "name-absolute": {"slash": _named(b"/x"), "two-slashes": _named(b"//x/y"), "only-a-slash": bundle(A, Forged(b"/"))},
    "name-traversal": {"escapes": _named(b"../x"), "stays-inside": _named(b"c/../x"), "last": _named(b"c/..")},
    "name-dot-component": {"first": _named(b"./x"), "inside": _named(b"c/./x"), "last": _named(b"c/.")},
    "name-empty-component": {"inside": _named(b"c//x")},
    "name-backslash": {"separator": _named(b"c\\x"), "unc": _named(b"\\\\server\\share"), "escape": _named(b"c\\n")},
    "name-drive": {"absolute": _named(b"C:/x"), "relative": _named(b"C:x")},
    "name-colon": {"stream": _named(b"x.txt:s"), "data": _named(b"x.txt::$DATA")},
    "name-control": {
        "escape": _named(b"\x1b[2Jx"),
        "line-feed": _unlisted(b"x\ny"),
        "carriage-return": _unlisted(b"x\r"),
        "nul": _named(b"x.py\0.txt"),
        "delete": _named(b"x\x7f"),
        "next-line": _text("x\u0085y"),
        "line-separator": _text("x\u2028y"),
    },
    "name-forbidden-character": {"star": _named(b"x*"), "pipe": _named(b"x|y"), "quote": _named(b'x"y')},
    "name-trailing-dot-or-space": {
        "dot": _named(b"x."),
        "space": _named(b"x "),
        "component": _named(b"c./x"),
        "dots-only": _named(b".../x"),
        "manifest": _named(b"manifest.txt."),
    },
    "name-leading-character": {"dash": _named(b"-rf"), "tilde": _named(b"~root/x"), "space": _named(b"c/ x")},
    "name-reserved": {
        "nul": _named(b"nul"),
        "extension": _named(b"c/Con.tar.gz"),
        "superscript": _text("COM\u00b9"),
        "space-before-dot": _named(b"aux .txt"),
        "console": _named(b"CONIN$"),
    },
    "name-short-alias": {"manifest": _named(b"MANIFE~1.TXT"), "directory": _named(b"PROGRA~2/x")},
    "name-not-utf8": {
        "latin-1": bundle(A, Forged(b"caf\xe9", _X, both={"flags": 0x800})),
        "surrogate": bundle(A, Forged(b"x\xed\xa0\x80", _X, both={"flags": 0x800})),
        "overlong": bundle(A, Forged(b"x\xc0\xaf", _X, both={"flags": 0x800})),
    },
    "name-unmarked": {
        "utf-8": bundle(A, Forged("caf\u00e9".encode(), _X, both={"flags": 0})),
        "code-page-437": bundle(A, Forged(b"caf\x82", _X, both={"flags": 0})),
    },
    "name-code-page": {
        "dos": _made_by(20),
        "ntfs": _made_by(11 << 8 | 63),
        "times-in-directory-only": _made_by(20, central=extra(0x5455, b"\1" + bytes(4))),
    },
    "name-not-nfc": {"decomposed": _text("cafe\u0301"), "angstrom": _text("\u212b")},
    "name-invisible": {
        "override": _text("x\u202egpj.py"),
        "isolate": _text("x\u2066y"),
        "zero-width": _text("x\u200by"),
        "byte-order-mark": _text("\ufeffx"),
        "variation": _text("x\ufe0f"),
    },
    "name-unassigned": {"noncharacter": _text("x\ufdd0"), "private": _text("x\ue000"), "unassigned": _text("x\u0378")},
    "name-duplicate": {
        "same-content": _named(b"x", b"x"),
        "directory": bundle(A, Forged(b"c/"), Forged(b"c/"), Forged(b"c/x", _X)),
        "other-content": archive([manifest_of([A, Forged(b"x", _X)]), A, Forged(b"x", b"evil\n"), Forged(b"x", _X)]),
        "manifest": archive([manifest_of([A]), A, manifest_of([A])]),
    },
    "name-case-collision": {
        "ascii": _named(b"README", b"readme"),
        "directories": _named(b"C/x", b"c/y"),
        "not-ascii": _text("stra\u00dfe", "STRASSE"),
        "compatibility": _text("\uff41", "a"),
        "manifest": _named(b"Manifest.txt"),
    },
    "name-kind-collision": {
        "file-first": _named(b"x", b"x/y"),
        "directory-first": _named(b"x/y", b"x"),
        "case": _named(b"X", b"x/y"),
    },
}

TYPES: dict[str, dict[str, bytes]] = {
    "type-symlink": {
        "file": _mode(0o120777, content=b"/etc/passwd"),
        "host-says-dos": bundle(A, Forged(b"x", _X, central={"attributes": 0o120777 << 16, "made_by": 20})),
        "below-it": bundle(A, Forged(b"l", b"/etc", central={"attributes": 0o120777 << 16}), Forged(b"m/x", _X)),
    },
    "type-special": {
        "device": _mode(0o020666),
        "pipe": _mode(0o010644),
        "socket": _mode(0o140755),
        "no-known-kind": _mode(0o030644),
    },
    "type-permissions": {"setuid": _mode(0o104755), "setgid": _mode(0o102755), "sticky": _mode(0o101644)},
    "type-directory-mismatch": {
        "mode-says-directory": _mode(0o040755),
        "dos-says-directory": _mode(0o100644, 0x10),
        "name-says-directory": bundle(A, Forged(b"c/", central={"attributes": 0o100644 << 16}), Forged(b"c/x", _X)),
    },
    "type-directory-data": {"content": bundle(A, Forged(b"c/", b"payload"), Forged(b"c/x", _X))},
    "type-volume-label": {"label": _mode(0, 0x08)},
    "directory-unneeded": {
        "empty": bundle(A, Forged(b"empty/")),
        "sibling": bundle(A, Forged(b"c/"), Forged(b"ca", _X)),
    },
}

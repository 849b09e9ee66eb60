"""
Archives that break one rule of the gates ``manifest``, ``digests``, ``layout`` and ``cleanliness`` each.
"""

from __future__ import annotations

from tests.forge import Forged, archive, bundle, line, manifest_of

A = Forged(b"a.py", b"A = 1\n")
B = Forged(b"b.py", b"B = 2\n")
_A = line(b"a.py", A.content)
_B = line(b"b.py", B.content)


def _with(manifest: bytes, *members: Forged) -> bytes:
    return archive([Forged(b"manifest.txt", manifest), *(members or (A, B))])


def _also(name: bytes, content: bytes = b"x\n") -> bytes:
    return bundle(A, Forged(name, content))


MANIFEST: dict[str, dict[str, bytes]] = {
    "manifest-missing": {
        "none": archive([A, B]),
        "in-a-directory": archive([Forged(b"w/" + member.name, member.content) for member in (manifest_of([A]), A)]),
        "other-case": archive([Forged(b"MANIFEST.TXT", _A), A]),
    },
    "manifest-empty": {"no-byte": _with(b""), "one-line-feed": _with(b"\n")},
    "manifest-too-large": {"line-feeds": _with(b"\n" * 8192)},
    "manifest-not-utf8": {
        "latin-1": _with(_A + _B.replace(b"b.py", b"b\xe9.py")),
        "byte-order-mark": _with(b"\xef\xbb\xbf" + _A + _B),
    },
    "manifest-line-ending": {
        "no-final": _with((_A + _B)[:-1]),
        "one-crlf": _with(_A[:-1] + b"\r\n" + _B),
    },
    "manifest-malformed-line": {
        "one-space": _with(_A.replace(b"  ", b" ") + _B),
        "tab": _with(_A.replace(b"  ", b"\t") + _B),
        "binary-mark": _with(_A.replace(b"  ", b" *") + _B),
        "63-digits": _with(_A[1:] + _B),
        "65-digits": _with(b"0" + _A + _B),
        "md5": _with(_A[32:] + _B),
        "not-hexadecimal": _with(b"g" + _A[1:] + _B),
        "comment": _with(b"# made by hand\n" + _A + _B),
        "blank-line": _with(_A + b"\n" + _B),
        "final-blank-line": _with(_A + _B + b"\n"),
        "indented": _with(b" " + _A + _B),
        "escaped": _with(b"\\" + _A + _B),
        "bsd": _with(b"SHA256 (a.py) = " + _A[:64] + b"\n" + _B),
        "carriage-return-inside": _with(_A.replace(b"a.py", b"a\r.py") + _B),
        "end-of-file-mark": _with(_A + _B + b"\x1a\n"),
        "no-path": _with(_A[:66] + b"\n" + _B),
        "separator": _with(_A.replace(b"  ", "\u00a0 ".encode()) + _B),
    },
    "manifest-uppercase": {"one-line": _with(_A.upper().replace(b"A.PY", b"a.py") + _B)},
    "manifest-unsorted": {"reversed": _with(_B + _A)},
    "manifest-duplicate": {
        "same-digest": _with(_A + _A + _B),
        "other-digest": _with(_A + line(b"a.py", b"other") + _B),
    },
    "manifest-path": {
        "outside": _with(_A + line(b"/dev/null", b"") + _B),
        "climbs": _with(line(b"../a.py", b"") + _A + _B),
        "alias": _with(line(b"./a.py", A.content) + _B),
        "backslash": _with(_A + line(b"b\\c", b"") + _B),
        "trailing-space": _with(_A + _B.replace(b"b.py", b"b.py ")),
        "line-separator": _with(_A + line("b\u2028c".encode(), b"")),
    },
    "manifest-self": {"listed": _with(_A + _B + line(b"manifest.txt", b""))},
    "manifest-missing-member": {
        "removed": _with(_A + _B + line(b"c.py", b"")),
        "directory": _with(_A + _B + line(b"c", b""), A, B),
    },
    "manifest-unlisted-member": {
        "file": _with(_A),
        "dot-file": archive([manifest_of([A]), A, Forged(b".profile", b"evil\n")]),
        "conftest": archive([manifest_of([A]), A, Forged(b"conftest.py", b"evil\n")]),
    },
}

DIGESTS: dict[str, dict[str, bytes]] = {
    "manifest-digest-mismatch": {
        "tampered": _with(_A + _B, A, Forged(b"b.py", b"B = 3\n")),
        "emptied": _with(_A + _B, A, Forged(b"b.py", b"")),
        "crlf": _with(_A + _B, A, Forged(b"b.py", b"B = 2\r\n")),
    },
}

LAYOUT: dict[str, dict[str, bytes]] = {
    "layout-member-missing": {"license": bundle(A, B)},
    "layout-not-canonical": {
        "time": bundle(Forged(b"a.py", A.content, both={"time": 1})),
        "made-by": bundle(Forged(b"a.py", A.content, central={"made_by": 20})),
        "version": bundle(Forged(b"a.py", A.content, both={"version": 20})),
        "local-version": bundle(Forged(b"a.py", A.content, local={"version": 20})),
        "mode": bundle(Forged(b"a.py", A.content, central={"attributes": 0o100600 << 16})),
        "internal": bundle(Forged(b"a.py", A.content, central={"internal": 1})),
        "order": archive([A, manifest_of([A, B]), B]),
        "unsorted": archive([manifest_of([A, B]), B, A]),
        "comment": bundle(A, comment=b"made by hand"),
        "directory-member": bundle(A, Forged(b"c/"), Forged(b"c/x", b"")),
        "utf-8-flag": bundle(Forged(b"a.py", A.content, both={"flags": 0x800})),
    },
}

CLEANLINESS: dict[str, dict[str, bytes]] = {
    "clean-vcs": {"hook": _also(b".git/hooks/pre-commit"), "folded": _also(b".GIT/config")},
    "clean-cache": {"compiled": _also(b"pkg/__pycache__/a.cpython-311.pyc"), "pytest": _also(b".pytest_cache/x")},
    "clean-byproduct": {"compiled": _also(b"a.pyc"), "coverage": _also(b".coverage")},
    "clean-environment": {"marked": bundle(Forged(b"env/pyvenv.cfg", b"home = /usr\n"), Forged(b"env/x.py", b""))},
    "clean-litter": {"finder": _also(b"c/.DS_Store"), "resource-fork": _also(b"__MACOSX/c/x")},
}

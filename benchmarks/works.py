"""
What is measured: the same job done by us and by the peers.

Building means: one archive with stored members, and the sha256 of every file. Checking means: CRC and sha256 of every
member against the manifest, unless the name says less.
"""

from __future__ import annotations

from .measure import Work

_HASH = "find . -type f -print0 | xargs -0 {} > $OUT/digests"
_SHA256SUM = _HASH.format("sha256sum")
_OPENSSL = _HASH.format("openssl dgst -sha256 -r")

OURS = "ours"
"""What we are called."""

BUILD = (
    Work(OURS, "$PYTHON -m phase2_gate build $TREE --output $OUT/b.zip"),
    Work("zip+sha256sum", f"cd $TREE; zip -0 -q -r -X $OUT/b.zip .; {_SHA256SUM}", ("zip", "sha256sum")),
    Work("7z+openssl", f"cd $TREE; 7z a -tzip -mx0 -bso0 -bsp0 $OUT/b.zip .; {_OPENSSL}", ("7z", "openssl")),
    Work(
        "bsdtar+openssl",
        f"cd $TREE; bsdtar -c -f $OUT/b.zip --format zip --options zip:compression=store .; {_OPENSSL}",
        ("bsdtar", "openssl"),
    ),
    Work("naive", "$PYTHON $HERE/naive.py build $TREE $OUT/b.zip"),
    Work(
        "zip+sha256sum, checked",
        f"cd $TREE; zip -0 -q -r -X $OUT/b.zip .; {_SHA256SUM}; "
        "unzip -tqq $OUT/b.zip; sha256sum $OUT/b.zip > $OUT/whole",
        ("zip", "unzip", "sha256sum"),
    ),
    Work(
        "bsdtar+openssl, checked",
        "cd $TREE; bsdtar -c -f $OUT/b.zip --format zip --options zip:compression=store .; "
        f"{_OPENSSL}; unzip -tqq $OUT/b.zip; openssl dgst -sha256 -r $OUT/b.zip > $OUT/whole",
        ("bsdtar", "unzip", "openssl"),
    ),
)
"""Building, for every tree; "checked" is what ours does each time: read the result back, and hash it as a whole."""

BUILD_SLOW = (
    Work("ours-hatchling", "cd $TREE; $PYTHON -m hatchling build -t phase2bundle -d $OUT"),
    Work("hatchling-wheel", "cd $TREE; $PYTHON -m hatchling build -t wheel -d $OUT"),
    Work(
        "bagit+zip",
        "$PYTHON -m bagit --quiet --sha256 $TREE; cd $TREE; zip -0 -q -r -X $OUT/b.zip .",
        ("zip",),
        fresh_copy=True,
    ),
)
"""Building through frameworks, for the trees `small` and `real`."""

_EXTRACT = "mkdir d; cd d"
CHECK = (
    Work(OURS, "$PYTHON -m phase2_gate verify $BUNDLE"),
    Work(
        "unzip+sha256sum",
        f"unzip -tqq $BUNDLE; {_EXTRACT}; unzip -qq $BUNDLE; sha256sum --quiet -c manifest.txt",
        ("unzip", "sha256sum"),
    ),
    Work("bsdtar+openssl", f"{_EXTRACT}; bsdtar -xf $BUNDLE; {_OPENSSL}", ("bsdtar", "openssl")),
    Work("unzip-t (crc only)", "unzip -tqq $BUNDLE", ("unzip",)),
    Work("7z-t (crc only)", "7z t -bso0 -bsp0 $BUNDLE", ("7z",)),
    Work("py-check", "$PYTHON $HERE/naive.py check $BUNDLE"),
)
"""Checking, for every tree."""

DIGEST = (Work("openssl", "openssl dgst -sha256 -r $BUNDLE > $OUT/whole", ("openssl",)),)
"""The digest of the finished file, for every tree."""

"""
The peer that anybody would write in an afternoon: `zipfile` and `hashlib`, stored, sorted, a manifest.

::

    python naive.py build TREE BUNDLE
    python naive.py check BUNDLE
    python naive.py count BUNDLE MEMBERS
"""

from __future__ import annotations

import hashlib
import os
import sys
import zipfile

_PIECE = 1 << 17


def build(tree: str, bundle: str) -> None:
    """
    Packs `tree`, reading each file once.
    """
    names = []
    for directory, _, files in os.walk(tree):
        names += [os.path.relpath(os.path.join(directory, name), tree).replace(os.sep, "/") for name in files]
    lines = []
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(names):
            digest = hashlib.sha256()
            info = zipfile.ZipInfo(name)
            info.file_size = os.path.getsize(os.path.join(tree, name))
            with open(os.path.join(tree, name), "rb") as source, archive.open(info, "w") as target:
                while piece := source.read(_PIECE):
                    digest.update(piece)
                    target.write(piece)
            lines.append(f"{digest.hexdigest()}  {name}\n")
        archive.writestr(zipfile.ZipInfo("manifest.txt"), "".join(lines))


def check(bundle: str) -> None:
    """
    Compares every member with the manifest; `zipfile` compares the checksums.
    """
    with zipfile.ZipFile(bundle) as archive:
        manifest = archive.read("manifest.txt").decode()
        listed = {line[66:]: line[:64] for line in manifest.splitlines()}
        names = archive.namelist()
        if set(names) - {"manifest.txt"} != listed.keys():
            sys.exit("other members than the manifest lists")
        for name, expected in listed.items():
            digest = hashlib.sha256()
            with archive.open(name) as member:
                while piece := member.read(_PIECE):
                    digest.update(piece)
            if digest.hexdigest() != expected:
                sys.exit(f"{name}: changed")


def count(bundle: str, members: int) -> None:
    """
    Fails unless `zipfile` sees this many members.
    """
    with zipfile.ZipFile(bundle) as archive:
        seen = len(archive.infolist())
    if seen != members:
        sys.exit(f"{bundle}: seen {seen} members, need {members}")


if __name__ == "__main__":
    if sys.argv[1] == "build":
        build(sys.argv[2], sys.argv[3])
    elif sys.argv[1] == "count":
        count(sys.argv[2], int(sys.argv[3]))
    else:
        check(sys.argv[2])

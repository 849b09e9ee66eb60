"""
Member types: every member is an ordinary file, or a directory that some file needs.

1. ``type-symlink``, ``type-special``: the file type in the Unix mode is a regular file's, a directory's for
   directories, or none, whatever system the header claims to stem from.
2. ``type-permissions``: no setuid, setgid or sticky bit.
3. ``type-directory-mismatch``: a name ends in a slash exactly when the attributes say directory, if they say anything.
4. ``type-directory-data``: a directory has no content.
5. ``type-volume-label``: the DOS attribute of a volume label is not set.
6. ``directory-unneeded``: a file lies beneath every directory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .findings import Finding
from .paths import MAX_PATH_BYTES
from .zip_entry import Entry

_TYPE = 0o170000
_REGULAR = 0o100000
_DIRECTORY = 0o040000
_SYMLINK = 0o120000
_PERMISSIONS = 0o7000
_DOS_VOLUME = 0x08
_DOS_DIRECTORY = 0x10


def problems(entry: Entry) -> Iterator[Finding]:
    """
    What is wrong with the type of one member.
    """
    attributes = entry.attributes
    mode = attributes >> 16
    if mode & (_TYPE | _PERMISSIONS) in (0, _REGULAR) and not attributes & 0x18 and not entry.path.endswith("/"):
        return  # an ordinary file
    kind = mode & _TYPE
    is_directory = entry.path.endswith("/")
    path = entry.path.removesuffix("/")
    seen = f"mode 0{mode:06o}, dos attributes 0x{attributes & 0xFF:02x}"
    at = entry.position
    # At most one finding on the attributes: a field of nonsense is one defect.
    if kind == _SYMLINK:
        yield Finding("type-symlink", path, "a symbolic link", at, seen)
    elif kind not in (0, _REGULAR, _DIRECTORY):
        yield Finding("type-special", path, "not a file", at, seen)
    elif mode & _PERMISSIONS:
        yield Finding("type-permissions", path, "setuid, setgid or sticky", at, seen)
    elif attributes & _DOS_VOLUME:
        yield Finding("type-volume-label", path, "a volume label", at, seen)
    elif is_directory != (kind == _DIRECTORY or bool(attributes & _DOS_DIRECTORY)) and not (is_directory and not kind):
        name = "a directory" if is_directory else "a file"
        yield Finding("type-directory-mismatch", path, f"{name} by its name, not by its attributes", at, seen)
    elif kind == _REGULAR and attributes & _DOS_DIRECTORY:
        yield Finding("type-directory-mismatch", path, "a file and a directory by its attributes", at, seen)
    if is_directory and entry.size:
        yield Finding("type-directory-data", path, "a directory with content", at, f"{entry.size} bytes", "none")


def unneeded(entries: Sequence[Entry]) -> Iterator[Finding]:
    """
    The directory members beneath which no file lies.
    """
    directories = [entry for entry in entries if entry.path[-1:] == "/"]
    if not directories:
        return
    needed: set[str] = set()
    last = ""
    for entry in entries:
        path = entry.path
        if path[-1:] == "/":
            continue
        # A path that is too long is a finding; its first part may cost what a lawful path costs.
        cut = path.rfind("/", 0, MAX_PATH_BYTES)
        parent = path[: max(cut, 0)]
        if parent == last:
            continue
        last = parent
        while cut > 0 and path[:cut] not in needed:
            needed.add(path[:cut])
            cut = path.rfind("/", 0, cut)
    for entry in directories:
        if entry.path != "/" and entry.path[:-1] not in needed:
            detail = "no file lies beneath the directory"
            yield Finding("directory-unneeded", entry.path[:-1], detail, entry.position)

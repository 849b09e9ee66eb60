"""
A directory as one side of a comparison: every file as it is, no link followed, nothing left out.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator

from ..core.errors import SourceError
from ..core.escape import decoded
from ..core.escape import line as shown
from ..workspace import reading
from .side import Item

_PIECE = 1 << 18
"""Bytes read at a time."""
SPECIAL = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a character device",
    stat.S_IFBLK: "a block device",
}
"""What is neither file nor link nor directory, by its file type."""


class TreeSide:
    """
    A `phase2_gate.compare.side.Side` over a directory.

    Directories count only when they are empty, as git has it; of the mode, whether the owner may execute counts.
    Of what is neither file nor link nor directory the kind counts, and of a device its number; none is opened.

    Args:
        root: The directory.

    Raises:
        SourceError: when something in it cannot be read.
    """

    def __init__(self, root: str) -> None:
        self._root = os.fsencode(root)
        found: list[tuple[str, int]] = []
        try:
            _walk(self._root, "", found)
            found.sort()
            self._items = tuple(self._item(index, path, mode) for index, (path, mode) in enumerate(found))
        except OSError as error:
            name = error.filename if isinstance(error.filename, (bytes, str)) else root
            message = f"{shown(os.fsdecode(name))}: cannot be read: {error.strerror}"
            raise SourceError(message) from error

    @property
    def items(self) -> tuple[Item, ...]:
        """
        The files, links and empty directories, by name.
        """
        return self._items

    def pieces(self, item: Item) -> Iterator[bytes]:
        """
        The content of a file, the target of a link, nothing for a directory, and in words what everything else is.

        Raises:
            SourceError: when it cannot be read.
        """
        try:
            yield from self._pieces(item.path, item.mode)
        except OSError as error:
            message = f"{shown(item.path)}: cannot be read: {error.strerror}"
            raise SourceError(message) from error

    def _pieces(self, path: str, mode: int) -> Iterator[bytes]:
        # As `decoded` made the name out of bytes, whatever the locale says.
        location = os.path.join(self._root, path.encode("utf-8", "surrogateescape"))
        if stat.S_ISLNK(mode):
            yield os.readlink(location)
        elif stat.S_ISREG(mode):
            descriptor, _ = reading.open_regular(location)
            with open(descriptor, "rb", buffering=0) as file:
                while piece := file.read(_PIECE):
                    yield piece
        elif not stat.S_ISDIR(mode):
            # Windows knows no devices.
            yield special(mode, getattr(os.lstat(location), "st_rdev", 0)).encode() + b"\n"

    def _item(self, index: int, path: str, mode: int) -> Item:
        digest, size = hashlib.sha256(), 0
        for piece in self._pieces(path, mode):
            digest.update(piece)
            size += len(piece)
        return Item(path, size, digest.hexdigest(), mode, index)


def special(mode: int, device: int) -> str:
    """
    What something is that is neither file nor link nor directory.
    """
    kind = SPECIAL.get(stat.S_IFMT(mode), "another kind of file")
    return f"{kind} {os.major(device)}:{os.minor(device)}" if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else kind


def _walk(location: bytes, prefix: str, found: list[tuple[str, int]]) -> None:
    # A stack of our own: the depth of a tree is not bounded by Python's.
    pending = [(location, prefix)]
    while pending:
        location, prefix = pending.pop()
        with os.scandir(location) as scan:
            entries = list(scan)
        if not entries and prefix:
            found.append((prefix, stat.S_IFDIR))
        for entry in entries:
            path = prefix + decoded(entry.name)
            mode = entry.stat(follow_symlinks=False).st_mode
            if stat.S_ISDIR(mode):
                pending.append((entry.path, f"{path}/"))
            else:
                found.append((path, stat.S_IFMT(mode) | (0o755 if mode & stat.S_IXUSR else 0o644)))

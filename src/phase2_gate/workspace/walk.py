"""
Walks a workspace: every file that its rules leave in, nothing that they leave out, no link followed.

Names are read as bytes and have to be UTF-8, whatever the locale says; entries are sorted, so that neither the order of
creation nor the file system shows. A directory that is left out is not entered. Nothing above the workspace is read,
and nothing behind a directory that is swapped for a link meanwhile.
"""

from __future__ import annotations

import errno
import operator
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence

from ..core import escape, litter
from ..core.errors import SelectionError
from ..core.findings import Finding
from ..core.typed import NamedTuple
from . import ignore, reading

_Entry = os.DirEntry[str] | os.DirEntry[bytes]
_NAME = operator.attrgetter("name")  # of entries
_JUNCTION = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)
"""Known on Windows alone."""
_UTF8 = sys.getfilesystemencoding() == "utf-8"
"""Whether the system's text is what names are read as."""


class File(NamedTuple):
    """
    A file that the rules leave in.
    """

    path: str
    """Its path in the workspace, with forward slashes."""
    location: bytes
    """Where it lies on the disk."""


class Walk:
    """
    What one walk through a workspace found, in no stated order.

    Args:
        root: The workspace.
        lifted: Paths that the built-in list of what is never packed leaves alone.
        own: Files and directories that this tool writes: never members.
        own_prefixes: How the paths of our temporary files begin.
        told: Is told how many files were found, after each directory.
    """

    def __init__(
        self,
        root: bytes,
        lifted: frozenset[str] = frozenset(),
        own: frozenset[str] = frozenset(),
        own_prefixes: tuple[str, ...] = (),
        *,
        told: Callable[[int], None] | None = None,
    ) -> None:
        self._root = root
        self._lifted = lifted
        self._own = own
        self._own_prefixes = own_prefixes
        self._told = told
        self._beneath = reading.Beneath()
        self.files: list[File] = []
        """The files that are left in."""
        self.skipped: list[tuple[str, str]] = []
        """What the built-in list took out, as path and reason."""
        self.problems: list[Finding] = []
        """What cannot be packed."""
        self.complaints: list[str] = []
        """Lines of ignore files that cannot be used."""
        self.rules = ignore.Rules()
        """The rules of all ignore files that were met."""

    def run(self) -> Walk:
        """
        Walks, and returns itself.
        """
        # A stack of our own: the depth of a tree is not bounded by Python's.
        pending = [(self._root, "")]
        try:
            while pending:
                location, path = pending.pop()
                pending.extend(self._directory(location, path))
                if self._told is not None:
                    self._told(len(self.files))
        finally:
            self._beneath.close()
        return self

    def _directory(self, location: bytes, path: str) -> list[tuple[bytes, str]]:
        try:
            entries, names = self._listed(location, path)
        except OSError as error:
            self._problem("file-unreadable", path or ".", f"the directory cannot be read: {error.strerror}")
            return []
        nothing_listed = litter.is_absent(names)
        if not nothing_listed and path not in self._lifted and litter.ENVIRONMENT_MARK in map(str.lower, names):
            self.skipped.append((path or ".", "a virtual environment"))
            return []
        prefix, base = f"{path}/" if path else "", os.path.join(location, b"")
        if ignore.NAME in names:
            self._read_rules(path, prefix, base, entries[names.index(ignore.NAME)])
        return list(self._entries(prefix, base, entries, names, nothing_listed=nothing_listed))

    def _listed(self, location: bytes, path: str) -> tuple[Sequence[_Entry], list[str]]:
        """
        What lies in a directory, and its names as text; the entries may be asked until the next directory is listed.
        """
        if reading.LISTS:
            with os.scandir(self._beneath.directory(location, reading.as_bytes(path))) as texts:
                entries = sorted(texts, key=_NAME)
            return entries, [entry.name if _UTF8 else reading.as_walked(entry.name) for entry in entries]
        if path and not _is_directory(os.lstat(location)):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        with os.scandir(location) as scan:
            found = sorted(scan, key=_NAME)
        return found, [escape.decoded(entry.name) for entry in found]

    def _read_rules(self, path: str, prefix: str, base: bytes, entry: _Entry) -> None:
        try:
            if entry.is_file(follow_symlinks=False):
                name = prefix + ignore.NAME
                content = self._beneath.whole(base + ignore.NAME.encode(), reading.as_bytes(name))
                self.rules.add(path, ignore.parse(content, name))
        except SelectionError as error:
            self.complaints.append(error.message)
        except OSError as error:
            self._problem("file-unreadable", prefix + ignore.NAME, f"cannot be read: {error.strerror}")

    def _entries(
        self, prefix: str, base: bytes, entries: Sequence[_Entry], names: list[str], *, nothing_listed: bool
    ) -> Iterator[tuple[bytes, str]]:
        """
        Keeps the files of one directory that stay in; yields its directories that do.
        """
        own, own_prefixes, keep, new = self._own, self._own_prefixes, self.files.append, tuple.__new__
        rules = self.rules or None
        for entry, name in zip(entries, names, strict=True):
            path = prefix + name
            if path in own or path.startswith(own_prefixes):
                continue
            try:
                # Most systems tell the kind with the name: to ask each file for more takes a third of a walk's time.
                is_file = entry.is_file(follow_symlinks=False)
                is_directory = not is_file and entry.is_dir(follow_symlinks=False)
            except OSError as error:
                self._problem("file-unreadable", path, f"cannot be read: {error.strerror}")
                continue
            # The rules travel with what they selected, so that an extracted workspace selects the same again.
            decision = None if rules is None or name == ignore.NAME else rules.decide_one(path, is_directory)
            if decision is not None and decision.excluded:
                continue
            kind = None if nothing_listed else litter.of_name(name)
            if kind is not None and path not in self._lifted:
                self.skipped.append((path, kind.reason))
            elif not name.isascii() and any("\ud800" <= char <= "\udfff" for char in name):
                self._problem("name-not-utf8", path, "the name is not utf-8")
            elif is_file:
                keep(new(File, (path, base + name.encode())))  # as in `selection`
            elif _is_link(entry):
                self._problem("type-symlink", path, "a link is never followed")
            elif is_directory:
                yield base + name.encode(), path
            else:
                self._problem("type-special", path, "neither a file nor a directory")

    def _problem(self, rule: str, path: str, detail: str) -> None:
        self.problems.append(Finding(rule, path, detail))


def _is_directory(status: os.stat_result) -> bool:
    return stat.S_ISDIR(status.st_mode) and not is_junction(status)


def _is_link(entry: _Entry) -> bool:
    if entry.is_symlink():
        return True
    return _JUNCTION is not None and is_junction(entry.stat(follow_symlinks=False))


def is_junction(status: os.stat_result) -> bool:
    """
    Whether a directory is a junction of Windows: it leads elsewhere as a link does, but is a directory for Python.
    """
    return _JUNCTION is not None and getattr(status, "st_reparse_tag", None) == _JUNCTION

"""
One git repository: its index, its commits, its rules.

Whether a file is as committed is not git's to say. Its index can be told to believe whatever it likes about the disk,
and to compare content it would run the filters that a repository names. The file's own bytes are hashed instead.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..core.digest import Sha256
from ..core.errors import BuildError
from ..core.escape import line as shown
from . import reading
from .git_program import Program

_SUBMODULE = "160000"
_FILES = ("100644", "100755")
_PIECE = 1 << 19


@dataclass(frozen=True, slots=True)
class Repository:
    """
    One repository, or the part of it that lies in the workspace.

    Raises:
        BuildError: from every method that asks, when git cannot answer.
    """

    program: Program
    """The git that is asked."""
    directory: Path
    """Where it is asked."""
    place: str
    """What its paths begin with in the workspace: empty, or with a slash at the end."""
    above: str | None
    """The place of the repository whose submodule it is; None for that of the workspace."""
    index: dict[str, str]
    """What is in the index: mode, object and stage, by path."""

    def submodules(self) -> list[str]:
        """
        The submodules that the index names.
        """
        return [path for path, entry in self.index.items() if entry.startswith(_SUBMODULE)]

    def check_ignore(self, paths: Iterable[str], *options: str) -> list[str]:
        """
        What ``git check-ignore`` says of `paths`, field by field.
        """
        # With ./ in front no name is taken for the magic of git's path language, such as ":(top)".
        data = b"".join(b"./" + path.encode("utf-8", "surrogateescape") + b"\0" for path in paths)
        # The exit code says whether anything is ignored, as grep's does.
        output = self.program.ask(self.directory, "check-ignore", "--stdin", "-z", *options, data=data, good=(0, 1))
        return _fields(output)

    def last_commit(self) -> str:
        """
        The object that HEAD leads to; empty when nothing was committed yet.
        """
        output = self.program.ask(self.directory, "rev-parse", "--verify", "--quiet", "HEAD", good=(0, 1))
        return output.decode("ascii", "replace").strip()

    def committed(self, commit: str) -> dict[str, str]:
        """
        What is in a commit: mode and object, by path; nothing when `commit` is empty.
        """
        found = {}
        output = self.program.ask(self.directory, "ls-tree", "-r", "-z", commit) if commit else b""
        for field in _fields(output):
            entry, _, path = field.partition("\t")
            mode, _, name = entry.split(" ")
            found[path] = f"{mode} {name}"
        return found

    def as_committed(self, path: str, committed: dict[str, str]) -> Sha256 | None:
        """
        The digest of a file that is what `committed` has, in the index and, byte for byte, on the disk; None otherwise.

        Raises:
            BuildError: when it cannot be read.
        """
        mode, _, name = committed.get(path, "").partition(" ")
        if mode not in _FILES or self.index.get(path) != f"{mode} {name} 0":
            return None
        try:
            seen, digest = _object(os.fsencode(self.directory / reading.on_disk(path)), name)
        except OSError as error:
            message = f"{shown(self.place + path)}: cannot be read: {error.strerror}"
            raise BuildError(message) from error
        return digest if seen == name else None


def opened(program: Program, directory: Path, place: str = "", above: str | None = None) -> Repository:
    """
    The repository that `directory` lies in, with its index read; the rest is as in `Repository`.

    Raises:
        BuildError: when git cannot answer.
    """
    entries = (field.partition("\t") for field in _fields(program.ask(directory, "ls-files", "-z", "--stage")))
    return Repository(program, directory, place, above, {path: entry for entry, _, path in entries})


def submodule_in(committed: dict[str, str], path: str) -> str:
    """
    The commit of a submodule that another commit records; empty when it records none.

    Args:
        committed: What is in that other commit, as of `Repository.committed`.
        path: The submodule's directory.
    """
    mode, _, name = committed.get(path, "").partition(" ")
    return name if mode == _SUBMODULE else ""


def _fields(output: bytes) -> list[str]:
    return output.decode("utf-8", "surrogateescape").split("\0")[:-1]


def _object(location: bytes, like: str) -> tuple[str, Sha256]:
    """
    The name that git gives to a file's content, of the kind that `like` is, and the digest of the same bytes.
    """
    descriptor, size = reading.open_regular(location)
    with open(descriptor, "rb", buffering=0) as file:
        algorithm = hashlib.sha1 if len(like) == 40 else hashlib.sha256
        name, digest = algorithm(b"blob %d\0" % size, usedforsecurity=False), hashlib.sha256()
        while piece := file.read(_PIECE):
            name.update(piece)
            digest.update(piece)
    return name.hexdigest(), Sha256(digest.hexdigest())

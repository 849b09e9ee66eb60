"""
The way from a workspace down to one of its paths: what lies there, and the ignore files that are met.
"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ..core import litter
from ..core.errors import SelectionError
from . import ignore, reading
from .ignore import Decision
from .walk import is_junction

_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EINVAL, errno.ENAMETOOLONG})
"""Errors that say that nothing lies there, also because no such name can be."""


class Kind(StrEnum):
    """
    What lies at a path.
    """

    FILE = "file"
    DIRECTORY = "directory"
    LINK = "link"
    SPECIAL = "special file"
    MISSING = "nothing there"
    UNREADABLE = "cannot be read"
    BEHIND = "behind a link"
    OUTSIDE = "file from outside the workspace"


@dataclass(frozen=True, slots=True)
class Step:
    """
    One component on the way.
    """

    path: str
    """The path down to it."""
    name: str
    """The component."""
    kind: Kind
    """What lies there; a directory when only something below it is asked for."""


@dataclass(frozen=True, slots=True)
class Entered:
    """
    A directory that is entered on the way.
    """

    path: str
    """The path down to it, ``""`` for the workspace."""
    is_environment: bool = False
    """Whether it is a virtual environment."""
    unreadable: str = ""
    """What of it cannot be read, the directory or its ignore file, and why; empty when nothing."""
    malformed: SelectionError | None = None
    """What is wrong with the lines of its ignore file."""


@dataclass(frozen=True, slots=True)
class Trail:
    """
    The whole way.
    """

    path: str
    """The path, without a slash at its end."""
    location: bytes
    """Where it lies on the disk."""
    steps: tuple[Step, ...]
    """Every component, the last one the path itself, or the first link: what lies behind one is never asked."""
    entered: tuple[Entered, ...]
    """The workspace and every directory of the steps, in the same order."""
    rules: ignore.Rules
    """The rules of the ignore files on the way."""

    @property
    def kind(self) -> Kind:
        """
        What lies at the path.
        """
        return self.steps[-1].kind if self.end == self.path else Kind.BEHIND

    @property
    def end(self) -> str:
        """
        How far the way goes: the path itself, or the first link on the way to it.
        """
        return self.steps[-1].path

    @property
    def is_directory(self) -> bool:
        """
        Whether ignore files take it for a directory.
        """
        return self.kind is Kind.DIRECTORY

    @property
    def decision(self) -> Decision | None:
        """
        The line of an ignore file that decides.
        """
        return self.rules.decide(self.end, self.is_directory)

    @property
    def kept(self) -> Decision | None:
        """
        The line that keeps the path in: the nearest that takes back a directory above it, when none speaks of itself.
        """
        above = (self.rules.decide_one(step.path, is_directory=True) for step in reversed(self.steps[:-1]))
        return self.decision or next((one for one in above if one is not None and not one.excluded), None)


def follow(workspace: Path, path: str) -> Trail:
    """
    Goes down to `path`, which need not exist; with a slash at its end it is a directory then.
    """
    parts = path.removesuffix("/").split("/")
    rules = ignore.Rules()
    steps: list[Step] = []
    here, prefix = os.fsencode(workspace), ""
    entered = [_enter(here, "", rules)]
    for number, name in enumerate(parts, 1):
        here = os.path.join(here, reading.as_bytes(name))
        last = number == len(parts)
        kind = _kind(here, missing=Kind.MISSING if last and not path.endswith("/") else Kind.DIRECTORY)
        steps.append(Step(prefix + name, name, kind))
        if kind is Kind.LINK:
            break
        if kind is Kind.DIRECTORY:
            # The rules in a directory speak of what lies in it.
            entered.append(_enter(here, prefix + name, None if last else rules))
        prefix = f"{prefix}{name}/"
    return Trail("/".join(parts), here, tuple(steps), tuple(entered), rules)


def _kind(location: bytes, missing: Kind) -> Kind:
    try:
        status = os.lstat(location)
    except OSError as error:
        return missing if error.errno in _ABSENT else Kind.UNREADABLE
    if stat.S_ISLNK(status.st_mode) or is_junction(status):
        return Kind.LINK
    if stat.S_ISDIR(status.st_mode):
        return Kind.DIRECTORY
    return Kind.FILE if stat.S_ISREG(status.st_mode) else Kind.SPECIAL


def _enter(directory: bytes, path: str, rules: ignore.Rules | None) -> Entered:
    try:
        names = os.listdir(directory)
    except OSError as error:
        if path and error.errno in _ABSENT:
            return Entered(path)
        return Entered(path, unreadable=f"the directory cannot be read: {error.strerror}")
    unreadable, malformed = "", None
    if rules is not None and ignore.NAME.encode() in names:
        try:
            unreadable = _read_rules(directory, path, rules)
        except SelectionError as error:
            malformed = error
    return Entered(path, litter.ENVIRONMENT_MARK.encode() in map(bytes.lower, names), unreadable, malformed)


def _read_rules(directory: bytes, path: str, rules: ignore.Rules) -> str:
    location = os.path.join(directory, ignore.NAME.encode())
    if _kind(location, Kind.MISSING) not in {Kind.FILE, Kind.UNREADABLE}:
        return ""  # no file: said of that path itself when it is asked for
    source = f"{path}/{ignore.NAME}".removeprefix("/")
    try:
        rules.add(path, ignore.parse(reading.whole(location), source))
    except OSError as error:
        return f"{source}: cannot be read: {error.strerror}"
    return ""

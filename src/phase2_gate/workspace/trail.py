"""
The way from a workspace down to one of its paths: what lies there, and the ignore files that are met.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ..core import litter
from . import ignore, reading
from .ignore import Decision
from .walk import is_junction


class Kind(StrEnum):
    """
    What lies at a path.
    """

    FILE = "file"
    DIRECTORY = "directory"
    LINK = "link"
    SPECIAL = "special file"
    MISSING = "nothing there"
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
    in_environment: bool
    """Whether the directory that it lies in is a virtual environment."""


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
    """Every component, the last one the path itself."""
    rules: ignore.Rules
    """The rules of the ignore files on the way."""

    @property
    def kind(self) -> Kind:
        """
        What lies at the path.
        """
        return self.steps[-1].kind

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
        return self.rules.decide(self.path, self.is_directory)

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

    Raises:
        SelectionError: when an ignore file on the way has lines that cannot be used.
    """
    root = os.fsencode(workspace)
    parts = path.removesuffix("/").split("/")
    rules = ignore.Rules()
    steps: list[Step] = []
    environment = False
    here, prefix = root, ""
    for name in parts:
        _read_rules(here, prefix, rules)
        environment = _is_environment(here)
        location = os.path.join(here, os.fsencode(name))
        last = len(steps) + 1 == len(parts)
        kind = _kind(location, missing=Kind.MISSING if last and not path.endswith("/") else Kind.DIRECTORY)
        steps.append(Step(prefix + name, name, kind, environment))
        here, prefix = location, f"{prefix}{name}/"
    return Trail("/".join(parts), here, tuple(steps), rules)


def _kind(location: bytes, missing: Kind) -> Kind:
    try:
        status = os.lstat(location)
    except OSError:
        return missing
    if stat.S_ISLNK(status.st_mode) or is_junction(status):
        return Kind.LINK
    if stat.S_ISDIR(status.st_mode):
        return Kind.DIRECTORY
    return Kind.FILE if stat.S_ISREG(status.st_mode) else Kind.SPECIAL


def _is_environment(directory: bytes) -> bool:
    mark = litter.ENVIRONMENT_MARK.encode()
    try:
        return any(name.lower() == mark for name in os.listdir(directory))
    except OSError:
        return False


def _read_rules(directory: bytes, prefix: str, rules: ignore.Rules) -> None:
    try:
        data = reading.whole(os.path.join(directory, ignore.NAME.encode()))
    except OSError:
        return  # not there, or no file: said of that path itself when it is asked for
    rules.add(prefix.removesuffix("/"), ignore.parse(data, prefix + ignore.NAME))

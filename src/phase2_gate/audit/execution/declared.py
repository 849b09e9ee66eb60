"""
The tests that a bundle's files declare, read from their text: nothing of it runs.

What is declared must be found by pytest, so that a hook, an option or a trick which makes a test disappear shows. What
the files themselves, or settings that are carried, openly keep from pytest counts as skipped where it did not run.
"""

from __future__ import annotations

import ast
import fnmatch
import os
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phase2_gate.audit.execution.scope import Declared, Scope, declared, looks_like

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from phase2_gate.audit.execution.settings import Settings

_FILES = ("test_*.py", "*_test.py")
"""The files that pytest takes for tests by itself."""
_CLOSED = ("*.egg", ".*", "_darcs", "build", "CVS", "dist", "node_modules", "venv", "{arch}")
"""Directories that pytest does not enter by itself."""
_MOST_BYTES, _MOST_TOGETHER = 1 << 20, 32 << 20
"""Of a file of tests, and of all that are read: a tree of syntax takes hundreds of times the memory of its text, and no
limit of the bundle's code bounds the verifier's own process."""
_OUTSIDE = "it lies outside of the bundle's own testpaths"


@dataclass(frozen=True, slots=True)
class Declarations:
    """
    What the files of a workspace declare.
    """

    tests: tuple[Declared, ...] = ()
    """The tests, file by file, in the order of the text."""
    files: tuple[str, ...] = ()
    """The files in which pytest has to look for tests."""
    unreadable: tuple[str, ...] = ()
    """Those of them that are no Python to this interpreter, or too large, so that nobody knows what they declare."""


def tests(workspace: Path, paths: tuple[str, ...], settings: Settings, *, chosen: bool) -> Declarations:
    """
    The tests in all files that the settings, or pytest's own habits, call files of tests.

    Args:
        workspace: The extracted bundle.
        paths: Where tests are looked for, relative to it.
        settings: The bundle's own settings.
        chosen: Whether the auditor named the paths; otherwise files elsewhere count as well.
    """
    found: list[Declared] = []
    files: list[str] = []
    unreadable: list[str] = []
    left = _MOST_TOGETHER
    functions, classes = settings.patterns("python_functions", "test"), settings.patterns("python_classes", "Test")
    for file, aside in sorted(_files(workspace, paths, settings, chosen=chosen).items()):
        relative = file.relative_to(workspace).as_posix()
        files += [] if aside else [relative]
        size = file.stat().st_size
        readable = size <= min(_MOST_BYTES, left)
        if readable:
            left -= size
            try:
                found += _of_file(file, Scope(relative, functions, classes, aside))
            except (SyntaxError, ValueError, LookupError, RecursionError, MemoryError):
                readable = False
        unreadable += [] if readable or aside else [relative]
    return Declarations(tuple(found), tuple(files), tuple(unreadable))


def _of_file(file: Path, scope: Scope) -> list[Declared]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a stranger's invalid escapes are not ours to tell
        return list(declared(ast.parse(file.read_bytes()).body, scope))


def _files(workspace: Path, paths: tuple[str, ...], settings: Settings, *, chosen: bool) -> dict[Path, str]:
    """
    The files of tests, each with the reason why pytest need not look there; an empty one where it has to.
    """
    patterns = settings.patterns("python_files", " ".join(_FILES))
    closed = settings.patterns("norecursedirs", "")
    found: dict[Path, str] = {}
    if not chosen:
        found.update({file: _OUTSIDE for file, _ in _walk(workspace, ()) if _named(file.name, patterns) is not None})
    for path in paths:
        top = workspace / path
        if top.is_file():
            found[top] = ""
        for file, aside in _walk(top, closed):
            named = _named(file.name, patterns)
            if named is not None and found.get(file, _OUTSIDE):
                found[file] = aside or named
    return found


def _walk(top: Path, closed: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    reasons = {str(top): ""}
    for directory, inner, names in os.walk(top):
        reason = reasons.pop(directory)
        place = type(top)(directory)
        for name in inner:
            reasons[str(place / name)] = reason or _unentered(place / name, closed)
        for name in names:
            if name.endswith(".py"):
                yield place / name, reason


def _unentered(directory: Path, closed: tuple[str, ...]) -> str:
    if any(fnmatch.fnmatch(directory.name, pattern) for pattern in _CLOSED):
        return f"pytest does not enter directories named {directory.name!r} by itself"
    if any(_fits(directory, pattern) for pattern in closed):
        return "the bundle's setting norecursedirs leaves its directory out"
    return ""


def _fits(path: Path, pattern: str) -> bool:
    """
    As pytest compares paths: by name, or the end of the whole path where the pattern has a slash.
    """
    return fnmatch.fnmatch(path.as_posix(), f"*/{pattern}") if "/" in pattern else fnmatch.fnmatch(path.name, pattern)


def _named(name: str, patterns: tuple[str, ...]) -> str | None:
    """
    Empty for the name of a file of tests, the reason for one that only a reader takes for it, None for any other.
    """
    if any(fnmatch.fnmatch(name, pattern) for pattern in patterns):
        return ""
    if any(fnmatch.fnmatch(name, pattern) for pattern in _FILES):
        return "the bundle's setting python_files leaves its file out"
    return "letters of another alphabet make its file look like one of tests" if looks_like(name, _FILES) else None

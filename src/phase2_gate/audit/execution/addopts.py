"""
The command line options that a bundle's settings ask for (pytest's ``addopts``), one by one.
"""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# With a value after "=" or as the next word.
_CARRIED_WITH_VALUE = ("-m", "-k", "--import-mode", "--doctest-glob")
_DROPPED_WITH_VALUE = (
    *("--tb", "--color", "--durations", "--durations-min", "--capture", "--show-capture", "--verbosity", "--maxfail"),
    *("--cov", "--cov-report", "--cov-config", "--cov-fail-under", "--cov-context", "--basetemp", "--code-highlight"),
    *("--junitxml", "--junit-xml", "--junit-prefix", "-r", "--log-level", "--log-cli-level", "--cache-dir"),
)
_CARRIED = frozenset(
    {"--strict-markers", "--strict-config", "--strict", "--doctest-modules", "--doctest-continue-on-failure"}
)
_DROPPED = frozenset(
    {
        *("-l", "--showlocals", "--no-showlocals", "-x", "--exitfirst", "-s", "--quiet", "--verbose", "--full-trace"),
        *("--no-header", "--no-summary", "--no-cov", "--cov-branch", "--cov-append", "--no-cov-on-fail", "--cov"),
        *("--cache-clear", "--disable-warnings", "--disable-pytest-warnings", "--xfail-tb", "--force-short-summary"),
    }
)
_SHORT = re.compile(r"-(v+|q+|r[a-zA-Z]+)")
_LEAVE_OUT = "--ignore"


@dataclass(frozen=True, slots=True)
class Options:
    """
    What became of each option.
    """

    carried: tuple[str, ...] = ()
    """Given to pytest."""
    dropped: tuple[str, ...] = ()
    """Left out: they change what is shown, or stop early, and not what counts."""
    refused: tuple[str, ...] = ()
    """Not allowed: they may decide what runs, what is loaded, or what counts."""


def read(text: str, workspace: Path) -> Options:
    """
    Sort the options.

    Args:
        text: The setting, in the shell's quoting.
        workspace: What paths in it are relative to.
    """
    try:
        words = shlex.split(text)
    except ValueError:
        return Options(refused=(text,))
    carried: list[str] = []
    dropped: list[str] = []
    refused: list[str] = []
    while words:
        word = words.pop(0)
        name, _, value = word.partition("=") if word.startswith("--") else (word[:2], "", word[2:].removeprefix("="))
        if word in _CARRIED:
            carried.append(word)
        elif name in _CARRIED_WITH_VALUE and (value or words):
            carried += _joined(name, value or words.pop(0))
        elif word in _DROPPED or _SHORT.fullmatch(word):
            dropped.append(word)
        elif name in _DROPPED_WITH_VALUE and (value or (words and name != "--cov")):
            dropped.append(word if value else f"{word} {words.pop(0)}")
        elif word == "-p" and words[:1] == ["no:cacheprovider"]:
            dropped.append(f"{word} {words.pop(0)}")
        elif name == _LEAVE_OUT and (value or words) and not _exists(workspace, value or words[0]):
            dropped.append(word if value else f"{word} {words.pop(0)}")
        else:
            # what follows is taken for its value: the two are refused together
            refused.append(word if value or not words or words[0].startswith("-") else f"{word} {words.pop(0)}")
    return Options(tuple(carried), tuple(dropped), tuple(refused))


def _joined(name: str, value: str) -> list[str]:
    return [f"{name}={value}"] if name.startswith("--") else [name, value]


def _exists(workspace: Path, path: str) -> bool:
    return os.path.lexists(workspace / path)

"""
Ignore rules: what ``.bundleignore`` files say about a path, with git's verdicts for ``.gitignore`` (gitignore(5)).

 1. The last line of a file that matches decides; files nearer to the path come before those above.
 2. A directory that is excluded takes everything below along; no line below can take that back.
 3. A pattern without a slash, but for one at its end, is compared with names at any depth; all others with paths
    relative to the file's own directory.
 4. Lines end in LF or CR LF; a byte order mark in front is no part of the first line.
 5. Case counts, on every platform; bytes are compared, not letters.

Only paths below the workspace are matched, so where a checkout lies decides nothing (pypa/hatch#1964).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..core.errors import SelectionError
from ..core.typed import NamedTuple
from . import patterns
from .brackets import DoubtfulPatternError
from .patterns import Pattern

NAME = ".bundleignore"
"""What the files are called, in any directory of a workspace."""
HINT = "escape a character with a backslash when it stands for itself"
"""The way out of lines that cannot be used."""


class IgnoreFile(NamedTuple):
    """
    The patterns of one file.
    """

    source: str
    """Where it lies, relative to the workspace."""
    patterns: tuple[Pattern, ...]
    """Its patterns in their order."""


class _Matcher:
    """
    The patterns of one file, ready to be asked.
    """

    __slots__ = ("_any_name", "_any_path", "_compiled", "source")

    def __init__(self, file: IgnoreFile) -> None:
        self.source = file.source
        self._compiled = [(one, re.compile(one.expression, re.DOTALL)) for one in reversed(file.patterns)]
        # Most names match no line at all; one search settles that for all lines together.
        self._any_name = _together(file.patterns, by_name=True)
        self._any_path = _together(file.patterns, by_name=False)

    def match(self, path: str, name: str, is_directory: bool) -> Pattern | None:
        """
        The pattern that decides over one file or directory itself, without regard to what is above it.

        Args:
            path: The path relative to the file's own directory, one character a byte.
            name: Its last component.
            is_directory: Whether it is a directory; a link to one is none.
        """
        if not (self._any_name and self._any_name.fullmatch(name)) and not (
            self._any_path and self._any_path.fullmatch(path)
        ):
            return None
        for pattern, expression in self._compiled:
            if (is_directory or not pattern.directories_only) and expression.fullmatch(
                name if pattern.by_name else path
            ):
                return pattern
        return None


def _together(wanted: tuple[Pattern, ...], *, by_name: bool) -> re.Pattern[str] | None:
    expressions = [pattern.expression for pattern in wanted if pattern.by_name is by_name]
    return re.compile("|".join(f"(?:{one})" for one in expressions), re.DOTALL) if expressions else None


class Decision(NamedTuple):
    """
    The line that decided over a path.
    """

    source: str
    """The file, relative to the workspace."""
    pattern: Pattern
    """The line."""
    path: str
    """What the line matched: the path itself or a directory above it."""

    @property
    def excluded(self) -> bool:
        """
        Whether the path is left out.
        """
        return not self.pattern.negated

    def __str__(self) -> str:
        return f"{self.source}:{self.pattern.line}: {self.pattern.text}"


def parse(data: bytes, source: str) -> IgnoreFile:
    """
    The rules that one file states.

    Args:
        data: Its content.
        source: Where it lies, for messages.

    Raises:
        SelectionError: when lines are doubtful or not UTF-8; every such line is a line of the message.
    """
    found: list[Pattern] = []
    problems: list[str] = []
    for number, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        try:
            pattern = patterns.parse(raw.removesuffix(b"\r").decode("utf-8"), number)
        except UnicodeDecodeError:
            problems.append(f"{source}:{number}: the line is not utf-8: seen {raw!r}")
        except DoubtfulPatternError as error:
            problems.append(f"{source}:{number}: {error}: seen {raw.decode('utf-8')!r}")
        else:
            if pattern is not None:
                found.append(pattern)
    if problems:
        raise SelectionError("\n".join(problems), hint=HINT)
    return IgnoreFile(source, tuple(found))


class Rules:
    """
    The rules of a workspace, as far as it has been walked: parents are added before what lies below them.
    """

    def __init__(self) -> None:
        self._files: dict[str, _Matcher] = {}

    def add(self, directory: str, file: IgnoreFile) -> None:
        """
        Adds the rules of `file`, which lies in `directory` (``""`` for the workspace).
        """
        if file.patterns:
            self._files[patterns.as_bytes(directory)] = _Matcher(file)

    def __bool__(self) -> bool:
        """
        Whether there is a line that may decide anything.
        """
        return bool(self._files)

    def decide_one(self, path: str, is_directory: bool) -> Decision | None:
        """
        The line that decides over `path` when nothing above it is excluded, or None when no line does.
        """
        return next(self.matches(path, is_directory), None) if self._files else None

    def matches(self, path: str, is_directory: bool) -> Iterator[Decision]:
        """
        What each file says of `path` by itself, the nearest first; files without a line that matches say nothing.
        """
        text = patterns.as_bytes(path)
        end = text.rfind("/")
        name = text[end + 1 :]
        while True:
            directory = text[: max(end, 0)]
            file = self._files.get(directory)
            if file is not None:
                pattern = file.match(text[end + 1 :], name, is_directory)
                if pattern is not None:
                    yield Decision(file.source, pattern, path)
            if end < 0:
                return
            end = text.rfind("/", 0, end)

    def decide(self, path: str, is_directory: bool = False) -> Decision | None:
        """
        The line that decides over `path`, or None when no line does: the one place that knows git's whole rule.

        A directory above it that is excluded decides first (gitignore(5): it is not possible to re-include a file if
        a parent directory of that file is excluded).
        """
        if not self._files:
            return None
        end = path.find("/")
        while end != -1:
            decision = self.decide_one(path[:end], is_directory=True)
            if decision is not None and decision.excluded:
                return decision
            end = path.find("/", end + 1)
        return self.decide_one(path, is_directory)

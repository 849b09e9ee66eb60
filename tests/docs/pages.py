"""
The pages as data: fenced blocks, the commands in them with what they show, and the files they write.

Conventions of the pages, held by `tests/docs/test_pages.py`:

1. Commands stand in ``console`` blocks, each on a line that begins with ``$ ``; a backslash at the end goes on with the
   next line, which begins with ``> ``.
2. Lines below a command are its output, all of it, standard error included; ``…`` stands for any text within a line, a
   line that is only ``…`` for any number of lines. A command without such lines may print anything.
3. A command succeeds, unless the next command of its block is ``echo $?``, which shows its exit code.
4. A block with ``title="NAME"`` is a file of that name; with ``title="NAME (added)"`` it is added at the file's end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = tuple(sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]))
"""Every page; what stands in tests/ or elsewhere is not for readers."""

_FENCE = re.compile(r"^(?P<indent> *)```(?P<info>.*)$")
_TITLE = re.compile(r'\btitle="(?P<name>[^"]*?)(?P<added> \(added\))?"')
_COMMENT = re.compile(r"\s+# .*\Z")
_PROMPT, _MORE = "$ ", "> "


class Block(NamedTuple):
    """
    A fenced block.
    """

    line: int
    """The line of its first content, counted from 1."""
    info: str
    """What stands behind the opening fence."""
    lines: tuple[str, ...]
    """Its content."""

    @property
    def language(self) -> str:
        """
        The first word behind the fence.
        """
        return (self.info.split() or [""])[0]


class Command(NamedTuple):
    """
    A command that a page shows.
    """

    line: int
    """Where it stands, counted from 1."""
    text: str
    """What is typed, over several lines where it is."""
    shown: tuple[str, ...]
    """The output below it."""

    @property
    def bare(self) -> str:
        """
        What is typed, without a comment at its end.
        """
        return _COMMENT.sub("", self.text)


class File(NamedTuple):
    """
    A file that a page shows.
    """

    line: int
    """Where its content begins, counted from 1."""
    name: str
    """Its path, relative to where the reader is."""
    text: str
    """Its content, or what is added to it."""
    added: bool
    """Whether it is added to a file that is there."""


def name_of(page: Path) -> str:
    """
    The path of a page in the checkout.
    """
    return page.relative_to(ROOT).as_posix()


def blocks(text: str) -> Iterator[Block]:
    """
    The fenced blocks of a page, in order, those in lists too.

    Raises:
        ValueError: when the last one never ends.
    """
    opened: Block | None = None
    indent = ""
    for number, line in enumerate(text.split("\n"), start=1):
        fence = _FENCE.match(line)
        if opened is None and fence:
            opened, indent = Block(number + 1, fence["info"], ()), fence["indent"]
        elif opened is not None and fence and not fence["info"] and fence["indent"] == indent:
            yield opened
            opened = None
        elif opened is not None:
            opened = opened._replace(lines=(*opened.lines, line.removeprefix(indent)))
    if opened is not None:
        message = f"the block at line {opened.line} never ends"
        raise ValueError(message)


def commands(block: Block) -> Iterator[Command]:
    """
    The commands of a ``console`` block.

    Raises:
        ValueError: when output stands above the first command.
    """
    command: Command | None = None
    for number, line in enumerate(block.lines, start=block.line):
        if line.startswith(_PROMPT):
            if command is not None:
                yield command
            command = Command(number, line.removeprefix(_PROMPT), ())
        elif command is None:
            message = f"line {number}: output of no command: {line!r}"
            raise ValueError(message)
        elif not command.shown and command.text.endswith("\\") and line.startswith(_MORE):
            command = command._replace(text=f"{command.text}\n{line.removeprefix(_MORE)}")
        else:
            command = command._replace(shown=(*command.shown, line.rstrip()))
    if command is not None:
        yield command


def file(block: Block) -> File | None:
    """
    The file that a block shows, None when it shows none.
    """
    title = _TITLE.search(block.info)
    if title is None:
        return None
    return File(block.line, title["name"], "\n".join(block.lines) + "\n", added=bool(title["added"]))

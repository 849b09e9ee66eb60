"""
Where something is said: a file and a line, for people who want to change it.
"""

import re
from pathlib import Path
from typing import NamedTuple

from . import settings

_HEADER = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?")


class Place(NamedTuple):
    """
    What decided.
    """

    file: str
    """A file, relative to the workspace, or what else has a say: the built-in list, a rule, a default."""
    line: int | None
    """The line, where it is one of a file."""
    text: str
    """What stands there, or what it says."""

    def __str__(self) -> str:
        return f"{self.file}: {self.text}" if self.line is None else f"{self.file}:{self.line}: {self.text}"


def of_setting(workspace: Path, key: str, value: str) -> Place:
    """
    Where the setting `key` is written.

    The file was read and found in order before; this only looks for the line. Where TOML has ways of writing that are
    not looked for (dotted keys, inline tables), the key path stands for the line.

    Args:
        workspace: The workspace.
        key: The key; a key of a table below as ``sources."src/app"``.
        value: What it says, shown where no line was found.
    """
    try:
        lines = (workspace / settings.FILE).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    table, _, name = f"{settings.TABLE}.{key}".partition('."')
    if name:
        name = name.removesuffix('"')
    else:
        table, _, name = table.rpartition(".")
    current = ""
    written = re.compile(rf"""\s*(?:{re.escape(name)}|"{re.escape(name)}"|'{re.escape(name)}')\s*=""")
    for number, line in enumerate(lines, 1):
        header = _HEADER.fullmatch(line)
        if header is not None:
            current = re.sub(r"\s*\.\s*", ".", header[1].strip()).replace('"', "")
        elif current == table and written.match(line):
            return Place(settings.FILE, number, line.strip())
    return Place(f"{settings.FILE}: {settings.TABLE}.{key}", None, value)

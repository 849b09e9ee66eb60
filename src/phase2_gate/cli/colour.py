"""
Lines of a report in colour, when a person looks at a terminal.

Only the words of ours are painted, and the text stays the same to the letter: what a log or a pipe receives has no
colour unless `FORCE_COLOR` (force-color.org) asks for it, and `NO_COLOR` (no-color.org) has the last word.
"""

from __future__ import annotations

import io
import os
import re
import sys
from functools import cache
from importlib.util import find_spec

from . import terminal

_STYLES = {
    "PASS": "bold green",
    "EQUAL": "bold green",
    "FAIL": "bold red",
    "DIFFERENT": "bold red",
    "BLOCKED": "bold yellow",
    "NOT RUN": "dim",
}
_GATE = re.compile(r"[a-z]+ +(PASS|FAIL|BLOCKED|NOT RUN)(?= |\Z)")
_RESULT = re.compile(r"RESULT: (PASS|FAIL|BLOCKED|EQUAL|DIFFERENT)")
_HINT = re.compile(r"  hint: .*")


def out(text: str) -> None:
    """
    One line, in colour where that is wanted.

    Raises:
        BrokenPipeError: when nobody reads any more.
        AuditError: when the line cannot be written otherwise.
    """
    terminal.out(painted(text) if _wanted() else text)


def _wanted() -> bool:
    stream = sys.stdout
    if stream is None or terminal.in_actions() or os.environ.get("NO_COLOR"):
        return False
    asked = bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")
    return asked and can_paint()


@cache
def can_paint() -> bool:
    """
    Whether there is what paints: a copy that has the standard library alone judges as well.
    """
    return find_spec("rich") is not None


def painted(text: str) -> str:
    """
    `text` with the escape sequences of a terminal around its state or verdict; a hint is dimmed.
    """
    from rich.console import Console
    from rich.text import Text

    shown = Text(text)
    found = _GATE.match(text) or _RESULT.match(text)
    if found is not None:
        shown.stylize(_STYLES[found[1]], found.start(1), found.end(1))
    elif _HINT.match(text):
        shown.stylize("dim")
    buffer = io.StringIO()
    console = Console(file=buffer, force_terminal=True, color_system="standard", legacy_windows=False)
    console.print(shown, end="", soft_wrap=True, highlight=False, markup=False, emoji=False)
    return buffer.getvalue()

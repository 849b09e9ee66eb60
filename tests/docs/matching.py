"""
Whether a command printed what its page shows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

ANY = "…"
"""Stands for any text within a line; alone in a line, for any number of lines."""


def matches(shown: Sequence[str], seen: str) -> bool:
    """
    Whether `seen` is what is shown, blanks at the ends of lines aside.

    Args:
        shown: Lines of a page, with `ANY` for what differs from run to run.
        seen: The whole output.
    """
    lines = [line.rstrip() for line in seen.rstrip("\n").split("\n")]
    text = "".join(f"{line}\n" for line in lines)
    return re.fullmatch("".join(map(_pattern, shown)), text) is not None


def _pattern(line: str) -> str:
    if line == ANY:
        return r"(?:.*\n)*?"
    return ".*?".join(map(re.escape, line.split(ANY))) + r"\n"

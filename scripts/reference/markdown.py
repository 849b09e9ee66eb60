"""
Pieces of Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_PLAIN = re.compile(r"[^A-Za-z0-9 .,:=/-]")


def code(text: str) -> str:
    """
    `text` as code in a cell of a table.

    A bar ends a cell, in code too; renderers differ on whether a backslash before it shows. So where there is one, the
    code is written as HTML, and whatever could mean something in Markdown by its number.
    """
    if "|" not in text:
        return f"`{text}`"
    return f"<code>{_PLAIN.sub(lambda found: f'&#{ord(found[0])};', text)}</code>"


def cell(text: str) -> str:
    """
    Prose of ours for a cell of a table.
    """
    return text.replace("|", "\\|").replace("\n", " ")


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """
    A table.
    """
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)

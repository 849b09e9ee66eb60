"""
Pieces of Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable


def code(text: str) -> str:
    """
    `text` as code; a bar would end a cell of a table, in code too.
    """
    return "`" + text.replace("|", "\\|") + "`"


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

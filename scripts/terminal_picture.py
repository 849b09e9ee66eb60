"""
A screen of a terminal as SVG: text that can be selected, in fonts that the reader has, and nothing fetched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

_CELL, _LINE, _MARGIN = 8.4, 19, 16
"""Pixels: the width of a character of 14 pixels, the height of a line, and what is left free around."""
_PAPER, _INK = "#10141a", "#e6e9ed"

_WORDS = re.compile(r"\S+(?: \S+)*")


class Span(NamedTuple):
    """
    Characters that look the same.
    """

    text: str
    """What stands there."""
    colour: str = _INK
    """As ``#rrggbb``."""
    bold: bool = False
    """Whether it is strong."""


def svg(lines: Sequence[Sequence[Span]], columns: int, title: str) -> str:
    """
    The picture.

    Args:
        lines: Each line as its spans, from the left edge on.
        columns: How many characters a line has room for.
        title: What the picture shows, for whoever does not see it.
    """
    width = round(columns * _CELL) + 2 * _MARGIN
    height = len(lines) * _LINE + 2 * _MARGIN
    rows = [row for number, line in enumerate(lines) for row in _row(line, _MARGIN + (number + 0.75) * _LINE)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{width}" height="{height}" rx="8" fill="{_PAPER}"/>',
            '<g font-family="ui-monospace,Menlo,Consolas,monospace" font-size="14">',
            *rows,
            "</g>",
            "</svg>\n",
        ]
    )


def _row(line: Sequence[Span], base: float) -> list[str]:
    rows, column = [], 0
    for span in line:
        style = ' font-weight="700"' * span.bold
        # Readers differ on blanks in SVG, so none stands at an end of an element or beside another one.
        for words in _WORDS.finditer(span.text):
            left, wide = _MARGIN + (column + words.start()) * _CELL, len(words[0]) * _CELL
            place = f'x="{left:.1f}" y="{base:.1f}" textLength="{wide:.1f}"'
            rows.append(f'<text {place} fill="{span.colour}"{style}>{escape(words[0])}</text>')
        column += len(span.text)
    return rows

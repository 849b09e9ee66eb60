"""
Foreign text in HTML: printable, escaped, and isolated so that it cannot turn the text around it.
"""

from __future__ import annotations

from html import escape

from ..core.escape import line


def text(value: str) -> str:
    """
    `value` for an element or a quoted attribute, whatever it holds.
    """
    return escape(line(value))


def bdi(value: str) -> str:
    """
    `value` as text whose direction ends with it; from left to right, as every sentence is that quotes something.
    """
    return f'<bdi dir="ltr">{text(value)}</bdi>' if value else ""


def code(value: str) -> str:
    """
    `value` as it would be typed.
    """
    return f"<code>{bdi(value)}</code>" if value else "(empty)"


def prose(value: str) -> str:
    """
    A sentence of ours, with what stands in backticks as code.
    """
    parts = [escape(part) for part in value.split("`")]
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))

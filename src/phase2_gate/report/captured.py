"""
Captured output, quoted for people: the end of a stream as printable lines.

Output is foreign. Whatever is not printable is shown as an escape, so a quotation holds no control, no bidirectional
override and no lone surrogate: it is legal in XML, HTML and Markdown alike. Unlike `phase2_gate.core.escape.line` a
backslash stays as it is: this is a quotation for people, the log beside the report has the bytes.
"""

from __future__ import annotations

from ..core.escape import line

QUOTED_BYTES = 256 * 1024
"""How much of one stream is quoted; the rest is in its log."""


def lines(data: bytes) -> list[str]:
    """
    The last `QUOTED_BYTES` of a stream as lines without their ends.

    Args:
        data: The raw bytes; what is not UTF-8 is shown as escapes.
    """
    text = data[-QUOTED_BYTES:].decode("utf-8", "backslashreplace")
    return [_printable(part) for part in text.removesuffix("\n").split("\n")]


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == "\t" else line(char) for char in text)

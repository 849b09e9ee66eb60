"""
Foreign text made safe for a terminal, a log line or a report.

Names and messages out of a bundle may hold escape sequences, line breaks, bidirectional overrides or bytes that are
not UTF-8. `line` turns any text into one printable line that shows what was there and can do nothing.
"""

from __future__ import annotations

_NAMED = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _is_plain(char: str) -> bool:
    # isprintable() is False for controls, format characters (bidi, zero width), surrogates, private use,
    # unassigned, and every separator but the space.
    return char.isprintable() and char != "\\"


def line(text: str) -> str:
    """
    `text` on one line: printable characters as they are, everything else as a backslash escape.

    Args:
        text: Any text, lone surrogates included.

    Returns:
        Printable text without line breaks; two different texts never become the same.
    """
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(char if _is_plain(char) else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    code = ord(char)
    if char in _NAMED:
        return _NAMED[char]
    if code <= 0xFF:
        return f"\\x{code:02x}"
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    return f"\\U{code:08x}"


def decoded(data: bytes) -> str:
    """
    `data` as text: UTF-8 where it is UTF-8, every other byte as a lone surrogate that `line` shows as an escape.
    """
    return data.decode("utf-8", "surrogateescape")

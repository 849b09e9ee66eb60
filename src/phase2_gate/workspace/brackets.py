"""
Bracket expressions of ignore patterns, as git reads them.

Git compares bytes (``wildmatch.c``): ``[a-c]``, ``[!a]`` or ``[^a]``, ``]`` literal in first place, a backslash takes
the next byte as it is, POSIX classes know ASCII alone. What git reads in a way that hardly anybody means is an error
here: a set that never ends, a range that runs backwards, an unknown class, a slash (never matched by a set), bytes
beyond ASCII (a set takes one byte, a letter has several).
"""

from __future__ import annotations

import string

_CLASSES = {
    "alnum": string.ascii_letters + string.digits,
    "alpha": string.ascii_letters,
    "blank": " \t",
    "cntrl": "".join(map(chr, range(32))) + "\x7f",
    "digit": string.digits,
    "graph": string.ascii_letters + string.digits + string.punctuation,
    "lower": string.ascii_lowercase,
    "print": string.ascii_letters + string.digits + string.punctuation + " ",
    "punct": string.punctuation,
    "space": " \t\n\r",
    "upper": string.ascii_uppercase,
    "xdigit": string.hexdigits,
}


class DoubtfulPatternError(ValueError):
    """
    A pattern that git reads in a way that hardly anybody means; the text says how. Never leaves this package.
    """


class _Reader:
    __slots__ = ("position", "seen", "text")

    def __init__(self, text: str, position: int) -> None:
        self.text = text
        self.position = position
        self.seen: set[str] = set()

    def peek(self, ahead: int = 0) -> str:
        index = self.position + ahead
        return self.text[index] if index < len(self.text) else ""

    def literal(self) -> str:
        """
        The next byte, taken as it is when a backslash stands in front.
        """
        if self.peek() == "\\":
            self.position += 1
        char = self.peek()
        if not char:
            message = "a set begun by [ never ends"
            raise DoubtfulPatternError(message)
        if char == "/":
            message = "a slash stands in a set, which never matches one"
            raise DoubtfulPatternError(message)
        if not char.isascii():
            message = "a set holds a letter beyond ascii, but takes a single byte of it"
            raise DoubtfulPatternError(message)
        self.position += 1
        return char

    def named_class(self) -> str:
        """
        The members of the class that begins here.
        """
        end = self.text.find("]", self.position + 2)
        name = self.text[self.position + 2 : end]
        if end == -1 or not name.endswith(":") or name[:-1] not in _CLASSES:
            message = "a set holds [: without the name of a class and :] behind it"
            raise DoubtfulPatternError(message)
        self.position = end + 1
        return _CLASSES[name[:-1]]


def translate(text: str, start: int) -> tuple[str, int]:
    """
    The regular expression for the set that begins at `start`.

    Args:
        text: A pattern, one character a byte.
        start: Where its ``[`` stands.

    Returns:
        The expression, and where the pattern goes on behind the closing bracket.

    Raises:
        DoubtfulPatternError: when the set is one of those named at the head of this module.
    """
    reader = _Reader(text, start + 1)
    negated = reader.peek() in {"!", "^"}
    if negated:
        reader.position += 1
    first = True
    while first or reader.peek() != "]":
        first = False
        if reader.peek() == "[" and reader.peek(1) == ":":
            reader.seen.update(reader.named_class())
            continue
        low = reader.literal()
        reader.seen.add(low)
        if reader.peek() == "-" and reader.peek(1) not in {"", "]"}:
            reader.position += 1
            _add_range(reader, low)
    members = reader.seen | {"/"} if negated else reader.seen - {"/"}
    codes = "".join(f"\\x{ord(char):02x}" for char in sorted(members))
    return f"[{'^' if negated else ''}{codes}]", reader.position + 1


def _add_range(reader: _Reader, low: str) -> None:
    if reader.peek() == "[" and reader.peek(1) == ":":
        message = "a range in a set ends in a class"
        raise DoubtfulPatternError(message)
    high = reader.literal()
    if high < low:
        message = f"the range {low}-{high} runs backwards and matches nothing"
        raise DoubtfulPatternError(message)
    reader.seen.update(map(chr, range(ord(low), ord(high) + 1)))

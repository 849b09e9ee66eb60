r"""
One line of an ignore file.

`parse` gives git's meaning (``dir.c``, ``wildmatch.c``) to a line, and refuses lines whose meaning in git is hardly
what was meant: a set that is not well formed (`phase2_gate.workspace.brackets`), a lone ``!`` or ``/``, a backslash at
the end or before a slash, ``//``, ``**`` beside other characters in a path, a space in front, a control character.

pathspec translates the stars; sets and escapes are translated here, for pathspec 1.1 reads a backslash in a set, a
class such as ``[[:digit:]]``, and blanks at the end differently from git. Patterns and paths are compared as bytes, one
character standing for one byte, as git does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .brackets import DoubtfulPatternError, translate

_FIRST_STAND_IN = 0xE000
"""Private characters that stand for translated parts while pathspec works; bytes go up to U+00FF."""
_GLUED_STARS = re.compile(r"[^/]\*\*|\*\*[^/]")
_STARS = re.compile(r"\*+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Pattern:
    """
    What a line says.
    """

    text: str
    """The line, without blanks at its end."""
    line: int
    """Its number in the file, from 1."""
    negated: bool
    """Whether it takes back what earlier lines exclude."""
    directories_only: bool
    """Whether it speaks of directories alone."""
    by_name: bool
    """Whether it is compared with the last component of a path, at any depth."""
    expression: str
    """A regular expression for the whole of the component or path."""


def as_bytes(text: str) -> str:
    """
    `text` with one character for each byte of its UTF-8; what surrogates stand for keeps its byte.
    """
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def parse(text: str, number: int) -> Pattern | None:
    """
    The pattern of one line, or None for a blank line or a comment.

    Args:
        text: The line without its end.
        number: Its number, from 1.

    Raises:
        DoubtfulPatternError: when git reads the line in a way that hardly anybody means.
    """
    if text.startswith("#"):
        return None
    text = _without_trailing_spaces(text)
    if not text:
        return None
    _refuse_doubtful(text)
    negated = text.startswith("!")
    body = as_bytes(text[1:] if negated else text)
    directories_only = body.endswith("/")
    body = body.removesuffix("/")
    by_name = "/" not in body
    body = body.removeprefix("/")
    if not body:
        message = "the pattern names nothing"
        raise DoubtfulPatternError(message)
    if body.startswith("/") or body.endswith("/") or "//" in body:
        message = "two slashes in a row match nothing"
        raise DoubtfulPatternError(message)
    if not by_name and _GLUED_STARS.search(body):
        message = "** beside other characters is a plain *, which stops at a slash: need ** as a component of its own"
        raise DoubtfulPatternError(message)
    return Pattern(text, number, negated, directories_only, by_name, _expression(body, by_name))


def _without_trailing_spaces(text: str) -> str:
    end = len(text.rstrip(" "))
    backslashes = end - len(text[:end].rstrip("\\"))
    # An odd number of backslashes escapes the first of the spaces.
    return text[: end + 1] if backslashes % 2 and end < len(text) else text[:end]


def _refuse_doubtful(text: str) -> None:
    if text.startswith((" ", "! ")):
        message = "a space stands in front and is a part of the pattern"
        raise DoubtfulPatternError(message)
    control = _CONTROLS.search(text)
    if control is not None:
        message = f"the control character U+{ord(control[0]):04X} is a part of the pattern"
        raise DoubtfulPatternError(message)


def _expression(body: str, by_name: bool) -> str:
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    plain, parts = _stand_ins(body)
    if by_name:
        plain = _STARS.sub("*", plain)
    elif plain.endswith("**"):
        # What lies below a directory, and never the directory itself (pathspec#137).
        plain += "/*"
    # With a slash in front pathspec anchors the pattern, and sees no comment and no negation.
    expression, _ = GitIgnoreSpecPattern.pattern_to_regex(f"/{plain}")
    if expression is None:  # pragma: no cover - what pathspec discards was refused above
        message = "the pattern matches nothing"
        raise DoubtfulPatternError(message)
    # pathspec's short form for a pattern that matches everything.
    expression = ".+" if expression == "." else expression
    expression = expression.replace("?P<ps_d>", "?:")
    for stand_in, part in parts.items():
        expression = expression.replace(stand_in, part)
    return expression


def _stand_ins(body: str) -> tuple[str, dict[str, str]]:
    """
    `body` with a private character in place of every set and escape, and what each stands for.
    """
    plain: list[str] = []
    parts: dict[str, str] = {}

    def stand_in(part: str) -> None:
        char = chr(_FIRST_STAND_IN + len(parts))
        parts[char] = part
        plain.append(char)

    position = 0
    while position < len(body):
        char = body[position]
        if char == "[":
            part, position = translate(body, position)
            stand_in(part)
            continue
        if char == "\\":
            position += 1
            if position == len(body) or body[position] == "/":
                message = "a backslash escapes nothing"
                raise DoubtfulPatternError(message)
            stand_in(re.escape(body[position]))
        elif char in " \x85\xa0":
            # pathspec would strip blanks at the end, and takes these bytes of letters for blanks too.
            stand_in(char)
        else:
            plain.append(char)
        position += 1
    return "".join(plain), parts

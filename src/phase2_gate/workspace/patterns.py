r"""
One line of an ignore file.

`parse` gives git's meaning (``dir.c``, ``wildmatch.c``) to a line, and refuses lines whose meaning in git is hardly
what was meant: a set that is not well formed (`phase2_gate.workspace.brackets`), a lone ``!`` or ``/``, a backslash at
the end or before a slash, ``//``, a component ``.`` or ``..``, ``**`` beside other characters in a path, a space in
front, a control character.

pathspec translates the structure, ``**`` above all. The inside of a component is translated here, for pathspec 1.1
reads a backslash in a set, a class such as ``[[:digit:]]``, and blanks at the end differently from git, and many stars
take it exponential time. Patterns and paths are compared as bytes, one character standing for one byte, as git does.
"""

from __future__ import annotations

import re

from ..core.typed import NamedTuple
from .brackets import DoubtfulPatternError, translate

_FIRST_STAND_IN = 0xE000
"""Private characters that stand for translated components while pathspec works; bytes go up to U+00FF."""
_GLUED_STARS = re.compile(r"[^/]\*\*|\*\*[^/]")
_STAR = "*"
"""Stands for a star among expressions; as an expression of its own it would be none."""
_LEAD, _GAP = "^(?:.+/)?", "(?:/.+)?"
"""What pathspec makes of ``**`` in front and in the middle."""
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


class Pattern(NamedTuple):
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
    if not {".", ".."}.isdisjoint(_ESCAPED.sub(r"\1", body).split("/")):
        message = "a component . or .. matches nothing: need the path from the file's own directory"
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

    plain, parts = _stand_ins(body, by_name)
    if plain.endswith("**"):
        # What lies below a directory, and never the directory itself (pathspec#137).
        plain += "/*"
    # With a slash in front pathspec anchors the pattern, and sees no comment and no negation.
    expression, _ = GitIgnoreSpecPattern.pattern_to_regex(f"/{plain}")
    if expression is None:  # pragma: no cover - what pathspec discards was refused above
        message = "the pattern matches nothing"
        raise DoubtfulPatternError(message)
    # pathspec's short form for a pattern that matches everything.
    expression = ".+" if expression == "." else expression
    expression = _settled(expression.replace("?P<ps_d>", "?:"))
    for stand_in, part in parts.items():
        expression = expression.replace(stand_in, part)
    return expression


def _settled(expression: str) -> str:
    """
    The same in linear time for each ``**``: what stands between two of them is settled at its first match.
    """
    *chunks, last = expression.split(_GAP)
    if not chunks:
        return expression
    first, *middle = chunks
    if first.startswith(_LEAD):
        first = f"^(?>(?:[^/]+/)*?{first.removeprefix(_LEAD)}(?=/))"
    return first + "".join(f"(?>(?:/[^/]+)*?{chunk}(?=/))" for chunk in middle) + _GAP + last


def _stand_ins(body: str, by_name: bool) -> tuple[str, dict[str, str]]:
    """
    `body` with one private character in place of every component but the stars that pathspec translates, and what each
    of these characters stands for.
    """
    plain: list[str] = []
    parts: dict[str, str] = {}
    position = 0
    while position <= len(body):
        tokens, end = _component(body, position)
        if body[position:end] == "**" and not by_name:
            plain.append("**")
        elif tokens == [_STAR]:
            plain.append("*")
        else:
            char = chr(_FIRST_STAND_IN + len(parts))
            parts[char] = _joined(tokens)
            plain.append(char)
        position = end + 1
    return "/".join(plain), parts


def _component(body: str, position: int) -> tuple[list[str], int]:
    """
    The expressions of one component, stars as `_STAR` and never two in a row, and where it ends.
    """
    tokens: list[str] = []
    while position < len(body) and body[position] != "/":
        char = body[position]
        if char == "[":
            part, position = translate(body, position)
            tokens.append(part)
            continue
        if char == "\\":
            position += 1
            if position == len(body) or body[position] == "/":
                message = "a backslash escapes nothing"
                raise DoubtfulPatternError(message)
            tokens.append(re.escape(body[position]))
        elif char == "*":
            tokens += [_STAR] if tokens[-1:] != [_STAR] else []
        else:
            tokens.append("[^/]" if char == "?" else re.escape(char))
        position += 1
    return tokens, position


def _joined(tokens: list[str]) -> str:
    """
    One expression that takes linear time a star: what stands between two stars is settled at its first match.
    """
    chunks = [""]
    for token in tokens:
        if token == _STAR:
            chunks.append("")
        else:
            chunks[-1] += token
    if len(chunks) == 1:
        return chunks[0]
    first, *middle, last = chunks
    return first + "".join(f"(?>[^/]*?{chunk})" for chunk in middle) + f"[^/]*{last}"

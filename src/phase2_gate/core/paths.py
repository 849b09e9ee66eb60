"""
Member paths: what a name in a bundle may look like, on every platform at once.

Bundles travel, so the rules of Windows, macOS and POSIX hold everywhere, and one file has one spelling. Names are
refused, never cleaned. The rules, each with its slug:

 1. ``name-empty``: a name has at least one character.
 2. ``name-too-long``: at most `MAX_COMPONENT_BYTES` a component, `MAX_PATH_BYTES` and `MAX_COMPONENTS` a path.
 3. ``name-absolute``: no leading slash.
 4. ``name-backslash``: no backslash (a separator on Windows alone; APPNOTE 4.4.17.1 wants ``/``).
 5. ``name-drive``: no ``C:`` in front.
 6. ``name-colon``: no other colon (alternate data streams of NTFS).
 7. ``name-control``: no C0, DEL, C1, no line or paragraph separator.
 8. ``name-forbidden-character``: none of ``<>"|?*``, which Windows cannot hold.
 9. ``name-empty-component``, ``name-dot-component``, ``name-traversal``: no empty, ``.`` or ``..`` component.
10. ``name-trailing-dot-or-space``: no component ends so (Windows strips them).
11. ``name-leading-character``: no component begins with a space, no path with ``-`` or ``~``, which tools misread.
12. ``name-reserved``: no device name of Windows, whatever its case and extension.
13. ``name-short-alias``: nothing of the form of an 8.3 alias (``MANIFE~1.TXT`` opens another file on Windows).
14. ``name-not-nfc``: Unicode normal form C.
15. ``name-invisible``: nothing invisible or reordering (format characters, variation selectors, fillers).
16. ``name-unassigned``: no private, unassigned or noncharacter code point, whose folding nobody knows.

References: Go ``internal/safefilepath`` (CVE-2023-45284), git ``verify_path``, Microsoft "Naming Files, Paths, and
Namespaces", Unicode UAX #15 and UTS #39.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from .errors import InvalidPathError
from .findings import Finding
from .typed import NamedTuple, NewType

MemberPath = NewType("MemberPath", str)
"""A path that breaks none of the rules above."""

MAX_COMPONENT_BYTES = 255
"""NAME_MAX of every common file system, in UTF-8 bytes; NTFS counts UTF-16 units, which are never more."""
MAX_PATH_BYTES = 1024
"""PATH_MAX of macOS, the smallest of the common ones; in UTF-8 bytes."""
MAX_COMPONENTS = 100
"""Deeper trees exist in attacks only; every level costs a directory descriptor while extracting."""

_RESERVED = r"(?i:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$)"
# Texts, compiled when the first name asks for them: to compile them takes longer than to judge a small bundle.
_DEVICE = rf"(?is:{_RESERVED} *(?:\..*)?)"
_SHORT_ALIAS = r"[^.~]{1,6}~[0-9]{1,6}(?:\.[^.]{0,3})?"
# The same devices, as far as they are ASCII; spelled so that the engine sees from the first letter that there is none.
_PLAIN_RESERVED = r"(?:[Cc][Oo](?:[Nn]|[Mm][0-9])|[Pp][Rr][Nn]|[Aa][Uu][Xx]|[Nn][Uu][Ll]|[Ll][Pp][Tt][0-9])"
_PLAIN_COMPONENT = rf"(?!{_PLAIN_RESERVED}(?:[./]|\Z))[A-Za-z0-9_](?:[A-Za-z0-9_.+-]{{0,98}}[A-Za-z0-9_+-])?"
_PLAIN_NAME = re.compile(_PLAIN_COMPONENT)
_PLAIN_LENGTH = 2 * MAX_COMPONENTS - 1  # no path of this length has more components, nor more bytes than are allowed
_PORTION = 256  # paths that are taken apart with one call
_Report = Callable[[str, str, str], None]  # rule, detail, what was seen
_FORBIDDEN = frozenset('<>"|?*')
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_SEPARATORS = frozenset("\u2028\u2029")


def is_plain(text: str) -> bool:
    """
    Whether `text` is of the common harmless form (ASCII words and slashes) that can break no rule.

    A fast path only: what it does not recognise goes through every rule one by one.
    """
    return len(text) <= _PLAIN_LENGTH and all(map(_PLAIN_NAME.fullmatch, text.split("/")))


class Portion(NamedTuple):
    """
    Some of many paths, taken apart once for whoever looks at their components.
    """

    start: int
    """The place of the first."""
    paths: Sequence[str]
    """The paths; an empty text for one that is longer than a path may be."""
    components: frozenset[str]
    """Every component of them."""


def portions(paths: Sequence[str]) -> Iterator[Portion]:
    """
    `paths` in portions, in their order. What lies close together has directories in common, which are looked at once.
    """
    for start in range(0, len(paths), _PORTION):
        some = paths[start : start + _PORTION]
        if max(map(len, some)) > MAX_PATH_BYTES:
            some = [path if len(path) <= MAX_PATH_BYTES else "" for path in some]
        yield Portion(start, some, frozenset("/".join(some).split("/")))


def uncommon(portion: Portion) -> list[int]:
    """
    The places of the paths that are not `is_plain`, in their order.
    """
    start, some, components = portion
    if all(map(_PLAIN_NAME.fullmatch, components)) and max(map(len, some)) <= _PLAIN_LENGTH:
        return []
    odd = {name for name in components if not _PLAIN_NAME.fullmatch(name)}
    return [
        place
        for place, path in enumerate(some, start)
        if len(path) > _PLAIN_LENGTH or not odd.isdisjoint(path.split("/"))
    ]


def problems(text: str) -> tuple[Finding, ...]:
    """
    Every rule that `text` breaks, at most one finding a rule.

    Args:
        text: A candidate for a member path, without the trailing slash of a directory member. Lone surrogates stand
            for bytes that are not UTF-8 and are left to the caller, who knows what the bytes were.
    """
    if is_plain(text):
        return ()
    if not text:
        return (Finding("name-empty", text, "the name is empty"),)
    found: dict[str, Finding] = {}

    def report(rule: str, detail: str, seen: str) -> None:
        found.setdefault(rule, Finding(rule, text, detail, seen=seen))

    _whole_path(text, report)
    # What is too long is refused; the directories at its head are judged besides, so no name costs more than another.
    judged = text if len(text) <= MAX_PATH_BYTES else text[:MAX_PATH_BYTES].rpartition("/")[0]
    _characters(judged, report)
    for component in judged.split("/") if judged else ():
        _component(component, report)
    if not judged.isascii():
        _unicode(judged, report)
    # A drive is no stream, a leading slash is no empty component: one defect, one finding.
    if "name-absolute" in found and not text.lstrip("/").startswith("/") and "//" not in text.lstrip("/"):
        found.pop("name-empty-component", None)
    return tuple(found[rule] for rule in sorted(found))


def parse(text: str) -> MemberPath:
    """
    `text` as a member path.

    Raises:
        InvalidPathError: when it breaks a rule; the message names the first one.
    """
    broken = problems(text)
    if not broken and not _encodable(text):
        message = f"{text!r}: not a member path: bytes that are not utf-8 (name-not-utf8)"
        raise InvalidPathError(message)
    if broken:
        message = f"{text!r}: not a member path: {broken[0].detail} ({broken[0].rule})"
        raise InvalidPathError(message)
    return MemberPath(text)


def _encodable(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


def _whole_path(text: str, report: _Report) -> None:
    if text.startswith("/"):
        report("name-absolute", "the path is absolute", text[:8])
    if text[0] in "-~":
        report("name-leading-character", "tools take the first character for a switch or a home", text[0])
    encoded = len(text.encode("utf-8", "surrogatepass"))
    depth = text.count("/") + 1
    if encoded > MAX_PATH_BYTES:
        report("name-too-long", f"the path is over {MAX_PATH_BYTES} bytes", f"{encoded} bytes")
    elif depth > MAX_COMPONENTS:
        report("name-too-long", f"the path has over {MAX_COMPONENTS} components", f"{depth} components")


def _characters(text: str, report: _Report) -> None:
    drive = len(text) > 1 and text[1] == ":" and text[0].isascii() and text[0].isalpha()
    if drive:
        report("name-drive", "the path names a drive", text[:2])
    if ":" in (text[2:] if drive else text):
        report("name-colon", "a colon opens an alternate data stream on windows", ":")
    for char in text:
        if char == "\\":
            report("name-backslash", "a backslash separates directories on windows alone", "\\")
        elif char < " " or "\x7f" <= char <= "\x9f" or char in _SEPARATORS:
            report("name-control", "a control character or line separator", f"U+{ord(char):04X}")
        elif char in _FORBIDDEN:
            report("name-forbidden-character", "a character that windows cannot hold", char)


def _component(component: str, report: _Report) -> None:
    if component == "..":
        report("name-traversal", "a component climbs to the parent", component)
    elif component == ".":
        report("name-dot-component", "a component is the directory itself", component)
    elif not component:
        report("name-empty-component", "a component is empty", "//")
    elif component[-1] in ". ":
        report("name-trailing-dot-or-space", "windows strips the end of the name", component[-8:])
    if component.startswith(" "):
        report("name-leading-character", "a component begins with a space", component[:8])
    if len(component.encode("utf-8", "surrogatepass")) > MAX_COMPONENT_BYTES:
        report(
            "name-too-long",
            f"a component is over {MAX_COMPONENT_BYTES} bytes",
            f"{len(component)} characters",
        )
    if re.fullmatch(_DEVICE, component):
        report("name-reserved", "a device on windows", component)
    if re.fullmatch(_SHORT_ALIAS, component):
        report("name-short-alias", "windows may open another file by this short name", component)


def _unicode(text: str, report: _Report) -> None:
    import unicodedata

    if unicodedata.normalize("NFC", text) != text:
        report("name-not-nfc", "the name is not in unicode normal form c", "another form")
    for char in text:
        if char.isascii():
            continue
        category = unicodedata.category(char)
        code = f"U+{ord(char):04X}"
        if category in {"Cn", "Co"}:
            report("name-unassigned", "a private or unassigned code point", code)
        elif (
            category == "Cf" or char in _FILLERS or "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
        ):
            report("name-invisible", "an invisible or reordering character", code)

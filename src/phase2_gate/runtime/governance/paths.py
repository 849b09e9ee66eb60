"""
One spelling per file: which texts are paths at all, and when two of them may name the same file.

A path is refused, never cleaned. Accepted is exactly: relative, ``/`` between components, no empty, ``.`` or ``..``
component, NFC, no control or format characters, and no component that some platform would read as something
else (drives, streams, device names, short names, trailing dots and spaces). The rules are the same everywhere,
because repositories travel.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["MAX_COMPONENTS", "MAX_COMPONENT_BYTES", "MAX_PATH_BYTES", "component_problem", "fold", "path_problem"]

# The smallest PATH_MAX among the platforms (macOS), in bytes.
MAX_PATH_BYTES = 1024
# NAME_MAX of every common file system, in bytes.
MAX_COMPONENT_BYTES = 255
# Deeper trees exist only to exhaust something.
MAX_COMPONENTS = 128

# Separators and streams elsewhere, and the characters that Windows refuses in names.
_FOREIGN = frozenset('\\:<>"|?*')
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "clock$", "conin$", "conout$"}
    | {f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789\u00b9\u00b2\u00b3"}
)
# What an 8.3 alias looks like, such as GIT~1 or PROGRA~1.TXT.
_SHORT_NAME = re.compile(r"[^.]{1,6}~[0-9]{1,6}(\.[^.]{0,3})?")
# Octets that mean something to whoever decodes once too often: dot, slash, backslash, NUL.
_ENCODED = re.compile(r"%(2e|2f|5c|00)", re.IGNORECASE)


def path_problem(path: object) -> tuple[str, str] | None:
    """
    Say why a value is not a path inside the root (reason code, detail), or None if it is one.

    Pure and total: any object may be passed. A subclass of `str` is not a path, since it may lie.
    """
    if type(path) is not str:
        return "PATH_NOT_TEXT", f"seen {type(path).__name__}"
    if not path:
        return "PATH_EMPTY", "the root itself is not a path"
    # Before anything is looked at: no check may run on a text that the system calls would cut or refuse.
    if len(path) > MAX_PATH_BYTES:
        return "PATH_TOO_LONG", f"seen {len(path)} characters, need at most {MAX_PATH_BYTES} bytes"
    try:
        size = len(path.encode())
    except UnicodeEncodeError:
        return "PATH_NOT_CANONICAL", "holds a lone surrogate"
    if size > MAX_PATH_BYTES:
        return "PATH_TOO_LONG", f"seen {size} bytes, need at most {MAX_PATH_BYTES}"
    if path.startswith(("/", "\\")) or path[1:2] == ":":
        return "PATH_ABSOLUTE", "need a path relative to the root"
    if path.startswith("~"):
        return "PATH_ABSOLUTE", "a leading '~' means a home directory elsewhere"
    components = path.split("/")
    if ".." in components:
        return "PATH_TRAVERSAL", "'..' is refused, not resolved"
    if len(components) > MAX_COMPONENTS:
        return "PATH_TOO_LONG", f"seen {len(components)} components, need at most {MAX_COMPONENTS}"
    for component in components:
        problem = component_problem(component)
        if problem is not None:
            return "PATH_NOT_CANONICAL", f"component {component!r}: {problem}"
    return None


def component_problem(component: str) -> str | None:
    """
    Say why a text cannot be one component of a path, or None if it can.
    """
    if component in {"", ".", ".."}:
        return "empty or a relative step"
    if component[-1] in ". ":
        return "ends with a dot or a space, which Windows drops"
    if not _FOREIGN.isdisjoint(component):
        return "holds a character that separates or is refused elsewhere"
    if _ENCODED.search(component):
        return "holds an encoded dot, slash, backslash or NUL"
    if _SHORT_NAME.fullmatch(component):
        return "looks like a short name, an alias of another file"
    if component.partition(".")[0].rstrip().lower() in _DEVICES:
        return "names a device on Windows"
    if component.isascii():
        text_problem = None if component.isprintable() else "holds a control character"
    else:
        text_problem = _unicode_problem(component)
    if text_problem is None and len(component.encode()) > MAX_COMPONENT_BYTES:
        return f"longer than {MAX_COMPONENT_BYTES} bytes"
    return text_problem


def fold(text: str) -> str:
    """
    Map all texts that some file system takes for the same name to one (canonical caseless matching, then NFC).
    """
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())


def _unicode_problem(component: str) -> str | None:
    for character in component:
        category = unicodedata.category(character)
        # Controls, format characters (bidi, zero width, HFS ignorables), surrogates, line separators.
        if category in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
            return f"holds {character!r} (category {category})"
    if unicodedata.normalize("NFC", component) != component:
        return "not in NFC"
    compatible = unicodedata.normalize("NFKC", component)
    if not (_FOREIGN | {"/"}).isdisjoint(compatible) or compatible[-1] in ". ":
        return "looks like a dot or a separator"
    return None

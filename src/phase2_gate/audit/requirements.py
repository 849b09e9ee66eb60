"""
The auditor's list of packages that the tests of a bundle need.

A subset of pip's requirements files, in which every line says exactly which files may be installed::

    pytest==8.3.4 --hash=sha256:<64 hexadecimal digits>
    iniconfig==2.0.0 ; python_version >= "3.8" --hash=sha256:… --hash=sha256:…

A backslash at the end of a line continues it.

Neither options, nor other files, nor addresses: whatever could bring in something that no digest covers is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import SettingsError

_LINE = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)"
    r"(?:\[[A-Za-z0-9._, -]*\])?\s*==\s*(?P<version>[A-Za-z0-9.!+_-]+)"
    r"(?:\s*;\s*(?P<marker>[^#;@]+?))?"
    r"(?P<hashes>(?:\s+--hash=sha256:[0-9a-f]{64})+)"
)
_MARKER = re.compile(r"""[A-Za-z0-9_.'"<>=!~()\s,-]+""")
_COMMENT = re.compile(r"(^|\s)#.*")
_LARGEST = 1024 * 1024
"""Bytes of a list; one of a thousand packages with many digests each stays below."""


@dataclass(frozen=True, slots=True)
class Requirements:
    """
    A checked list.
    """

    lines: tuple[str, ...]
    """Its requirements, each on one line."""

    def render(self) -> str:
        """
        The list as pip reads it.
        """
        return "".join(f"{line}\n" for line in self.lines)


def read(path: str) -> Requirements:
    """
    The list in a file.

    Args:
        path: The file.

    Raises:
        SettingsError: when it cannot be read, or a line is not as above.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not utf-8: seen byte {data[error.start]:#04x} at {error.start}") from error
    if len(data) > _LARGEST:
        raise SettingsError(f"{path}: too large: need at most {_LARGEST} bytes")
    return parse(text, path)


def parse(text: str, name: str) -> Requirements:
    """
    A list from its text.

    Args:
        text: The text.
        name: What messages call it.

    Raises:
        SettingsError: when a line is not as above, or pytest is not among the packages.
    """
    lines: list[str] = []
    names: set[str] = set()
    for number, line in _joined(text):
        found = _LINE.fullmatch(line)
        marker = None if found is None else found["marker"]
        if found is None or (marker is not None and (not _MARKER.fullmatch(marker) or "--" in marker)):
            message = f"{name}: line {number}: seen {line!r}, need NAME==VERSION with --hash=sha256:… for each file"
            raise SettingsError(message, hint="`pip-compile --generate-hashes` or `uv export` writes such a list")
        lines.append(line)
        names.add(re.sub(r"[-_.]+", "-", found["name"]).lower())
    if "pytest" not in names:
        message = f"{name}: pytest is missing in the list"
        raise SettingsError(message, hint="the tests run in an environment that holds these packages alone")
    return Requirements(tuple(lines))


def _joined(text: str) -> list[tuple[int, str]]:
    """
    The lines that say something, continued ones joined, each with its number.
    """
    found: list[tuple[int, str]] = []
    pending, begin = "", 0
    for number, raw in enumerate([*text.splitlines(), ""], 1):
        line = _COMMENT.sub("", raw).strip()
        begin = begin if pending else number
        pending = f"{pending} {line.removesuffix(chr(92))}"
        if not line.endswith("\\"):
            if bare := " ".join(pending.split()):
                found.append((begin, bare))
            pending = ""
    return found

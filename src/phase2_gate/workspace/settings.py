"""
Settings: ``[tool.phase2-gate]`` of a workspace's ``pyproject.toml``, for every way of building alike.

::

    [tool.phase2-gate]
    output = "artifacts/bundles/<name of the workspace's directory>.zip"   # where the bundle is written
    report-dir = "artifacts/reports"       # where reports go
    sources = { "src/app" = "app" }        # directories that ship under another name; "" is the root
    executable = ["scripts/*.sh"]          # members of mode 0755, as patterns of an ignore file
    carry-verifier = false                 # whether the bundle carries a verifier under scripts/
    manifest-in-workspace = false          # whether manifest.txt of the workspace is kept up to date
    lift = ["tests/data/.env"]             # exact paths that the built-in list of what is never packed leaves alone
    require-clean-git = false              # whether every packed file has to be as in the last commit

Everything has a default, the file too. Unknown keys and wrong types are errors that name the key path.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path

from ..core.errors import SelectionError, SettingsError
from ..core.typed import NamedTuple
from . import ignore, reading
from .ignore import IgnoreFile

FILE = "pyproject.toml"
"""Where the settings stand."""
TABLE = "tool.phase2-gate"
"""The table."""
KEYS = (
    "output",
    "report-dir",
    "sources",
    "executable",
    "carry-verifier",
    "manifest-in-workspace",
    "lift",
    "require-clean-git",
)
"""Everything that can be set."""

_NO_PATTERNS = IgnoreFile(f"{FILE}: {TABLE}.executable", ())


class Settings(NamedTuple):
    """
    How one workspace is packed.
    """

    output: str
    """Where the bundle is written, relative to the workspace."""
    report_dir: str = "artifacts/reports"
    """Where reports go, relative to the workspace."""
    sources: tuple[tuple[str, str], ...] = ()
    """Directories of the workspace and what they are called in the bundle; the longest that fits counts."""
    executable: IgnoreFile = _NO_PATTERNS
    """Patterns for members that everybody may execute."""
    carry_verifier: bool = False
    """Whether a copy of the verifier travels along."""
    manifest_in_workspace: bool = False
    """Whether the manifest is also written into the workspace."""
    lift: frozenset[str] = frozenset()
    """Paths that the built-in list does not apply to; for a directory, the directory's own name alone."""
    require_clean_git: bool = False
    """Whether a build is refused when a packed file is not as in the last commit."""


def load(workspace: Path) -> Settings:
    """
    The settings of `workspace`.

    Raises:
        SettingsError: when they cannot be read or used.
    """
    try:
        name = os.path.basename(os.path.realpath(workspace)) or "workspace"
    except OSError as error:  # a directory that was taken away while somebody works in it
        message = f"{str(workspace)!r}: cannot be found: {error.strerror}: need a directory that is there"
        raise SettingsError(message) from error
    data = _content(workspace)
    if data is None:
        return parse({}, name)
    try:
        document = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        message = f"{FILE}: not TOML: {error}"
        raise SettingsError(message) from error
    tool = document.get("tool", {})
    if not isinstance(tool, dict):
        message = f"{FILE}: tool: seen {tool!r}, need a table"
        raise SettingsError(message)
    table = tool.get("phase2-gate", {})
    if not isinstance(table, dict):
        raise _fail("", table, "a table")
    return parse(table, name)


def _content(workspace: Path) -> bytes | None:
    """
    The content of the file, or None where there is none; a link is not followed, and a pipe not waited for.
    """
    location = os.fsencode(workspace / FILE)
    try:
        if stat.S_ISLNK(os.lstat(location).st_mode):
            message = f"{FILE}: a link, which is never followed: need a file"
            raise SettingsError(message, hint="put the file itself into the workspace")
        return reading.whole(location)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        message = f"{FILE}: cannot be read: {error.strerror}"
        raise SettingsError(message) from error


def parse(table: Mapping[str, object], name: str) -> Settings:
    """
    The settings that a decoded table states.

    Args:
        table: ``[tool.phase2-gate]`` as `tomllib` gives it.
        name: The name of the workspace's directory.

    Raises:
        SettingsError: when a key is unknown or a value of the wrong type; names the key path.
    """
    for key in table:
        if key not in KEYS:
            message = f"{FILE}: {TABLE}.{key}: unknown key: need one of {', '.join(KEYS)}"
            raise SettingsError(message)
    return Settings(
        output=_path(table.get("output", f"artifacts/bundles/{name}.zip"), ".output"),
        report_dir=_path(table.get("report-dir", "artifacts/reports"), ".report-dir"),
        sources=_sources(table.get("sources", {})),
        executable=_patterns(table.get("executable", [])),
        carry_verifier=_flag(table.get("carry-verifier", False), ".carry-verifier"),
        manifest_in_workspace=_flag(table.get("manifest-in-workspace", False), ".manifest-in-workspace"),
        lift=frozenset(
            _path(path, f".lift[{index}]") for index, path in enumerate(_list(table.get("lift", []), ".lift"))
        ),
        require_clean_git=_flag(table.get("require-clean-git", False), ".require-clean-git"),
    )


def _fail(key: str, seen: object, need: str) -> SettingsError:
    return SettingsError(f"{FILE}: {TABLE}{key}: seen {seen!r}, need {need}")


def _flag(value: object, key: str) -> bool:
    if not isinstance(value, bool):
        raise _fail(key, value, "true or false")
    return value


def _list(value: object, key: str) -> list[object]:
    if not isinstance(value, list):
        raise _fail(key, value, "a list")
    return value


def _path(value: object, key: str, *, root: bool = False) -> str:
    """
    A path below the workspace, with forward slashes; the root as ``""`` where that makes sense.
    """
    need = "a path below the workspace with forward slashes"
    if not isinstance(value, str) or "\0" in value:
        raise _fail(key, value, need)
    text = value.removesuffix("/")
    if root and not value:
        return ""
    parts = text.split("/")
    if "\\" in text or any(part in {"", ".", ".."} for part in parts) or text[1:2] == ":":
        raise _fail(key, value, need)
    return text


def _sources(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise _fail(".sources", value, "a table")
    found: dict[str, str] = {}
    for source, target in value.items():
        key = f'.sources."{source}"'
        directory = _path(source, key, root=True)
        if directory in found:
            raise _fail(key, source, "each directory once")
        found[directory] = _path(target, key, root=True)
    # The longest first: the directory nearest to a file says where it goes.
    return tuple(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))


def _patterns(value: object) -> IgnoreFile:
    key = ".executable"
    lines = []
    for index, item in enumerate(_list(value, key)):
        if not isinstance(item, str) or "\n" in item:
            raise _fail(f"{key}[{index}]", item, "a pattern of one line")
        lines.append(item)
    try:
        return ignore.parse("\n".join(lines).encode("utf-8", "surrogatepass"), f"{FILE}: {TABLE}{key}")
    except SelectionError as error:
        raise SettingsError(error.message, hint=error.hint) from error

"""
Where something is said, a file and a line for people who want to change it; and where what the settings say leads, if
anywhere.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from ..core import manifest
from ..core.errors import SettingsError
from ..core.typed import NamedTuple
from . import beside, reading, settings
from .settings import Settings

_HEADER = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?")


class Place(NamedTuple):
    """
    What decided.
    """

    file: str
    """A file, relative to the workspace, or what else has a say: the built-in list, a rule, a default."""
    line: int | None
    """The line, where it is one of a file."""
    text: str
    """What stands there, or what it says."""

    def __str__(self) -> str:
        return f"{self.file}: {self.text}" if self.line is None else f"{self.file}:{self.line}: {self.text}"


def of_setting(workspace: Path, key: str, value: str) -> Place:
    """
    Where the setting `key` is written.

    The file was read and found in order before; this only looks for the line. Where TOML has ways of writing that are
    not looked for (dotted keys, inline tables), the key path stands for the line.

    Args:
        workspace: The workspace.
        key: The key; a key of a table below as ``sources."src/app"``.
        value: What it says, shown where no line was found.
    """
    try:
        lines = reading.whole(os.fsencode(workspace / settings.FILE)).decode("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    table, _, name = f"{settings.TABLE}.{key}".partition('."')
    if name:
        name = name.removesuffix('"')
    else:
        table, _, name = table.rpartition(".")
    current = ""
    written = re.compile(rf"""\s*(?:{re.escape(name)}|"{re.escape(name)}"|'{re.escape(name)}')\s*=""")
    for number, line in enumerate(lines, 1):
        header = _HEADER.fullmatch(line)
        if header is not None:
            current = re.sub(r"\s*\.\s*", ".", header[1].strip()).replace('"', "")
        elif current == table and written.match(line):
            return Place(settings.FILE, number, line.strip())
    return Place(f"{settings.FILE}: {settings.TABLE}.{key}", None, value)


def refuse_outside(workspace: Path, wanted: Settings) -> None:
    """
    Refuses settings that name places outside of the workspace: a link on the way leads there, whatever the path says.

    Args:
        workspace: The workspace.
        wanted: Its settings.

    Raises:
        SettingsError: when what is written would come to lie outside; names the key.
    """
    root = os.path.realpath(workspace)
    # A file is put in its place by a rename, which replaces a link; a directory's own link is followed.
    for key, value, directory in (
        ("output", wanted.output, os.path.dirname(wanted.output)),
        ("report-dir", wanted.report_dir, wanted.report_dir),
    ):
        place = os.path.realpath(os.path.join(root, reading.on_disk(directory)))
        if not _is_within(place, root):
            message = (
                f"{settings.FILE}: {settings.TABLE}.{key}: {value!r} leads out of the workspace: "
                f"seen {place!r}, need a place below {root!r}"
            )
            raise SettingsError(message, hint="a directory on the way is a link; name another, or take the link away")


def unmet(workspace: Path, wanted: Settings) -> tuple[str, ...]:
    """
    What ``lift`` and ``sources`` name and nobody finds: changing nothing, a slip of the pen would say nothing either.

    Args:
        workspace: The workspace.
        wanted: Its settings.

    Returns:
        One line each.
    """
    start = f"{settings.FILE}: {settings.TABLE}"
    lines = [
        f"{start}.lift: {path!r} lifts nothing: there is no such file or directory; need an exact path"
        for path in sorted(wanted.lift)
        if not os.path.lexists(workspace / reading.on_disk(path))
    ]
    lines += [
        f"{start}.sources: {source!r} ships nothing as {target!r}: there is no such directory"
        for source, target in sorted(wanted.sources)
        if not os.path.isdir(workspace / reading.on_disk(source))
    ]
    return tuple(lines)


def _is_within(place: str, root: str) -> bool:
    try:
        return os.path.relpath(place, root).split(os.sep)[0] != os.pardir
    except ValueError:  # another drive
        return False


def own_paths(workspace: Path, wanted: Settings, output: Path | None) -> tuple[frozenset[str], tuple[str, ...]]:
    """
    What this tool writes into the workspace: exact paths, and how the paths of temporary files begin.

    Raises:
        SettingsError: when the settings lead out of the workspace.
    """
    refuse_outside(workspace, wanted)
    root = os.path.realpath(workspace)
    own = {manifest.NAME, wanted.report_dir}
    prefixes = []
    stated = workspace / reading.on_disk(wanted.output)
    bundles = {stated, output or stated}
    for target in bundles | {bundle.with_name(beside.envelope(bundle.name)) for bundle in bundles}:
        # The directory may be reached through a link; what is asked is where in the workspace it is.
        directory = os.path.realpath(target.parent)
        try:
            inside = os.path.relpath(os.path.join(directory, target.name), root).replace(os.sep, "/")
        except ValueError:  # another drive
            continue
        own.add(reading.as_walked(inside))
        prefixes.append(reading.as_walked(inside.removesuffix(target.name) + temporary_prefix(target.name)))
    return frozenset(own), tuple(sorted(prefixes))


def temporary_prefix(name: str) -> str:
    """
    How the names of temporary files for an output called `name` begin.
    """
    return f".{name}.partial-"

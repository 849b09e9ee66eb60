"""
The manifest of a workspace, without a bundle around it.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from ..core import manifest as core_manifest
from ..core.errors import BuildError
from ..core.manifest import Line
from ..workspace import settings as workspace_settings
from ..workspace.selection import describe, secret
from ..workspace.settings import Settings
from . import content, contents
from .output import replacing


def manifest(workspace: Path, *, output: Path | None = None, settings: Settings | None = None) -> bytes:
    """
    The manifest that the bundle of `workspace` holds, byte for byte.

    Args:
        workspace: Its directory.
        output: Where the bundle is written, which is no member of it; left out, where the settings say.
        settings: Left out, the workspace's own.

    Raises:
        SettingsError, SelectionError, BuildError: as `phase2_gate.build.build`.
    """
    return core_manifest.render(_lines(workspace, output, settings))


def write_manifest(workspace: Path, *, output: Path | None = None, settings: Settings | None = None) -> bool:
    """
    Brings ``manifest.txt`` at the root of the workspace up to date; arguments as for `manifest`.

    Returns:
        Whether it was written; a file that is right already is left alone.
    """
    return put(workspace, manifest(workspace, output=output, settings=settings))


def put(workspace: Path, text: bytes) -> bool:
    """
    As `write_manifest`, with a manifest that is known.
    """
    target = workspace / core_manifest.NAME
    if target.is_file() and not target.is_symlink() and target.read_bytes() == text:
        return False
    with replacing(target) as descriptor, open(descriptor, "wb", closefd=False) as file:
        file.write(text)
    return True


def check_manifest(workspace: Path, *, output: Path | None = None, settings: Settings | None = None) -> tuple[str, ...]:
    """
    How ``manifest.txt`` at the root of the workspace differs from what it should be; arguments as for `manifest`.

    Returns:
        One line for each difference, sorted; none when there is none.

    Raises:
        BuildError: when it is there and cannot be read; and as `manifest`.
    """
    lines = _lines(workspace, output, settings)
    try:
        seen = (workspace / core_manifest.NAME).read_bytes()
    except FileNotFoundError:
        return (f"{core_manifest.NAME}: not there",)
    except OSError as error:
        message = f"{core_manifest.NAME}: cannot be read: {error.strerror}"
        raise BuildError(message) from error
    if seen == core_manifest.render(lines):
        return ()
    parsed = core_manifest.parse(seen)
    listed = {line.path: line.digest for line in parsed.lines}
    wanted = {line.path: line.digest for line in lines}
    differences = [f"{path}: selected, but not listed" for path in wanted.keys() - listed.keys()]
    differences += [f"{path}: listed, but not selected" for path in listed.keys() - wanted.keys()]
    differences += [
        f"{path}: changed since it was listed" for path in wanted.keys() & listed.keys() if wanted[path] != listed[path]
    ]
    differences += [describe(finding) for finding in parsed.findings]
    return tuple(sorted(differences))


def _lines(workspace: Path, output: Path | None, settings: Settings | None) -> list[Line]:
    settings = settings or workspace_settings.load(workspace)
    selection = contents.selected(workspace, settings, output)
    lines = []
    secrets = []
    with closing(content.opened(selection.members)) as files:
        for file in files:
            read = content.read(file, _forget)
            lines.append(Line(read.digest, file.member.path))
            if read.secret is not None:
                secrets.append(secret(file.member.source, read.secret))
    contents.refuse_secrets(secrets, settings)
    return lines


def _forget(_: bytes) -> None:
    """
    Takes content that only its digest is wanted of.
    """

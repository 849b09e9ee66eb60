"""
Building and comparing bundles: `phase2_gate.build` and `phase2_gate.diff`.
"""

from __future__ import annotations

import os
from pathlib import Path

from ..build.bundle import Built
from ..build.bundle import build as build_bundle
from ..build.progress import Progress
from ..core.typed import TYPE_CHECKING
from ..workspace import settings as workspace_settings
from ..workspace.places import unmet

if TYPE_CHECKING:
    from ..compare.comparison import Comparison


def build(
    workspace: str | os.PathLike[str] = ".",
    *,
    output: str | os.PathLike[str] | None = None,
    strict_git: bool = False,
    progress: Progress | None = None,
) -> Built:
    """
    Writes the bundle of a workspace.

    As ``phase2-gate build``. The bytes depend on the files and the settings alone; whatever fails leaves no bundle.

    Args:
        workspace: Its directory.
        output: Where the bundle goes; None for where the settings say.
        strict_git: Whether it is an error that git ignores a file that is packed, or tracks one that is left out.
        progress: Told how far it is: `phase` (``walking``, ``writing``, ``verifying``), `files` and `size` so far, and
            how many there are.

    Returns:
        Where the bundle lies, its digests, its members, and what should be known about it.

    Raises:
        SettingsError: when the settings in ``pyproject.toml`` cannot be used.
        SelectionError: when the workspace must not be packed as it is; every reason is a line of the message.
        BuildError: when a file changes meanwhile, the bundle cannot be written, or git has to answer and does not.
    """
    place = Path(workspace)
    settings = workspace_settings.load(place)
    target = None if output is None else Path(output)
    built = build_bundle(place, output=target, settings=settings, strict_git=strict_git, progress=progress)
    return built._replace(warnings=(*unmet(place, settings), *built.warnings))


def diff(a: str | os.PathLike[str], b: str | os.PathLike[str]) -> Comparison:
    """
    Compares two bundles, a bundle and a workspace, or two directories.

    As ``phase2-gate diff``.

    Args:
        a: A bundle or a directory, called A.
        b: A bundle or a directory, called B; beside a bundle, a directory is a workspace, and what counts is the bundle
            that `build` would write of it.

    Returns:
        The comparison: its `outcome` is ``equal``, ``different`` or ``not judged``, its `differences` say why.

    Raises:
        SourceError: when one cannot be read.
        SettingsError, SelectionError, BuildError: when a workspace cannot be packed.
    """
    from ..compare.operands import compare

    return compare(os.fspath(a), os.fspath(b))

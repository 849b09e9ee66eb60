"""
What goes into a bundle: the workspace's selection and, where the settings ask for it, the carried verifier.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..core.errors import SelectionError
from ..core.findings import Finding
from ..workspace.selection import Selection, describe, select
from ..workspace.settings import Settings
from . import carried


def selected(workspace: Path, settings: Settings, target: Path | None = None) -> Selection:
    """
    Everything that goes into the bundle of `workspace`, the carried verifier included.

    Raises:
        SelectionError: when the workspace must not be packed as it is.
        BuildError: when the verifier is not complete.
    """
    extra = carried.files() if settings.carry_verifier else []
    return select(workspace, settings, output=target, extra=extra)


def refuse_secrets(secrets: Iterable[Finding], settings: Settings) -> None:
    """
    Refuses private keys that were found in the content of members.

    Raises:
        SelectionError: when there is one that the settings do not lift.
    """
    broken = [finding for finding in secrets if finding.path not in settings.lift]
    if broken:
        raise SelectionError("\n".join(describe(finding) for finding in broken))

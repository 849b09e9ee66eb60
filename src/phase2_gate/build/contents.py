"""
What goes into a bundle: the workspace's selection and, where the settings ask for it, the carried verifier.
"""

from __future__ import annotations

from pathlib import Path

from ..workspace.selection import Selection, select
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

"""
What goes into a bundle: the workspace's selection and, where the settings ask for it, the carried verifier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from ..core.errors import SelectionError
from ..core.findings import Finding
from ..core.typed import TYPE_CHECKING
from ..workspace.selection import Selection, describe, select
from ..workspace.settings import Settings
from ..workspace.walk import File
from . import carried

if TYPE_CHECKING:
    from ..workspace.explanation import Explanation


def selected(
    workspace: Path, settings: Settings, target: Path | None = None, told: Callable[[int], None] | None = None
) -> Selection:
    """
    Everything that goes into the bundle of `workspace`, the carried verifier included.

    Args:
        workspace: Its directory.
        settings: Its settings.
        target: Where the bundle will be written; None for where the settings say.
        told: Is told how many files were found, after each directory.

    Raises:
        SelectionError: when the workspace must not be packed as it is.
        BuildError: when the verifier is not complete.
    """
    return select(workspace, settings, output=target, extra=_extra(settings), told=told)


def explained(workspace: Path, path: str) -> Explanation:
    """
    Why `path` of `workspace` goes into its bundle or not.

    Raises:
        SettingsError, SelectionError: as `phase2_gate.workspace.explanation.explain`.
        BuildError: when the verifier is not complete.
    """
    from ..workspace import settings as workspace_settings
    from ..workspace.explanation import explain

    settings = workspace_settings.load(workspace)
    return explain(workspace, path, settings, _extra(settings))


def _extra(settings: Settings) -> list[File]:
    return carried.files() if settings.carry_verifier else []


def refuse_secrets(secrets: Iterable[Finding], settings: Settings) -> None:
    """
    Refuses private keys that were found in the content of members.

    Raises:
        SelectionError: when there is one that the settings do not lift.
    """
    broken = [finding for finding in secrets if finding.path not in settings.lift]
    if broken:
        raise SelectionError("\n".join(describe(finding) for finding in broken))

"""
What target and hook share: building into a directory of Hatch's, and telling about it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ..build import build
from ..core.errors import Phase2GateError
from ..workspace import reading
from ..workspace import settings as workspace_settings
from ..workspace.places import unmet
from ..workspace.settings import Settings


class Application(Protocol):
    """
    The part of hatchling's application that is needed here.
    """

    def display_info(self, message: str = ...) -> object:
        """Tells."""

    def display_warning(self, message: str = ...) -> object:
        """Tells what should be known."""


def target(settings: Settings, directory: Path) -> Path:
    """
    The bundle's place in `directory`; its name is the one of the setting ``output``.
    """
    return directory / Path(reading.on_disk(settings.output)).name


def emit(workspace: Path, directory: Path, app: Application) -> Path:
    """
    Builds the bundle of `workspace` into `directory`.

    Raises:
        Phase2GateError: when it cannot be built.
    """
    settings = workspace_settings.load(workspace)
    built = build(workspace, output=target(settings, directory), settings=settings)
    for path, reason in built.skipped:
        app.display_info(f"phase2bundle: {path}: skipped: {reason}")
    for warning in (*unmet(workspace, settings), *built.warnings):
        app.display_warning(f"phase2bundle: {warning}")
    app.display_info(f"phase2bundle: sha256 {built.sha256}, {len(built.members)} members")
    return built.path


def failure(error: Phase2GateError) -> str:
    """
    `error` as a text for people.
    """
    hint = f"\nhint: {error.hint}" if error.hint else ""
    return f"phase2bundle: {error}{hint}"

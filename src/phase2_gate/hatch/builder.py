"""
The builder target ``phase2bundle``.

It collects nothing through hatchling, whose walk follows links out of the tree and can drop all of its ignore rules:
`phase2_gate.build` does the work, so the bytes are those of ``phase2-gate build``. The settings stand in
``[tool.phase2-gate]``; the target's own table takes what Hatch defines for any target and no rules about files.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.plugin.interface import BuilderInterface
from hatchling.plugin.manager import PluginManager

from ..core.errors import Phase2GateError, SettingsError
from ..workspace import reading
from ..workspace import settings as workspace_settings
from ..workspace.places import refuse_outside
from ..workspace.settings import Settings
from . import emission

TARGET = "phase2bundle"
"""The name of the target and of the hook."""
OPTIONS = ("dependencies", "directory", "hooks", "require-runtime-dependencies", "require-runtime-features", "versions")
"""Hatch's options that mean something for a bundle."""


class BundleBuilderConfig(BuilderConfig):
    """
    The target's table.
    """

    def refuse_unknown(self) -> None:
        """
        Refuses options that would be read by nobody.

        Raises:
            SettingsError: when there is one.
        """
        for key in self.target_config:
            if key not in OPTIONS:
                message = (
                    f"pyproject.toml: tool.hatch.build.targets.{TARGET}.{key}: unknown key: "
                    f"need one of {', '.join(OPTIONS)}"
                )
                raise SettingsError(message, hint="which files go in is said by .bundleignore and [tool.phase2-gate]")

    @cached_property
    def directory(self) -> str:
        """
        Where the bundle goes: where Hatch's options say, else where the setting ``output`` says.
        """
        if "directory" in self.target_config or "directory" in self.build_config:
            return str(super().directory)
        workspace = Path(self.root)
        try:
            settings = workspace_settings.load(workspace)
            refuse_outside(workspace, settings)
        except SettingsError:
            # Said by the build itself, in its own words.
            return str(super().directory)
        return self.normalize_build_directory(os.path.dirname(reading.on_disk(settings.output)))


class BundleBuilder(BuilderInterface[BundleBuilderConfig, PluginManager]):
    """
    Builds the bundle of a project.
    """

    PLUGIN_NAME = TARGET

    def get_version_api(self) -> dict[str, Callable[..., str]]:
        """
        The one version there is.
        """
        return {"standard": self.build_standard}

    def get_default_versions(self) -> list[str]:
        """
        The version that is built when none is asked for.
        """
        return ["standard"]

    def build_standard(self, directory: str, **_: Any) -> str:  # hatchling's hooks may put anything into it
        """
        Writes the bundle into `directory`.

        Returns:
            Where it is.
        """
        try:
            self.config.refuse_unknown()
            return str(emission.emit(Path(self.root), Path(directory), self.app))
        except Phase2GateError as error:
            self.app.abort(emission.failure(error))
            raise

    def clean(self, directory: str, versions: list[str]) -> None:  # noqa: ARG002 - hatchling's signature
        """
        Removes the bundle, and no other file.
        """
        settings = self._settings()
        if settings is not None:
            with contextlib.suppress(FileNotFoundError):
                emission.target(settings, Path(directory)).unlink()

    def _settings(self) -> Settings | None:
        workspace = Path(self.root)
        try:
            settings = workspace_settings.load(workspace)
            refuse_outside(workspace, settings)
        except SettingsError as error:
            self.app.abort(emission.failure(error))
            return None
        return settings

    @classmethod
    def get_config_class(cls) -> type[BundleBuilderConfig]:
        """
        The class of the target's table.
        """
        return BundleBuilderConfig

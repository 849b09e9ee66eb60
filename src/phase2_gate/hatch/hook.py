"""
The build hook ``phase2bundle``: emits the bundle beside what another target builds.

It emits in a source checkout only. An unpacked sdist holds other files, and an editable installation makes no
distribution at all: a bundle from there would have the same name and other bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

from ..core.errors import Phase2GateError, SettingsError
from . import emission
from .builder import TARGET

HOOK_OPTIONS = ("dependencies", "enable-by-default", "require-runtime-dependencies", "require-runtime-features")
"""Hatch's own options for any hook."""


class BundleBuildHook(BuildHookInterface[BuilderConfig]):
    """
    Emits the bundle before each build of the target that it is set for.
    """

    PLUGIN_NAME = TARGET

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """
        Builds the bundle into the target's directory, or says why not.
        """
        reason = self._reason_against(version)
        if reason:
            self.app.display_info(f"phase2bundle: no bundle: {reason}")
            return
        try:
            self._refuse_unknown()
            path = emission.emit(Path(self.root), Path(self.directory), self.app)
        except Phase2GateError as error:
            self.app.abort(emission.failure(error))
            raise
        self.app.display_info(f"phase2bundle: {path}")

    def _reason_against(self, version: str) -> str:
        if version == "editable":
            return "an editable installation is no source checkout that could be shipped"
        if (Path(self.root) / "PKG-INFO").exists():
            return "PKG-INFO at the root says that this is an unpacked sdist, need a source checkout"
        if self.target_name == TARGET:
            return "the target is the bundle itself"
        return ""

    def _refuse_unknown(self) -> None:
        for key in self.config:
            if key not in HOOK_OPTIONS:
                message = f"pyproject.toml: hooks.{TARGET}.{key}: unknown key: need one of {', '.join(HOOK_OPTIONS)}"
                raise SettingsError(message, hint="settings of the bundle stand in [tool.phase2-gate]")

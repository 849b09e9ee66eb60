"""
This project's own hook on its own target: keeps ``manifest.txt`` up to date, and verifies what was built.

Hatch runs it for ``hatch build -t phase2bundle``; the plugin that builds is ``phase2_gate.hatch``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

from phase2_gate.audit import source
from phase2_gate.build import write_manifest
from phase2_gate.core import profile, verify
from phase2_gate.core.errors import Phase2GateError
from phase2_gate.core.report import Verdict
from phase2_gate.workspace import settings


class ManifestAndVerdict(BuildHookInterface[BuilderConfig]):
    """
    Writes the manifest before a build, judges the bundle after it.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """
        Writes ``manifest.txt``, which is committed, when the files have changed.
        """
        root = Path(self.root)
        try:
            if settings.load(root).manifest_in_workspace and write_manifest(
                root, output=Path(self.directory) / Path(settings.load(root).output).name
            ):
                self.app.display_info("manifest.txt: written")
        except Phase2GateError as error:
            self.app.abort(f"manifest.txt: {error}")

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - as above
        """
        Verifies the bundle under the profile of the plan; a bundle that fails is removed.
        """
        with source.opened(artifact_path) as opened:
            verification = verify.judge(opened, profile.BUILD_LOOP_PHASE2, require_canonical=True).verification
        if verification.verdict is not Verdict.PASS:
            Path(artifact_path).unlink()
            for finding in verification.findings:
                self.app.display_error(f"{finding.path}: {finding.rule}: {finding.message()}")
            self.app.abort(f"verify: {verification.verdict.value}")
        self.app.display_info(f"verify: {verification.verdict.value}")

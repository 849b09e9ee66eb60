"""
Tests of this project's own hook.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hatch_build import ManifestAndVerdict
from hatchling.plugin.manager import PluginManager

from phase2_gate.build import build, check_manifest
from phase2_gate.core import profile
from phase2_gate.hatch.builder import BundleBuilder
from tests.hatch.test_plugin import Recorder
from tests.workspace.trees import make

_SETTINGS = "[project]\nname = 'x'\nversion = '1'\n[tool.phase2-gate]\noutput = 'out/x.zip'\n"


def _hook(root: Path, app: Recorder) -> ManifestAndVerdict:
    builder = BundleBuilder(str(root), plugin_manager=PluginManager())
    arguments: tuple[Any, ...] = ({}, builder.config, builder.metadata, str(root / "out"), "phase2bundle", app)
    return ManifestAndVerdict(str(root), *arguments)


def test_keeps_the_manifest_when_the_settings_say_so(tmp_path: Path) -> None:
    """
    The manifest is written once, and not at all without the setting.
    """
    app = Recorder()
    make(tmp_path, {"pyproject.toml": _SETTINGS, "out/x.zip": "old", "a": ""})
    _hook(tmp_path, app).initialize("standard", {})
    assert not (tmp_path / "manifest.txt").exists()
    make(tmp_path, {"pyproject.toml": _SETTINGS + "manifest-in-workspace = true\n"})
    for _ in range(2):
        _hook(tmp_path, app).initialize("standard", {})
        assert check_manifest(tmp_path) == ()
    assert app.told == ["manifest.txt: written"]


def test_a_manifest_that_cannot_be_made_ends_the_build(tmp_path: Path) -> None:
    """
    The reason is told, without a traceback.
    """
    app = Recorder()
    make(tmp_path, {"pyproject.toml": _SETTINGS + "manifest-in-workspace = true\n", ".env": ""})
    with pytest.raises(SystemExit):
        _hook(tmp_path, app).initialize("standard", {})
    (message,) = app.told
    assert message.startswith("manifest.txt: .env: key-material: ")


def test_a_bundle_that_does_not_fit_the_plan_is_removed(tmp_path: Path) -> None:
    """
    The plan's members are demanded of this project's own bundle.
    """
    app = Recorder()
    make(tmp_path, {"pyproject.toml": _SETTINGS, "a": ""})
    built = build(tmp_path)
    with pytest.raises(SystemExit):
        _hook(tmp_path, app).finalize("standard", {}, str(built.path))
    assert not built.path.exists()
    assert app.told[-1] == "verify: FAIL"
    assert len(app.told) == 1 + len(profile.BUILD_LOOP_PHASE2.members)


def test_a_bundle_that_fits_stays(tmp_path: Path) -> None:
    """
    With the plan's members the verdict is PASS.
    """
    app = Recorder()
    make(tmp_path, dict.fromkeys(profile.BUILD_LOOP_PHASE2.members, "") | {"pyproject.toml": _SETTINGS})
    built = build(tmp_path)
    _hook(tmp_path, app).finalize("standard", {}, str(built.path))
    assert built.path.exists()
    assert app.told == ["verify: PASS"]

"""
Tests of target and hook without a process of their own.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.wheel import WheelBuilder
from hatchling.plugin.manager import PluginManager

from phase2_gate.core.errors import Phase2GateError
from phase2_gate.hatch import emission, plugin
from phase2_gate.hatch.builder import BundleBuilder
from phase2_gate.hatch.hook import HOOK_OPTIONS, BundleBuildHook
from tests.workspace.trees import default_settings, make

_PROJECT = """\
[project]
name = "sample"
version = "1.0"
"""


class Recorder:
    """
    An application of hatchling that remembers what it was told.
    """

    def __init__(self) -> None:
        self.told: list[str] = []

    def _tell(self, message: str = "", **_: object) -> None:
        self.told.append(message)

    display_info = display_warning = display_error = display_debug = _tell

    def abort(self, message: str = "", **_: object) -> None:
        """
        Ends the process, as hatchling does.
        """
        self.told.append(message)
        raise SystemExit(1)


def _project(root: Path, *, extra: str = "", files: dict[str, str] | None = None) -> Path:
    pyproject = _PROJECT + extra
    return make(root, {"pyproject.toml": pyproject, "a.py": "", ".bundleignore": "/dist/\n", **(files or {})})


def _builder(root: Path, app: Recorder | None = None) -> BundleBuilder:
    recorder: Any = Recorder() if app is None else app
    return BundleBuilder(str(root), plugin_manager=PluginManager(), app=recorder)


def _hook(root: Path, app: Recorder, *, target: str = "wheel", config: dict[str, Any] | None = None) -> BundleBuildHook:
    wheel = WheelBuilder(str(root), plugin_manager=PluginManager())
    directory = str(root / "dist")
    arguments: tuple[Any, ...] = (wheel.config, wheel.metadata, directory, target, app)
    return BundleBuildHook(str(root), config or {}, *arguments)


def test_the_plugin_registers_both() -> None:
    """
    Target and hook have one name.
    """
    assert plugin.hatch_register_builder() is BundleBuilder
    assert plugin.hatch_register_build_hook() is BundleBuildHook
    assert (BundleBuilder.PLUGIN_NAME, BundleBuildHook.PLUGIN_NAME) == ("phase2bundle", "phase2bundle")


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("", "artifacts/bundles"),
        ("[tool.phase2-gate]\noutput = 'out/x.zip'\n", "out"),
        ("[tool.phase2-gate]\noutput = 'x.zip'\n", ""),
        ("[tool.hatch.build]\ndirectory = 'here'\n", "here"),
        ("[tool.hatch.build.targets.phase2bundle]\ndirectory = 'there'\n", "there"),
        ("[tool.phase2-gate]\nwrong = 1\n", "dist"),
    ],
)
def test_hatch_says_where_else_the_settings_do(tmp_path: Path, extra: str, expected: str) -> None:
    """
    Hatch's option for the directory goes before the setting.
    """
    _project(tmp_path, extra=extra)
    assert Path(_builder(tmp_path).config.directory) == tmp_path / expected


def test_builds_and_tells(tmp_path: Path) -> None:
    """
    The artifact is the bundle; what was skipped and its digest are told.
    """
    _project(tmp_path, extra="[tool.phase2-gate]\noutput = 'out/x.zip'\n", files={"a.pyc": ""})
    app = Recorder()
    assert list(_builder(tmp_path, app).build()) == [str(tmp_path / "out" / "x.zip")]
    assert "phase2bundle: a.pyc: skipped: compiled code of Python" in app.told
    assert app.told[-1].startswith("phase2bundle: sha256 ")
    assert app.told[-1].endswith(", 4 members")


def test_passes_warnings_on(tmp_path: Path) -> None:
    """
    What the build warns of is told through Hatch, and what the settings name and nobody finds.
    """
    _project(tmp_path, extra="[tool.phase2-gate]\nlift = ['a.pyc', 'nope']\n", files={"a.pyc": ""})
    app = Recorder()
    emission.emit(tmp_path, tmp_path / "dist", app)
    assert app.told[0].startswith("phase2bundle: pyproject.toml: tool.phase2-gate.lift: 'nope' lifts nothing: ")
    assert app.told[1].startswith("phase2bundle: a.pyc: clean-byproduct: ")


_NEED_OPTIONS = "unknown key: need one of " + ", ".join(
    ["dependencies", "directory", "hooks", "require-runtime-dependencies", "require-runtime-features", "versions"]
)
_HINT = "hint: which files go in is said by .bundleignore and [tool.phase2-gate]"


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (
            "[tool.hatch.build.targets.phase2bundle]\nversions = []\nexclude = ['x']\n",
            f"phase2bundle: pyproject.toml: tool.hatch.build.targets.phase2bundle.exclude: {_NEED_OPTIONS}\n{_HINT}",
        ),
        (
            "[tool.phase2-gate]\ncarry-verifier = 1\n",
            "phase2bundle: pyproject.toml: tool.phase2-gate.carry-verifier: seen 1, need true or false",
        ),
    ],
)
def test_ends_with_a_message(tmp_path: Path, extra: str, message: str) -> None:
    """
    What is wrong with the settings is said in one message, and nothing is built.
    """
    _project(tmp_path, extra=extra)
    app = Recorder()
    with pytest.raises(SystemExit):
        list(_builder(tmp_path, app).build(directory=str(tmp_path / "dist")))
    assert app.told[-1] == message
    assert list(tmp_path.rglob("*.zip")) == []


def test_an_application_that_does_not_end_the_process_gets_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    No failure is ever taken for a bundle.
    """
    _project(tmp_path, extra="[tool.phase2-gate]\nwrong = 1\n")
    app = Recorder()
    monkeypatch.setattr(app, "abort", app.display_info)
    with pytest.raises(Phase2GateError):
        list(_builder(tmp_path, app).build(directory=str(tmp_path / "dist")))
    with pytest.raises(Phase2GateError):
        _hook(tmp_path, app).initialize("standard", {})
    _builder(tmp_path, app).clean(str(tmp_path), ["standard"])
    assert [line.split(":")[0] for line in app.told if line.startswith("phase2bundle")] == ["phase2bundle"] * 3


def test_cleans_its_own_file_alone(tmp_path: Path) -> None:
    """
    The bundle goes, other archives stay, and a bundle that is not there is no error.
    """
    _project(tmp_path, extra="[tool.phase2-gate]\noutput = 'out/x.zip'\n", files={"out/x.zip": "", "out/y.zip": ""})
    for _ in range(2):
        list(_builder(tmp_path).build(clean_only=True))
        assert os.listdir(tmp_path / "out") == ["y.zip"]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
@pytest.mark.parametrize("clean_only", [True, False])
def test_touches_nothing_outside_of_the_project(tmp_path: Path, clean_only: bool) -> None:
    """
    A setting that leads out of the project is refused before anything is removed, made or written there.
    """
    root, home = tmp_path / "project", tmp_path / "home"
    root.mkdir()
    home.mkdir()
    (home / "x.zip").write_text("kept")
    (root / "link").symlink_to("../home")
    for output in ("link/x.zip", "link/new/x.zip"):
        _project(root, extra=f"[tool.phase2-gate]\noutput = '{output}'\n", files={".bundleignore": "/link\n"})
        app = Recorder()
        with pytest.raises(SystemExit):
            list(_builder(root, app).build(clean_only=clean_only))
        assert app.told[-1].startswith(f"phase2bundle: pyproject.toml: tool.phase2-gate.output: '{output}' leads out ")
        assert {path.name: path.read_text() for path in home.iterdir()} == {"x.zip": "kept"}


def test_the_hook_emits_beside_the_target(tmp_path: Path) -> None:
    """
    The bundle lies in the target's directory under the name of the setting.
    """
    _project(tmp_path, extra="[tool.phase2-gate]\noutput = 'out/x.zip'\n")
    app = Recorder()
    _hook(tmp_path, app).initialize("standard", {})
    assert os.listdir(tmp_path / "dist") == ["x.zip"]
    assert app.told[-1] == f"phase2bundle: {tmp_path / 'dist' / 'x.zip'}"


@pytest.mark.parametrize(
    ("version", "files", "target", "reason"),
    [
        ("editable", {}, "wheel", "an editable installation is no source checkout that could be shipped"),
        (
            "standard",
            {"PKG-INFO": ""},
            "wheel",
            "PKG-INFO at the root says that this is an unpacked sdist, need a source checkout",
        ),
        ("standard", {}, "phase2bundle", "the target is the bundle itself"),
    ],
)
def test_the_hook_says_why_it_does_not(
    tmp_path: Path, version: str, files: dict[str, str], target: str, reason: str
) -> None:
    """
    Where no source checkout is built, there is one line and no bundle.
    """
    _project(tmp_path)
    app = Recorder()
    hook = _hook(tmp_path, app, target=target)
    make(tmp_path, files)
    hook.initialize(version, {})
    assert app.told == [f"phase2bundle: no bundle: {reason}"]
    assert list(tmp_path.rglob("*.zip")) == []


def test_the_hook_takes_no_options_of_its_own(tmp_path: Path) -> None:
    """
    Settings stand in one place.
    """
    _project(tmp_path)
    app = Recorder()
    with pytest.raises(SystemExit):
        _hook(tmp_path, app, config={"enable-by-default": True, "output": "x"}).initialize("standard", {})
    (message,) = app.told
    assert message.split("\n") == [
        f"phase2bundle: pyproject.toml: hooks.phase2bundle.output: unknown key: need one of {', '.join(HOOK_OPTIONS)}",
        "hint: settings of the bundle stand in [tool.phase2-gate]",
    ]


def test_a_bundle_is_called_as_the_setting_says() -> None:
    """
    The directory is Hatch's, the name is ours.
    """
    assert emission.target(default_settings(output="a/b.zip"), Path("d")) == Path("d") / "b.zip"

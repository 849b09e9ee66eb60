"""
Tests of `phase2_gate.cli.gate_script` and of the script that starts it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import pytest

import phase2_gate
from phase2_gate.cli.gate_script import main, parser
from phase2_gate.core.errors import IsolationError
from phase2_gate.isolation.level import Level

from ..audit.executions import Stage
from ..bundles import GOOD, PHASE2, bundle

SCRIPT = Path(__file__).parents[2] / "scripts/audit_gate_build_loop_phase2.py"


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """
    Stand-ins under which every run passes.
    """
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = Stage()
    made.install(monkeypatch)
    return made


def test_the_profile_is_pinned(stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The plan's members and modules are demanded, and nothing else can be asked for.
    """
    path = tmp_path / "phase2.zip"
    path.write_bytes(bundle(PHASE2))
    assert main(["--zip", str(path), "--require-canonical"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "audit        phase2.zip (profile build-loop-phase2)"
    asked = {item[0]: item[1:] for item in stage.asked if isinstance(item, tuple)}
    assert asked["imports"][0] == (
        "runtime.orchestration.operations",
        "runtime.orchestration.mission_journal",
        "runtime.governance.envelope_enforcer",
        "runtime.governance.self_mod_protection",
    )
    assert asked["tests"][0].paths == ("runtime/tests",)
    path.write_bytes(bundle(GOOD))
    assert main(["--zip", str(path)]) == 1
    with pytest.raises(SystemExit):
        parser().parse_args(["--zip", "a", "--profile", "generic"])


def test_the_level_may_fall_to_process_and_no_lower(stage: Stage, tmp_path: Path) -> None:
    """
    Whoever starts the script runs the bundle's code already; what is asked for by name is still given or refused.
    """
    path = tmp_path / "phase2.zip"
    path.write_bytes(bundle(PHASE2))
    main(["--zip", str(path)])
    assert ("isolation", "auto", Level.PROCESS) in stage.asked
    stage.chosen = IsolationError("isolation: no way")
    assert main(["--zip", str(path), "--isolation", "strict"]) == 3


@pytest.mark.parametrize("argv", [[], ["--zip"], ["a.zip"], ["--zip", "a", "--lenient"], ["--zi", "a"]])
def test_what_is_not_understood_is_a_usage_error(capsys: pytest.CaptureFixture[str], argv: list[str]) -> None:
    """
    Exit status 2, as everywhere.
    """
    with pytest.raises(SystemExit) as raised:
        main(argv)
    assert (raised.value.code, capsys.readouterr().out) == (2, "")


def test_help_shows_the_command_of_the_plan() -> None:
    """
    As the plan writes it.
    """
    line = "python scripts/audit_gate_build_loop_phase2.py --zip artifacts/bundles/Bundle_Build_Loop_Phase2_v1.1.zip"
    assert line in parser().format_help()


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gate_launcher", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_script_uses_the_installed_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Where nothing lies beside it.
    """
    monkeypatch.setattr(sys, "dont_write_bytecode", sys.dont_write_bytecode)
    monkeypatch.setattr(sys, "argv", ["script", "--zip", "/no/such.zip"])
    before = list(sys.path)
    assert _script().start() == 3
    assert capsys.readouterr().out.splitlines()[-1] == "RESULT: BLOCKED"
    assert sys.path == before


def test_the_script_says_how_to_install(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Where the verifier is neither beside it nor installed: BLOCKED.
    """
    monkeypatch.setattr(sys, "dont_write_bytecode", sys.dont_write_bytecode)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert _script().start() == 3
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[0]) == ("", "error: phase2_gate: not beside this script and not installed")
    assert err.splitlines()[1].startswith("hint: install it")


@pytest.mark.parametrize("flags", [[], ["-I"], ["-P"], ["-S", "-E"]])
def test_the_carried_verifier_is_preferred(tmp_path: Path, flags: list[str]) -> None:
    """
    Under every flag that takes a script's directory off the path, from another directory, and without bytecode.
    """
    home = tmp_path / "scripts"
    package = Path(phase2_gate.__file__).parent
    shutil.copytree(package, home / "phase2_gate", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(SCRIPT, home)
    version = home / "phase2_gate/cli/gate_script.py"
    version.write_text(version.read_text().replace('prog="audit_gate', 'prog="carried_gate'))
    done = subprocess.run(
        [sys.executable, *flags, str(home / SCRIPT.name), "--help"],
        cwd=tmp_path,
        capture_output=True,
        env={key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"},
        check=False,
    )
    assert (done.returncode, done.stdout.startswith(b"usage: carried_gate"), done.stderr) == (0, True, b"")
    assert list(home.rglob("__pycache__")) == []

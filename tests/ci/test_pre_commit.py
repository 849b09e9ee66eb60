"""
The hooks of ``.pre-commit-hooks.yaml``, installed and run by the real pre-commit in a project of a stranger's.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from phase2_gate.cli.parser import build

from ..tools import require
from . import project
from .index import require_index
from .runner import ROOT

HOOKS = ROOT / ".pre-commit-hooks.yaml"
CONFIG = """\
repos:
  - repo: {ours}
    rev: {commit}
    hooks:
      - id: phase2-gate-manifest
      - id: phase2-gate-list
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> str:
    """
    The settings of pre-commit that name a clone of this project.
    """
    ours = project.ours(tmp_path_factory.mktemp("repository") / "ours")
    return CONFIG.format(ours=ours, commit=project.git(ours, "rev-parse", "HEAD").strip())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    Where pre-commit keeps what it installs: once for all tests.
    """
    return tmp_path_factory.mktemp("pre-commit-home")


def _pre_commit(directory: Path, home: Path) -> tuple[int, str]:
    require("git")
    program = Path(sys.executable).with_name("pre-commit")
    project.git(directory, "add", "--all")
    done = subprocess.run(
        [str(program) if program.exists() else require("pre-commit"), "run", "--color=never"],
        cwd=directory,
        # pip's settings of this machine stay in force: they say where the index is.
        env={**_without_git_and_python(), "PRE_COMMIT_HOME": str(home), "GIT_CONFIG_GLOBAL": os.devnull},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def _without_git_and_python() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON", "COV"))}


def test_every_hook_is_a_command_that_parses() -> None:
    """
    Entries are commands of this version, run once for the whole workspace.
    """
    hooks = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    assert [hook["id"] for hook in hooks] == ["phase2-gate-manifest", "phase2-gate-list"]
    for hook in hooks:
        program, *words = hook["entry"].split()
        assert (program, build(words[0]).parse_args(words).workspace) == ("phase2-gate", ".")
        assert (hook["language"], hook["pass_filenames"], hook["always_run"]) == ("python", False, True)


@pytest.mark.integration
def test_a_project_that_is_in_order_and_then_not(tmp_path: Path, config: str, home: Path) -> None:
    """
    Both hooks pass; each kind of drift fails the one that is about it, and putting it right passes again.
    """
    require_index()
    there = project.theirs(tmp_path / "theirs")
    (there / ".pre-commit-config.yaml").write_text(config)
    (there / "manifest.txt").write_bytes(_manifest(there))
    project.commit(there)

    code, said = _pre_commit(there, home)
    assert (code, _states(said)) == (0, ["Passed", "Passed"]), said

    (there / "theirs/__init__.py").write_text("VALUE = 2\n")
    (there / "tests/test_new.py").write_text("def test_new():\n    pass\n")
    code, said = _pre_commit(there, home)
    assert (code, _states(said)) == (1, ["Failed", "Passed"]), said
    assert "tests/test_new.py: selected, but not listed" in said
    assert "theirs/__init__.py: " in said
    assert "hint: " in said

    (there / "manifest.txt").write_bytes(_manifest(there))
    code, said = _pre_commit(there, home)
    assert (code, _states(said)) == (0, ["Passed", "Passed"]), said

    (there / "theirs/link.py").symlink_to("__init__.py")
    code, said = _pre_commit(there, home)
    assert (code, _states(said)) == (1, ["Failed", "Failed"]), said
    assert "theirs/link.py" in said


def _manifest(directory: Path) -> bytes:
    done = subprocess.run(
        [sys.executable, "-m", "phase2_gate", "manifest", str(directory)],
        env={**_without_git_and_python(), "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        check=True,
    )
    return done.stdout


def _states(said: str) -> list[str]:
    """
    What pre-commit says of each hook, in their order.
    """
    return [line.rpartition(".")[2] for line in said.splitlines() if line.endswith(("Passed", "Failed"))]

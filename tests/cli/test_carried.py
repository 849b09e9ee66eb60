"""
Tests of `phase2_gate.cli.carried` and of `phase2_gate.__main__`, in the homes that they have.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

import phase2_gate
from phase2_gate.build import build
from phase2_gate.cli import carried
from tests.audit.executions import Stage
from tests.bundles import GOOD, bundle
from tests.workspace.trees import default_settings, make

PACKAGE = Path(phase2_gate.__file__).parent
FILES = {
    "thing/__init__.py": "VALUE = 1\n",
    "tests/test_thing.py": "from thing import VALUE\n\ndef test() -> None:\n    assert VALUE == 1\n",
    # Were scripts/ on the path, these would be taken for modules of the standard library.
    "scripts/json.py": "raise SystemExit('the wrong json')\n",
    "scripts/argparse.py": "raise SystemExit('the wrong argparse')\n",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A stranger's bundle that carries the verifier, and the same extracted into ``workspace``.
    """
    root = tmp_path_factory.mktemp("stranger")
    make(root / "work", FILES)
    built = build(root / "work", output=root / "bundle.zip", settings=default_settings(carry_verifier=True))
    with zipfile.ZipFile(built.path) as archive:
        archive.extractall(root / "workspace")
    return root


def _run(home: Path, *arguments: str, tmp: Path, where: str = "workspace") -> subprocess.CompletedProcess[str]:
    # No PYTHONPATH: what runs is the copy, or nothing.
    environment = {"PATH": os.defpath, "HOME": str(tmp), "TMPDIR": str(tmp), "PYTHONWARNINGS": "error"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=home / where,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize("flags", [[], ["-I"], ["-P"]], ids=" ".join)
def test_the_carried_directory_audits(home: Path, tmp_path: Path, flags: list[str]) -> None:
    """
    Run as a program it judges the bundle under the profile ``generic``, and leaves the workspace as it was.
    """
    before = sorted(path.relative_to(home) for path in home.rglob("*"))
    done = _run(home, *flags, "scripts/phase2_gate", "--zip", "../bundle.zip", tmp=tmp_path)
    assert done.stdout.splitlines()[0] == "audit        bundle.zip (profile generic)"
    assert (done.stdout.splitlines()[-1].startswith("RESULT: PASS"), done.returncode) == (True, 0), done.stdout
    assert sorted(path.relative_to(home) for path in home.rglob("*")) == before


def test_the_profile_can_be_named(home: Path, tmp_path: Path) -> None:
    """
    A stranger's bundle is no Phase 2 bundle.
    """
    done = _run(home, "scripts/phase2_gate", "--zip", "../bundle.zip", "--profile", "build-loop-phase2", tmp=tmp_path)
    assert done.returncode == 1
    assert "layout-member-missing" in done.stdout


def test_as_a_module_the_copy_is_the_same_program(home: Path, tmp_path: Path) -> None:
    """
    ``python -m phase2_gate`` beside the copy needs a path without the stranger's own modules, then it audits.
    """
    shutil.copytree(home / "workspace/scripts/phase2_gate", tmp_path / "phase2_gate")
    done = _run(tmp_path, "-B", "-m", "phase2_gate", "--zip", str(home / "bundle.zip"), tmp=tmp_path, where=".")
    assert (done.stdout.splitlines()[-1].startswith("RESULT: PASS"), done.returncode) == (True, 0), done.stderr


@pytest.mark.parametrize("arguments", [["-m", "phase2_gate"], [str(PACKAGE)], ["-I", str(PACKAGE)]], ids=" ".join)
def test_the_whole_package_is_the_whole_command(tmp_path: Path, arguments: list[str]) -> None:
    """
    Where every command is there, the program is ``phase2-gate``, as a module and as a directory.
    """
    done = subprocess.run(
        [sys.executable, *arguments, "--version"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"phase2-gate {phase2_gate.__version__}\n"


def test_a_copy_that_lacks_a_part_says_so(home: Path, tmp_path: Path) -> None:
    """
    Only the absence of the command means that it is a copy; of another module it is an error.
    """
    shutil.copytree(home / "workspace/scripts/phase2_gate", tmp_path / "phase2_gate")
    (tmp_path / "phase2_gate/cli/guard.py").unlink()
    done = _run(tmp_path, "-B", "phase2_gate", "--zip", str(home / "bundle.zip"), tmp=tmp_path, where=".")
    assert done.returncode == 1
    assert "phase2_gate.cli.guard" in done.stderr


def test_the_audit_is_the_one_of_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Profile and exit code are the audit's; a wrong name is a usage error.
    """
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    stage = Stage()
    stage.install(monkeypatch)
    path = tmp_path / "good.zip"
    path.write_bytes(bundle(GOOD))
    assert carried.main(["--zip", str(path)]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "audit        good.zip (profile generic)"
    assert carried.main(["--zip", str(path), "--profile", "none such"]) == 2
    path.write_bytes(b"")
    assert carried.main(["--zip", str(path)]) == 1
    with pytest.raises(SystemExit):
        carried.parser().parse_args([])

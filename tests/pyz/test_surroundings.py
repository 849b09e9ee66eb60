"""
Nothing that lies around the archive is loaded by it: not the current directory, PYTHONPATH, packages or variables.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ..bundles import GOOD, bundle
from .command import Ended, run

PLANTED = ("hashlib", "zlib", "json", "argparse", "subprocess", "struct", "typing", "re", "phase2_gate", "pathspec")
"""Names that the command imports, or would like to."""
EXPECTED = b"\nRESULT: PASS\n"


def _plant(place: Path) -> None:
    for name in PLANTED:
        trap = f"import os\nopen(os.path.join({str(place)!r}, 'loaded-{name}'), 'w').close()\nraise SystemExit(0)\n"
        (place / f"{name}.py").write_text(trap)
    # A package comes before a module of its name.
    (place / "phase2_gate").mkdir()
    shutil.move(place / "phase2_gate.py", place / "phase2_gate/__init__.py")


def _loaded(place: Path) -> list[str]:
    return sorted(path.name for path in place.glob("loaded-*"))


def _verified(ended: Ended, place: Path) -> None:
    assert (ended.code, ended.out.endswith(EXPECTED), ended.err, _loaded(place)) == (0, True, "", [])


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """
    A directory with a good bundle among modules that take the names of others.
    """
    place = tmp_path / "hostile"
    place.mkdir()
    (place / "good.zip").write_bytes(bundle(GOOD))
    _plant(place)
    return place


@pytest.mark.integration
@pytest.mark.parametrize("flags", [(), ("-I",), ("-I", "-S")], ids=lambda flags: " ".join(flags) or "plain")
@pytest.mark.parametrize("path", [None, ".", ""], ids=["no PYTHONPATH", "PYTHONPATH=.", "PYTHONPATH="])
def test_a_hostile_directory(pyz: Path, hostile: Path, flags: tuple[str, ...], path: str | None) -> None:
    """
    Modules in the current directory have no effect, even when PYTHONPATH names it.
    """
    env = {} if path is None else {"PYTHONPATH": path}
    _verified(run(pyz, hostile, "verify", "good.zip", flags=flags, env=env), hostile)


@pytest.mark.integration
def test_an_archive_among_hostile_modules(pyz: Path, hostile: Path) -> None:
    """
    What lies beside the archive is not on its path, however it is named.
    """
    shutil.copyfile(pyz, hostile / "phase2-gate.pyz")
    _verified(run(Path("phase2-gate.pyz"), hostile, "verify", "good.zip"), hostile)
    _verified(run(Path("./phase2-gate.pyz"), hostile, "verify", "good.zip", flags=("-I", "-S")), hostile)


@pytest.mark.integration
def test_an_audit_in_a_hostile_directory(pyz: Path, hostile: Path) -> None:
    """
    Neither the verifier, nor its launcher, nor the interpreter that runs the tests looks there.
    """
    call = ("audit", "good.zip", "--python", sys.executable, "--isolation", "process")
    ended = run(pyz, hostile, *call, env={"PYTHONPATH": str(hostile)})
    assert (ended.code, ended.err, _loaded(hostile)) == (0, "", [])
    assert ended.out.endswith(b"\nRESULT: PASS (isolation: process)\n")


@pytest.mark.integration
def test_customisation_is_not_run_when_isolated(pyz: Path, hostile: Path) -> None:
    """
    A sitecustomize on PYTHONPATH runs before any program can object, unless Python is told to be isolated.
    """
    (hostile / "sitecustomize.py").write_text(f"open({str(hostile / 'loaded-site')!r}, 'w').close()\n")
    env = {"PYTHONPATH": str(hostile)}
    _verified(run(pyz, hostile, "verify", "good.zip", flags=("-I",), env=env), hostile)
    # Without it the command itself still runs in an interpreter that did not load it.
    assert run(pyz, hostile, "verify", "good.zip", env=env).out.endswith(EXPECTED)
    assert _loaded(hostile) == ["loaded-site"]


@pytest.mark.integration
def test_packages_of_the_interpreter_are_not_seen(pyz: Path, tmp_path: Path) -> None:
    """
    The interpreter of these tests has pathspec; the archive does what it does everywhere.
    """
    subprocess.run([sys.executable, "-c", "import pathspec"], check=True)
    (tmp_path / "a.txt").write_bytes(b"a\n")
    (tmp_path / ".bundleignore").write_bytes(b"*.log\n")
    ended = run(pyz, tmp_path, "list", ".")
    assert (ended.code, ended.err.startswith("error: pathspec: ")) == (3, True)


@pytest.mark.integration
def test_it_starts_by_itself(pyz: Path, hostile: Path) -> None:
    """
    Its first line names the interpreter; arguments, streams and exit code pass through the second start.
    """
    search = f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}"
    (hostile / "with space.zip").write_bytes(b"no archive")
    done = subprocess.run(
        [str(pyz), "verify", "good.zip", "with space.zip"],
        cwd=hostile,
        env={"PATH": search},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout.endswith(b"\nRESULT: FAIL\n"), done.stderr) == (1, True, b"")
    assert _loaded(hostile) == []

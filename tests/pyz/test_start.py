"""
How the archive starts: under which Pythons, and what becomes of those that it cannot run on.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from ..bundles import GOOD, bundle
from .conftest import ROOT, SCRIPT

MAIN = ROOT / "scripts/build_pyz_main.py"


@pytest.fixture
def main() -> ModuleType:
    """
    The archive's ``__main__`` as a module.
    """
    spec = importlib.util.spec_from_file_location("build_pyz_main", MAIN)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _pythons() -> dict[str, tuple[int, int]]:
    """
    The Pythons 3 that this machine has on its path, and this one, with their versions.
    """
    found = {sys.executable: sys.version_info[:2]}
    for name in (f"python3.{minor}" for minor in range(6, 20)):
        path = shutil.which(name)
        if path is None:
            continue
        asked = [path, "-c", "import sys; print(*sys.version_info[:2])"]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            major, minor = done.stdout.split()
            found[path] = (int(major), int(minor))
    return found


@pytest.mark.integration
def test_every_python_that_is_here(pyz: Path, tmp_path: Path) -> None:
    """
    From 3.11 on each gives the verdict, and builds the same bytes; older ones say so, and exit with 3.
    """
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    for python, version in _pythons().items():
        done = subprocess.run(
            [python, str(pyz), "verify", "good.zip"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        if version < (3, 11):
            seen = ".".join(map(str, version))
            assert (done.returncode, done.stdout) == (3, "")
            assert f": too old: seen Python {seen}, need 3.11 or newer\nhint: " in done.stderr
            continue
        assert (done.returncode, done.stdout.splitlines()[-1], done.stderr) == (0, "RESULT: PASS", "")
        output = tmp_path / "again.pyz"
        subprocess.run([python, "-I", str(SCRIPT), "--output", str(output)], capture_output=True, check=True)
        assert hashlib.sha256(output.read_bytes()).digest() == hashlib.sha256(pyz.read_bytes()).digest()


def test_older_pythons_can_read_the_beginning() -> None:
    """
    What they cannot read would end as a traceback with exit code 1, which means FAIL.
    """
    text = MAIN.read_text(encoding="utf-8")
    tree = ast.parse(text, feature_version=(3, 6))
    assert [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "__future__"] == []
    annotations = [node.annotation for node in ast.walk(tree) if isinstance(node, ast.arg)]
    assert [each for each in annotations if isinstance(each, ast.Subscript)] == []


def test_an_old_python_is_told(
    main: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Before a module of ours is loaded.
    """
    monkeypatch.setattr(main, "OLDEST", (9, 9))
    assert main.start() == 3
    seen = ".".join(map(str, sys.version_info[:2]))
    error, hint = capsys.readouterr().err.splitlines()
    assert error == f"error: {sys.executable}: too old: seen Python {seen}, need 9.9 or newer"
    assert hint == "hint: start the archive with another one, as in `python3.11 -I FILE`"


def test_a_python_that_does_not_know_its_path_is_told(
    main: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    It could not be started again.
    """
    monkeypatch.setattr(sys, "executable", "")
    assert main.start() == 3
    assert capsys.readouterr().err.startswith("error: sys.executable: empty: ")


def test_where_exec_does_not_wait_the_exit_code_is_handed_on(
    main: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """
    As on Windows; what PYTHONPATH names is off the path by then.
    """
    monkeypatch.setattr(main.os, "name", "nt")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), ""]))
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    # subprocess was loaded before; of another platform's parts nothing is needed to start a process here.
    assert main._again([sys.executable, "-I", "-c", "import sys; sys.exit(7)"]) == 7
    assert str(tmp_path) not in sys.path

"""
Tests of what of this distribution travels along.
"""

from __future__ import annotations

import ast
import hashlib
import os
import sys
import zipfile
from pathlib import Path

import pytest

from phase2_gate.build import build, carried
from phase2_gate.core.errors import BuildError
from tests.build.imports import PACKAGE, closure
from tests.workspace.trees import default_settings, make


def test_the_list_names_each_module_once() -> None:
    """
    The list is sorted, and no entry lies in another.
    """
    assert list(carried.MODULES) == sorted(set(carried.MODULES))
    packages = [entry for entry in carried.MODULES if entry.endswith("/")]
    assert [entry for entry in carried.MODULES for one in packages if entry != one and entry.startswith(one)] == []


def test_files_are_those_of_the_installation() -> None:
    """
    Each file is where it says, and is a module.
    """
    files = carried.files()
    for file in files:
        location = Path(os.fsdecode(file.location))
        assert location.relative_to(PACKAGE).as_posix() == file.path.removeprefix("scripts/phase2_gate/")
        assert location.is_file()
        assert location.suffix == ".py"
    assert "scripts/phase2_gate/core/rules/names.py" in {file.path for file in files}
    assert len(files) == len(set(files))


def test_an_audit_needs_what_is_carried_and_nothing_else() -> None:
    """
    Whatever the two programs of a carried copy import is carried, and no other module is.

    Programs of the verifier's for other processes, which travel as text, count as imported.
    """
    programs = sorted((PACKAGE / "audit/execution/probe").glob("*.py"))
    roots = [f"phase2_gate.audit.execution.probe.{program.stem}" for program in programs]
    roots += ["phase2_gate.isolation.attempts", "phase2_gate.cli.gate_script", "phase2_gate.cli.carried"]
    carried_paths = {file.path.removeprefix("scripts/phase2_gate/") for file in carried.files()}
    assert carried_paths == closure(roots) | {"__main__.py"}
    assert {entry for entry in carried.MODULES if entry.endswith(".py")} <= carried_paths


def test_the_installed_command_does_not_travel() -> None:
    """
    By its absence the copy knows that it is one.
    """
    assert "scripts/phase2_gate/cli/main.py" not in {file.path for file in carried.files()}


def test_what_is_left_out_is_there() -> None:
    """
    A module that is left out belongs to a carried package.
    """
    packages = tuple(entry for entry in carried.MODULES if entry.endswith("/"))
    assert all(entry.startswith(packages) and (PACKAGE / entry).is_file() for entry in carried.LEFT_OUT)


def test_nothing_beyond_the_standard_library_is_carried() -> None:
    """
    The carried copy runs where only Python and pytest are.
    """
    allowed = {*sys.stdlib_module_names, "phase2_gate", "pytest", "_pytest"}
    for file in carried.files():
        for node in ast.walk(ast.parse(Path(os.fsdecode(file.location)).read_bytes())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            assert [name for name in names if name.partition(".")[0] not in allowed] == [], file.path


def test_an_incomplete_installation_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A module that is missing is an error, not a gap in the bundle.
    """
    monkeypatch.setattr(carried, "MODULES", ("core/", "gone.py"))
    with pytest.raises(BuildError, match=r"^carry-verifier: this installation lacks 'gone\.py'"):
        carried.files()
    monkeypatch.setattr(carried, "MODULES", ("gone/",))
    with pytest.raises(BuildError, match=r"^carry-verifier: this installation lacks 'gone/'"):
        carried.files()


def test_the_copy_in_a_bundle_is_exact(tmp_path: Path) -> None:
    """
    A bundle that asks for it holds the verifier byte for byte, and builds itself again without asking.
    """
    make(tmp_path / "a", {"x.py": ""})
    built = build(tmp_path / "a", settings=default_settings(carry_verifier=True))
    with zipfile.ZipFile(built.path) as archive:
        archive.extractall(tmp_path / "b")
    copied = {path for path in built.members if path.startswith("scripts/")}
    assert copied == {file.path for file in carried.files()}
    for path in copied:
        original = PACKAGE / path.removeprefix("scripts/phase2_gate/")
        assert (tmp_path / "b" / path).read_bytes() == original.read_bytes()
    again = build(tmp_path / "b", settings=default_settings())
    assert again.sha256 == built.sha256 == hashlib.sha256(built.path.read_bytes()).hexdigest()


def test_nothing_is_carried_unasked(tmp_path: Path) -> None:
    """
    Strangers get their own files alone.
    """
    make(tmp_path, {"x.py": ""})
    assert build(tmp_path, settings=default_settings()).members == ("manifest.txt", "x.py")

"""
Tests of what of this distribution travels along.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from phase2_gate.build import build, carried
from phase2_gate.core.errors import BuildError
from tests.workspace.trees import default_settings, make

_PACKAGE = Path(carried.__file__).parent.parent


def test_the_list_names_each_module_once() -> None:
    """
    The list is sorted, and no entry lies in another.
    """
    assert list(carried.MODULES) == sorted(set(carried.MODULES))
    packages = [entry for entry in carried.MODULES if entry.endswith("/")]
    assert [entry for entry in carried.MODULES for one in packages if entry != one and entry.startswith(one)] == []


def test_files_are_those_of_the_installation() -> None:
    """
    Each file is where it says, has the size it says, and is a module.
    """
    files = carried.files()
    for file in files:
        location = Path(os.fsdecode(file.location))
        assert location.relative_to(_PACKAGE).as_posix() == file.path.removeprefix("scripts/phase2_gate/")
        assert file.size == location.stat().st_size
        assert location.suffix == ".py"
    assert "scripts/phase2_gate/core/rules/names.py" in {file.path for file in files}
    assert len(files) == len(set(files))


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
        original = _PACKAGE / path.removeprefix("scripts/phase2_gate/")
        assert (tmp_path / "b" / path).read_bytes() == original.read_bytes()
    again = build(tmp_path / "b", settings=default_settings())
    assert again.sha256 == built.sha256 == hashlib.sha256(built.path.read_bytes()).hexdigest()


def test_nothing_is_carried_unasked(tmp_path: Path) -> None:
    """
    Strangers get their own files alone.
    """
    make(tmp_path, {"x.py": ""})
    assert build(tmp_path, settings=default_settings()).members == ("manifest.txt", "x.py")

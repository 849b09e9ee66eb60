"""
What is compared with what.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from phase2_gate.build import build
from phase2_gate.compare import compare
from phase2_gate.core.errors import SelectionError, SourceError

_KEY = b"AGE-SECRET-KEY-" + b"1" + b"Q" * 58
"""Written in two parts, so that no scanner takes this file for a key."""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """
    A small workspace.
    """
    root = tmp_path / "workspace"
    (root / "pkg").mkdir(parents=True)
    (root / "pkg" / "__init__.py").write_bytes(b"")
    (root / "pkg" / "one.py").write_bytes(b"ONE = 1\n")
    (root / ".bundleignore").write_bytes(b"*.log\n")
    return root


def test_a_bundle_equals_its_workspace_and_nothing_is_written(workspace: Path, tmp_path: Path) -> None:
    """
    A workspace stands for the bundle that it would give; ignored files are none of it.
    """
    built = build(workspace, output=tmp_path / "out.zip")
    (workspace / "run.log").write_bytes(b"noise")
    before = sorted(workspace.rglob("*"))
    assert compare(str(built.path), str(workspace)).outcome == "equal"
    assert compare(str(workspace), str(built.path)).outcome == "equal"
    assert sorted(workspace.rglob("*")) == before


def test_a_changed_workspace_differs_from_its_bundle(workspace: Path, tmp_path: Path) -> None:
    """
    The change is named; the manifest that follows from it is not.
    """
    built = build(workspace, output=tmp_path / "out.zip")
    (workspace / "pkg" / "one.py").write_bytes(b"ONE = 11\n")
    found = compare(str(built.path), str(workspace)).differences
    assert [(one.kind, one.path) for one in found] == [("content", "pkg/one.py")]


def test_two_directories_are_compared_as_they_are(workspace: Path, tmp_path: Path) -> None:
    """
    Between two directories no ignore file counts.
    """
    (workspace / "run.log").write_bytes(b"noise")
    other = tmp_path / "other"
    other.mkdir()
    found = compare(str(workspace), str(other)).differences
    assert sorted(one.path or "" for one in found) == [".bundleignore", "pkg/__init__.py", "pkg/one.py", "run.log"]


def test_a_workspace_that_cannot_be_packed_is_an_error(workspace: Path, tmp_path: Path) -> None:
    """
    There is no bundle that could be equal or not.
    """
    built = build(workspace, output=tmp_path / "out.zip")
    (workspace / "id_rsa").write_bytes(b"x")
    with pytest.raises(SelectionError, match="key-material"):
        compare(str(built.path), str(workspace))
    (workspace / "id_rsa").unlink()
    (workspace / "notes.txt").write_bytes(_KEY)
    with pytest.raises(SelectionError, match="key-material"):
        compare(str(built.path), str(workspace))


def test_a_key_that_the_settings_lift_is_packed_as_a_build_packs_it(workspace: Path, tmp_path: Path) -> None:
    """
    What `build` accepts can be compared; a second key, which is not lifted, is refused.
    """
    (workspace / "notes.txt").write_bytes(_KEY)
    (workspace / "pyproject.toml").write_bytes(b'[tool.phase2-gate]\nlift = ["notes.txt"]\n')
    built = build(workspace, output=tmp_path / "out.zip")
    assert compare(str(built.path), str(workspace)).outcome == "equal"
    (workspace / "other.txt").write_bytes(_KEY)
    with pytest.raises(SelectionError, match=r"^other\.txt: key-material: [^\n]*$"):
        compare(str(built.path), str(workspace))


def test_a_bundle_in_the_workspace_is_none_of_it(workspace: Path) -> None:
    """
    A bundle is compared with what lies around it, on either side.
    """
    built = build(workspace, output=workspace / "out.zip")
    assert compare(str(built.path), str(workspace)).differences == ()
    assert compare(str(workspace), str(built.path)).differences == ()


@pytest.mark.skipif(os.name == "nt", reason="links are a privilege")
def test_a_bundle_in_the_workspace_may_be_named_by_a_link(workspace: Path, tmp_path: Path) -> None:
    """
    What counts is where it lies.
    """
    build(workspace, output=workspace / "out.zip")
    (tmp_path / "latest.zip").symlink_to(workspace / "out.zip")
    assert compare(str(tmp_path / "latest.zip"), str(workspace)).differences == ()


def test_another_bundle_in_the_workspace_is_a_member(workspace: Path) -> None:
    """
    Only the bundle that is compared is left out.
    """
    built = build(workspace, output=workspace / "out.zip")
    (workspace / "other.zip").write_bytes(b"PK")
    found = compare(str(built.path), str(workspace)).differences
    assert [(one.kind, one.path) for one in found] == [("added", "other.zip")]


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """
    The name is looked up once, and its absence told.
    """
    with pytest.raises(SourceError, match="cannot be opened"):
        compare(str(tmp_path / "a.zip"), str(tmp_path / "b.zip"))

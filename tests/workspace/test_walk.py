"""
Tests of `phase2_gate.workspace.walk`: what changes behind it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from phase2_gate.workspace import reading
from phase2_gate.workspace.walk import Walk
from tests.workspace.trees import make

_LISTS = pytest.mark.skipif(not reading.LISTS, reason="needs directories to list and to open relative to")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs links, and directories that move while they are open")


def _walked(root: Path, turn: int, place: Path, instead: Path) -> Walk:
    """
    A walk after whose directory number `turn` what lies at `place` makes way for `instead`.
    """
    turns = 0

    def told(_: int) -> None:
        nonlocal turns
        turns += 1
        if turns == turn:
            place.rename(root.parent / "away")
            instead.rename(place)

    return Walk(os.fsencode(root), told=told).run()


@pytest.mark.parametrize("lists", [pytest.param(True, marks=_LISTS), False])
@pytest.mark.parametrize("name", [".bundleignore", "pyvenv.cfg", "secret"])
@pytest.mark.parametrize("kind", ["d", "d/e"])
def test_a_directory_that_becomes_a_link_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, name: str, *, lists: bool
) -> None:
    """
    Nothing behind the link is read, and nothing obeyed: rules, the mark of a virtual environment, files.
    """
    monkeypatch.setattr(reading, "LISTS", lists)
    root = make(tmp_path / "w", {"a": "", f"{kind}/x": ""})
    (tmp_path / "link").symlink_to(make(tmp_path / "outside", {name: "*\n"}))

    walk = _walked(root, kind.count("/") + 1, root / kind, tmp_path / "link")

    assert [(problem.rule, problem.path) for problem in walk.problems] == [("file-unreadable", kind)]
    assert [file.path for file in walk.files] == ["a"]
    assert (walk.skipped, walk.complaints, bool(walk.rules)) == ([], [], False)


@_LISTS
def test_a_directory_above_that_becomes_a_link_is_not_followed(tmp_path: Path) -> None:
    """
    What was listed inside is what is entered.
    """
    root = make(tmp_path / "w", {"d/e/inside": "", "d/e/.bundleignore": "*.log\n"})
    (tmp_path / "link").symlink_to(make(tmp_path / "outside", {"e/outside": "", "e/.bundleignore": "*\n"}))

    walk = _walked(root, 2, root / "d", tmp_path / "link")

    assert [file.path for file in walk.files] == ["d/e/.bundleignore", "d/e/inside"]
    assert walk.problems == []


def test_a_directory_in_the_place_of_another_is_walked(tmp_path: Path) -> None:
    """
    What is there counts.
    """
    root = make(tmp_path / "w", {"d/old": ""})
    walk = _walked(root, 1, root / "d", make(tmp_path / "other", {"new": ""}))
    assert [(file.path, file.location) for file in walk.files] == [("d/new", os.fsencode(root / "d" / "new"))]
    assert walk.problems == []


@pytest.mark.parametrize("lists", [pytest.param(True, marks=_LISTS), False])
def test_walks_deep_trees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, lists: bool) -> None:
    """
    Deeper than directories are kept open, with branches on the way; every descriptor is given back.
    """
    monkeypatch.setattr(reading, "LISTS", lists)
    monkeypatch.chdir(tmp_path)
    files = {f"{'e/' * depth}{side}/f": "" for depth in range(100) for side in "az"}
    make(tmp_path, files)
    before = os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else []

    for root in (os.fsencode(tmp_path), b"."):
        walk = Walk(root).run()
        assert sorted((file.path, file.location) for file in walk.files) == sorted(
            (path, root + b"/" + path.encode()) for path in files
        )
        assert walk.problems == []

    assert len(before) == (len(os.listdir("/proc/self/fd")) if before else 0)

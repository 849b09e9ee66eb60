"""
Tests of `phase2_gate.isolation.scratch`: private directories vanish, and nothing else does.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from phase2_gate.core.errors import IsolationError
from phase2_gate.isolation import scratch


def test_a_private_directory_is_private_and_goes() -> None:
    """
    Only its owner may list it, its path is real, and it is gone afterwards; root's own program may pass through it.
    """
    with scratch.private() as directory:
        found = directory.stat()
        mode, group = stat.S_IMODE(found.st_mode), found.st_gid
        (directory / "file").write_text("x")
        assert directory == directory.resolve()
    assert (mode, group) == ((0o710, 65534) if os.getuid() == 0 else (0o700, os.getgid()))
    assert not directory.exists()


def test_it_goes_after_an_error_too() -> None:
    """
    The directory is removed when the block fails.
    """
    with pytest.raises(ZeroDivisionError), scratch.private() as directory:
        raise ZeroDivisionError
    assert not directory.exists()


def test_links_are_removed_and_never_followed(tmp_path: Path) -> None:
    """
    What a link points to stays as it is.
    """
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x")
    doomed = tmp_path / "doomed"
    (doomed / "deep").mkdir(parents=True)
    (doomed / "link").symlink_to(kept, target_is_directory=True)
    (doomed / "deep" / "link").symlink_to(kept / "file")
    scratch.remove(doomed)
    assert (doomed.exists(), (kept / "file").read_text()) == (False, "x")


def test_directories_without_permission_are_removed(tmp_path: Path) -> None:
    """
    A directory that nobody may enter goes as well.
    """
    locked = tmp_path / "doomed" / "a" / "b"
    locked.mkdir(parents=True)
    for path in (locked, locked.parent, locked.parent.parent):
        path.chmod(0)
    scratch.remove(tmp_path / "doomed")
    assert list(tmp_path.iterdir()) == []


def test_a_tree_too_deep_for_any_path_is_removed(tmp_path: Path) -> None:
    """
    Directories nested beyond the longest path, and beyond the recursion limit, are removed.
    """
    doomed = tmp_path / "doomed"
    doomed.mkdir()
    here = Path.cwd()
    try:
        os.chdir(doomed)
        for _ in range(sys.getrecursionlimit() + 500):
            os.mkdir("0123456789")
            os.chdir("0123456789")
    finally:
        os.chdir(here)
    (doomed / "0").mkdir()  # a name that the removal itself would use
    scratch.remove(doomed)
    assert not doomed.exists()


def test_what_cannot_be_removed_is_an_error(tmp_path: Path) -> None:
    """
    A directory that is not there can't be removed, and that is said.
    """
    with pytest.raises(IsolationError, match="could not be removed"):
        scratch.remove(tmp_path / "absent")


@pytest.mark.parametrize("moment", ["opened", "moved"])
def test_a_directory_swapped_for_a_link_leads_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """
    Whoever puts a link in the place of a directory that is about to be emptied has nothing removed elsewhere.
    """
    kept = tmp_path / "kept"
    (kept / "deep").mkdir(parents=True)
    (kept / "deep" / "file").write_text("x")
    (kept / "file").write_text("x")
    inner = tmp_path / "doomed" / "inner"
    (inner / "deep").mkdir(parents=True)
    emptied = scratch._emptied

    def swapped(directory: int) -> list[str]:
        names = emptied(directory)
        victim = inner if moment == "opened" and names == ["inner"] else inner / "deep"
        if moment == "opened" or names == ["deep"]:
            victim.rename(tmp_path / "aside")
            victim.symlink_to(kept if victim == inner else kept / "deep", target_is_directory=True)
        return names

    monkeypatch.setattr(scratch, "_emptied", swapped)
    with pytest.raises(IsolationError, match="could not be removed"):
        scratch.remove(tmp_path / "doomed")

    assert sorted(path.name for path in kept.rglob("*")) == ["deep", "file", "file"]

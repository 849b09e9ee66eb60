"""
The root: the walk, trees, mounts, what platforms lack.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from ..errors import PathRefused
from ..governance import root
from ..governance.directory import Directory
from ..governance.fd_directory import FdDirectory
from ..governance.path_directory import PathDirectory
from ..governance.root import Root
from .features import both_ways, needs_descriptors, needs_links, needs_permissions
from .operation_samples import granted_files
from .samples import tree_of


@needs_links
def test_descendants_are_listed_without_following(tmp_path: Path) -> None:
    """
    Sorted, links as names, and with a bound.
    """
    (tmp_path / "d" / "b").mkdir(parents=True)
    (tmp_path / "d" / "b" / "x").write_text("")
    (tmp_path / "d" / "a").symlink_to("/")
    with Root(tmp_path) as opened:
        assert opened.descendants("d") == (("d/a", False), ("d/b", True), ("d/b/x", False))
        assert opened.descendants("d/b/x") == ()
        assert opened.descendants("gone") == ()
        assert opened.descendants("gone/deeper") == ()
        (tmp_path / "d" / "con").touch()
        with pytest.raises(PathRefused, match="PATH_NOT_CANONICAL"):
            opened.descendants("d")


def test_a_tree_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A recursive step on more than anybody reviewed is refused.
    """
    monkeypatch.setattr(root, "MAX_TREE_ENTRIES", 2)
    (tmp_path / "d").mkdir()
    for name in "abc":
        (tmp_path / "d" / name).touch()
    with Root(tmp_path) as opened, pytest.raises(PathRefused, match="TREE_TOO_LARGE"):
        opened.descendants("d")


@both_ways
def test_a_root_must_be_a_directory(tmp_path: Path, descriptors: bool) -> None:
    """
    Missing, a file, a name with NUL.
    """
    (tmp_path / "file").touch()
    for path in (tmp_path / "gone", tmp_path / "file", "nul\0"):
        with pytest.raises(PathRefused, match="ROOT"):
            Root(path, descriptors=descriptors)


@needs_descriptors
def test_the_guarantee_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Descriptors where the system has them all, best effort otherwise.
    """
    with Root(tmp_path, descriptors=True) as opened:
        assert opened.guarantee == "descriptor"
        assert os.path.samefile(opened.working_directory(), tmp_path)
    monkeypatch.setattr(os, "supports_dir_fd", set())
    with Root(tmp_path) as opened:
        assert opened.guarantee == "best-effort"
        assert opened.working_directory() == str(tmp_path)


@needs_descriptors
def test_a_held_root_survives_its_name(tmp_path: Path) -> None:
    """
    The root is the directory that was opened, whatever stands at its name later.
    """
    tree, away = tmp_path / "tree", tmp_path / "away"
    tree.mkdir()
    with granted_files(tree, "a") as files:
        tree.rename(away)
        tree.mkdir()
        files.write_bytes("a", b"1")
    assert (tree_of(tree), tree_of(away)) == ({}, {"a": "0 b'1'"})


def test_without_descriptors_a_replaced_directory_is_noticed(tmp_path: Path) -> None:
    """
    The identity is compared before every use of the name.
    """
    tree = tmp_path / "tree"
    tree.mkdir()
    with granted_files(tree, "a", descriptors=False) as files:
        tree.rename(tmp_path / "away")
        tree.mkdir()
        with pytest.raises(PathRefused, match="replaced"):
            files.write_bytes("a", b"1")
    assert tree_of(tree) == {}


@needs_descriptors
def test_another_device_or_mount_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A directory or file that is mounted into the tree is not of the tree.
    """
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x").write_text("")
    with granted_files(tmp_path, "d/x", "d") as files:
        mounts = iter(["1", "1", "2"])
        monkeypatch.setattr(FdDirectory, "mount_id", lambda _self, _fd=None: next(mounts))
        with pytest.raises(PathRefused, match="another mount"):
            files.read_bytes("d/x")
        monkeypatch.undo()
        real = os.fstat

        def elsewhere(fd: int) -> os.stat_result:
            status = list(real(fd))
            status[2] += 1
            return os.stat_result(status)

        monkeypatch.setattr(os, "fstat", elsewhere)
        with pytest.raises(PathRefused, match="another file system"):
            files.read_bytes("d/x")


@needs_descriptors
def test_a_mount_that_cannot_be_told_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Without /proc the device number alone decides.
    """

    def missing(*_: object, **__: object) -> None:
        raise FileNotFoundError

    with Root(tmp_path) as opened:
        monkeypatch.setattr("builtins.open", missing)
        assert opened._top.mount_id() is None


@needs_links
@pytest.mark.parametrize("number", [errno.EPERM, errno.EIO, errno.EEXIST])
def test_creating_without_hard_links_still_creates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """
    A file system without links gets a rename; any other error is an error; a rival wins.
    """

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", refuse)
    with granted_files(tmp_path, "a") as files:
        if number == errno.EPERM:
            files.create_bytes("a", b"1")
            assert (tmp_path / "a").read_bytes() == b"1"
        else:
            with pytest.raises((OSError, PathRefused)):
                files.create_bytes("a", b"1")
            files.clean("a")
            assert tree_of(tmp_path) == {}


@needs_permissions
def test_without_fchmod_permissions_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    As on Windows.
    """
    monkeypatch.delattr(os, "fchmod")
    with granted_files(tmp_path, "a", "d") as files:
        files.write_bytes("a", b"1")
        files.mkdir("d")
        assert files.permissions("a") is None
        files.set_permissions("d", 0o700)
    assert (tmp_path / "a").read_bytes() == b"1"
    assert stat.S_IMODE((tmp_path / "d").stat().st_mode) & 0o700 == 0o700


def test_a_reparse_point_is_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    As Windows tells of junctions.
    """

    class Reparse:
        st_file_attributes = 0x400
        st_mode = stat.S_IFDIR
        st_dev, st_ino = 1, 1

    (tmp_path / "a").mkdir()
    directory = PathDirectory(str(tmp_path))
    monkeypatch.setattr(PathDirectory, "_identity_of", lambda _self, _status: (0, 0), raising=False)
    real = os.stat
    monkeypatch.setattr(os, "stat", lambda p, **k: Reparse() if str(p).endswith("a") else real(p, **k))
    with pytest.raises(PathRefused, match="reparse"):
        directory.stat("a")


def test_without_descriptors_a_swapped_file_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What was opened is compared with what stands at the name; both failures close the file.
    """
    (tmp_path / "a").write_text("")
    (tmp_path / "b").write_text("")
    directory: Directory = PathDirectory(str(tmp_path))
    other = os.stat(tmp_path / "b")
    monkeypatch.setattr(PathDirectory, "stat", lambda _self, _name: other)
    with pytest.raises(PathRefused, match="not what stands there"):
        directory.open("a", os.O_RDONLY)

    def gone(_self: object, _name: str) -> os.stat_result:
        raise FileNotFoundError

    monkeypatch.setattr(PathDirectory, "stat", gone)
    with pytest.raises(FileNotFoundError):
        directory.open("a", os.O_RDONLY)


@needs_descriptors
def test_directories_of_two_kinds_are_never_mixed(tmp_path: Path) -> None:
    """
    A mistake of ours, told as one.
    """
    (tmp_path / "a").write_text("")
    with Root(tmp_path, descriptors=True) as opened, pytest.raises(TypeError, match="need a FdDirectory"):
        opened._top.rename("a", PathDirectory(str(tmp_path)), "b")

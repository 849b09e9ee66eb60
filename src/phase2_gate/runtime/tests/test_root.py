"""
The root and granted files: what the file system may hold at a path, and what happens if it holds something else.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ..errors import GrantError, PathRefused
from ..governance import root, temporary_files
from ..governance.decision import ACCESSES, PathUse, Request
from ..governance.directory import Directory
from ..governance.envelope_enforcer import EnvelopeEnforcer
from ..governance.fd_directory import FdDirectory
from ..governance.granted_fs import GrantedFS
from ..governance.path_directory import PathDirectory
from ..governance.root import Root
from ..governance.self_mod_protection import ProtectedSet
from .samples import envelope, tree_of

both_ways = pytest.mark.parametrize("descriptors", [True, False])


@contextmanager
def _files(tree: Path, *paths: str, descriptors: bool = True) -> Iterator[GrantedFS]:
    """
    Full access to some paths.
    """
    with Root(tree, descriptors=descriptors) as opened:
        uses = tuple(PathUse(path, access) for path in paths for access in ACCESSES)
        grant = EnvelopeEnforcer(envelope(), opened, ProtectedSet()).authorize(Request("fs.write", uses))
        with opened.granted(grant, tag="t") as files:
            yield files


@both_ways
def test_files_are_written_read_and_described(tmp_path: Path, descriptors: bool) -> None:  # a table
    """
    Content, permissions and state are what was asked for; nothing else is left behind.
    """
    with _files(tmp_path, "a", "d", "d/x", "e", descriptors=descriptors) as files:
        files.write_bytes("a", b"1")
        os.chmod(tmp_path / "a", 0o700)
        files.write_bytes("a", b"22")
        assert files.read_bytes("a") == b"22"
        files.mkdir("d")
        files.create_bytes("d/x", b"", mode=0o755)
        assert files.state("a") == {
            "kind": "file",
            "sha256": "785f3ec7eb32f30b90cd0fcf3657d388b5ff4297f2f9716ff66e9b69c05ddd09",
            "size": 2,
            "mode_x": True,
        }
        assert files.state("d") == {"kind": "directory"}
        files.rename("d", "e")
        assert files.state("d") is None
        assert files.state("d/x") is None
        files.delete("a")
    assert tree_of(tmp_path) == {"e": "directory", "e/x": "100 b''"}


@both_ways
@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda p, out: p.symlink_to(out / "secret"), "LINK"),
        (lambda p, _: p.symlink_to("nowhere"), "LINK"),
        (lambda p, _: p.symlink_to(p.name), "LINK"),
        (lambda p, _: p.symlink_to("/proc/self/cwd"), "LINK"),
        (lambda p, out: os.link(out / "secret", p), "HARDLINK"),
        (lambda p, _: os.mkfifo(p), "NOT_REGULAR"),
    ],
    ids=["link", "dangling", "loop", "magic", "hard", "fifo"],
)
def test_what_is_not_a_plain_file_is_refused(
    tmp_path: Path,
    descriptors: bool,  # a table
    make: object,
    code: str,
) -> None:
    """
    By every method, with the reason; nothing outside is read or changed.
    """
    tree, out = tmp_path / "tree", tmp_path / "out"
    tree.mkdir()
    out.mkdir()
    (out / "secret").write_text("secret")
    make(tree / "a", out)  # type: ignore[operator]  # a table of functions
    before = tree_of(out)
    with _files(tree, "a", "b", descriptors=descriptors) as files:
        for call in (
            lambda: files.read_bytes("a"),
            lambda: files.write_bytes("a", b"x"),
            lambda: files.delete("a"),
            lambda: files.rename("a", "b"),
            lambda: files.state("a"),
        ):
            with pytest.raises(PathRefused) as caught:
                call()
            assert code == caught.value.code
            assert "'a'" in str(caught.value)
        for call in (lambda: files.create_bytes("a", b"x"), lambda: files.mkdir("a")):
            with pytest.raises(PathRefused) as caught:
                call()
            assert caught.value.code == "EXISTS"
    assert before == tree_of(out)


@both_ways
def test_a_link_on_the_way_is_refused(tmp_path: Path, descriptors: bool) -> None:  # a table
    """
    Also one that leads back inside; and a file is no directory.
    """
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "x").write_text("x")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "file").write_text("")
    with _files(tmp_path, "link/x", "file/x", "gone/x", descriptors=descriptors) as files:
        for path, code in [("link/x", "LINK"), ("file/x", "NOT_DIRECTORY"), ("gone/x", "MISSING")]:
            with pytest.raises(PathRefused) as caught:
                files.write_bytes(path, b"")
            assert code == caught.value.code
            files.clean(path)
        for path in ("file/x", "gone/x"):
            assert files.state(path) is None
    with Root(tmp_path, descriptors=descriptors) as opened:
        with pytest.raises(PathRefused, match="LINK"):
            opened.descendants("link/x")
        with pytest.raises(PathRefused, match="PATH_TRAVERSAL"):
            opened.descendants("../x")


@both_ways
def test_what_is_in_the_way_stays(tmp_path: Path, descriptors: bool) -> None:  # a table
    """
    Nothing is replaced but by writing, no full directory is deleted, nothing missing is moved.
    """
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x").write_text("x")
    (tmp_path / "f").write_text("f")
    before = tree_of(tmp_path)
    with _files(tmp_path, "d", "f", "g", descriptors=descriptors) as files:
        calls: list[tuple[Callable[[], object], str | None]] = [
            (lambda: files.create_bytes("f", b""), "EXISTS"),
            (lambda: files.rename("f", "d"), "EXISTS"),
            (lambda: files.rename("d", "f"), "EXISTS"),
            (lambda: files.rename("g", "h"), None),
            (lambda: files.delete("g"), "MISSING"),
            (lambda: files.rename("g", "g"), "MISSING"),
            (lambda: files.write_bytes("d", b""), "NOT_REGULAR"),
            (lambda: files.read_bytes("d"), "NOT_REGULAR"),
            (lambda: files.read_bytes("f", max_bytes=0), "TOO_LARGE"),
        ]
        for call, code in calls:
            with pytest.raises((PathRefused, GrantError)) as caught:
                call()
            assert code is None or code == caught.value.code
        with pytest.raises(OSError, match=r"not empty|directory"):
            files.delete("d")
    assert before == tree_of(tmp_path)


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


def test_a_root_must_be_a_directory(tmp_path: Path) -> None:
    """
    Missing, a file, a name with NUL.
    """
    (tmp_path / "file").touch()
    for path in (tmp_path / "gone", tmp_path / "file", "nul\0"):
        with pytest.raises(PathRefused, match="ROOT"):
            Root(path)


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


def test_a_held_root_survives_its_name(tmp_path: Path) -> None:
    """
    The root is the directory that was opened, whatever stands at its name later.
    """
    tree, away = tmp_path / "tree", tmp_path / "away"
    tree.mkdir()
    with _files(tree, "a") as files:
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
    with _files(tree, "a", descriptors=False) as files:
        tree.rename(tmp_path / "away")
        tree.mkdir()
        with pytest.raises(PathRefused, match="replaced"):
            files.write_bytes("a", b"1")
    assert tree_of(tree) == {}


def test_another_device_or_mount_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A directory or file that is mounted into the tree is not of the tree.
    """
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x").write_text("")
    with _files(tmp_path, "d/x", "d") as files:
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


def test_a_mount_that_cannot_be_told_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Without /proc the device number alone decides.
    """

    def missing(*_: object, **__: object) -> None:
        raise FileNotFoundError

    with Root(tmp_path) as opened:
        monkeypatch.setattr("builtins.open", missing)
        assert opened._top.mount_id() is None


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The size on the descriptor must be the number of bytes.
    """
    (tmp_path / "a").write_bytes(b"1234")
    real = os.fstat

    def stale(fd: int) -> os.stat_result:
        status = list(real(fd))
        status[6] = 2 if stat.S_ISREG(real(fd).st_mode) else status[6]
        return os.stat_result(status)

    with _files(tmp_path, "a") as files:
        monkeypatch.setattr(os, "fstat", stale)
        with pytest.raises(PathRefused, match="CHANGED"):
            files.read_bytes("a")


def test_a_second_name_that_vanishes_again_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The name was another file's when it was opened, and that file has one name again when it is looked at.
    """
    tree, out = tmp_path / "tree", tmp_path / "secret"
    tree.mkdir()
    out.write_bytes(b"secret")
    os.link(out, tree / "a")
    real = os.open

    def swapping(path: str, flags: int, *rest: int, **more: int) -> int:
        fd = real(path, flags, *rest, **more)
        if path == "a":
            (tree / "b").write_bytes(b"inside")
            os.rename(tree / "b", tree / "a")
        return fd

    with _files(tree, "a") as files:
        monkeypatch.setattr(os, "open", swapping)
        with pytest.raises(PathRefused, match="CHANGED"):
            files.read_bytes("a")
        monkeypatch.undo()
        assert files.read_bytes("a") == b"inside"


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
    with _files(tmp_path, "a") as files:
        if number == errno.EPERM:
            files.create_bytes("a", b"1")
            assert (tmp_path / "a").read_bytes() == b"1"
        else:
            with pytest.raises((OSError, PathRefused)):
                files.create_bytes("a", b"1")
            files.clean("a")
            assert tree_of(tmp_path) == {}


def test_without_fchmod_permissions_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    As on Windows.
    """
    monkeypatch.delattr(os, "fchmod")
    with _files(tmp_path, "a", "d") as files:
        files.write_bytes("a", b"1")
        files.mkdir("d")
        assert files.permissions("a") is None
        files.set_permissions("d", 0o700)
    assert (tmp_path / "a").read_bytes() == b"1"
    assert stat.S_IMODE((tmp_path / "d").stat().st_mode) & 0o700 == 0o700


@both_ways
def test_permissions_are_told_and_set(tmp_path: Path, descriptors: bool) -> None:
    """
    Of what is there, without what is more than permission; setting those that are there needs no access.
    """
    with _files(tmp_path, "d", "f", "none", descriptors=descriptors) as files:
        files.mkdir("d", mode=0o700)
        files.create_bytes("f", b"", mode=0o640)
        (tmp_path / "f").chmod(0o2640)
        assert [files.permissions(path) for path in ("d", "f", "none")] == [0o700, 0o640, None]
        files.set_permissions("d", 0o511)
        assert stat.S_IMODE((tmp_path / "d").stat().st_mode) == 0o511
        (tmp_path / "d").chmod(0)
        files.set_permissions("d", 0)
        assert files.permissions("d") == 0
    (tmp_path / "d").chmod(0o700)


def test_a_name_that_cannot_be_looked_at_is_not_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    An error is not an absence.
    """

    def denied(*_: object) -> os.stat_result:
        raise PermissionError(errno.EACCES, "no")

    with _files(tmp_path, "a") as files:
        monkeypatch.setattr(FdDirectory, "stat", denied)
        with pytest.raises(PathRefused, match="UNREADABLE"):
            files.create_bytes("a", b"")
        with pytest.raises(PathRefused, match="UNREADABLE"):
            files.write_bytes("a", b"")
    assert tree_of(tmp_path) == {}


def test_a_failed_write_leaves_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    And no temporary file.
    """
    (tmp_path / "a").write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with _files(tmp_path, "a") as files:
        monkeypatch.setattr(temporary_files, "write_all", full)
        with pytest.raises(OSError, match="full"):
            files.write_bytes("a", b"new")
    assert tree_of(tmp_path) == {"a": "0 b'old'"}


def test_a_crashed_attempt_is_cleaned_up(tmp_path: Path) -> None:
    """
    The next attempt of the same step finds the temporary file by its name, even when it is a link.
    """
    with _files(tmp_path, "a") as files:
        name = temporary_files.temporary_name("t", "a")
        (tmp_path / name).write_bytes(b"half")
        files.clean("a")
        assert tree_of(tmp_path) == {}
        (tmp_path / name).symlink_to("/etc/passwd")
        files.write_bytes("a", b"1")
    assert tree_of(tmp_path) == {"a": "0 b'1'"}


def test_an_unreadable_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    With the system's words.
    """
    (tmp_path / "a").write_text("")
    real = os.open

    def denied(path: object, flags: int, *rest: int, **more: int) -> int:
        if path == "a":
            raise PermissionError(errno.EACCES, "no")
        return real(path, flags, *rest, **more)  # type: ignore[arg-type]  # passed on

    with _files(tmp_path, "a") as files:
        monkeypatch.setattr(os, "open", denied)
        with pytest.raises(PathRefused, match="UNREADABLE"):
            files.read_bytes("a")


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


def test_directories_of_two_kinds_are_never_mixed(tmp_path: Path) -> None:
    """
    A mistake of ours, told as one.
    """
    (tmp_path / "a").write_text("")
    with Root(tmp_path, descriptors=True) as opened, pytest.raises(TypeError, match="need a FdDirectory"):
        opened._top.rename("a", PathDirectory(str(tmp_path)), "b")

"""
Plain files: what may stand at a path, and what is refused there.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from ..errors import PathRefused
from ..governance.fd_directory import FdDirectory
from ..governance.root import Root
from .features import both_ways, needs_descriptors, needs_fifos, needs_links
from .operation_samples import granted_files
from .samples import tree_of


@needs_links
@both_ways
@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda p, out: p.symlink_to(out / "secret"), "LINK"),
        (lambda p, _: p.symlink_to("nowhere"), "LINK"),
        (lambda p, _: p.symlink_to(p.name), "LINK"),
        (lambda p, _: p.symlink_to("/proc/self/cwd"), "LINK"),
        (lambda p, out: os.link(out / "secret", p), "HARDLINK"),
        pytest.param(lambda p, _: os.mkfifo(p), "NOT_REGULAR", marks=needs_fifos),
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
    with granted_files(tree, "a", "b", descriptors=descriptors) as files:
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


@needs_links
@both_ways
def test_a_link_on_the_way_is_refused(tmp_path: Path, descriptors: bool) -> None:  # a table
    """
    Also one that leads back inside; and a file is no directory.
    """
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "x").write_text("x")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "file").write_text("")
    with granted_files(tmp_path, "link/x", "file/x", "gone/x", descriptors=descriptors) as files:
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

    with granted_files(tmp_path, "a") as files:
        monkeypatch.setattr(os, "fstat", stale)
        with pytest.raises(PathRefused, match="CHANGED"):
            files.read_bytes("a")


@needs_links
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

    with granted_files(tree, "a") as files:
        monkeypatch.setattr(os, "open", swapping)
        with pytest.raises(PathRefused, match="CHANGED"):
            files.read_bytes("a")
        monkeypatch.undo()
        assert files.read_bytes("a") == b"inside"


@needs_descriptors
def test_a_name_that_cannot_be_looked_at_is_not_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    An error is not an absence.
    """

    def denied(*_: object) -> os.stat_result:
        raise PermissionError(errno.EACCES, "no")

    with granted_files(tmp_path, "a") as files:
        monkeypatch.setattr(FdDirectory, "stat", denied)
        with pytest.raises(PathRefused, match="UNREADABLE"):
            files.create_bytes("a", b"")
        with pytest.raises(PathRefused, match="UNREADABLE"):
            files.write_bytes("a", b"")
    assert tree_of(tmp_path) == {}


@needs_descriptors
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

    with granted_files(tmp_path, "a") as files:
        monkeypatch.setattr(os, "open", denied)
        with pytest.raises(PathRefused, match="UNREADABLE"):
            files.read_bytes("a")

"""
Granted files: written whole or not at all, never over what is in the way.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from ..durable import has_permissions
from ..errors import GrantError, PathRefused
from ..governance import temporary_files
from .features import both_ways, needs_links, needs_permissions
from .operation_samples import granted_files
from .samples import EXECUTABLE, tree_of


@both_ways
def test_files_are_written_read_and_described(tmp_path: Path, descriptors: bool) -> None:  # a table
    """
    Content, permissions and state are what was asked for; nothing else is left behind.
    """
    with granted_files(tmp_path, "a", "d", "d/x", "e", descriptors=descriptors) as files:
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
            "mode_x": has_permissions(),
        }
        assert files.state("d") == {"kind": "directory"}
        files.rename("d", "e")
        assert files.state("d") is None
        assert files.state("d/x") is None
        files.delete("a")
    assert tree_of(tmp_path) == {"e": "directory", "e/x": f"{EXECUTABLE} b''"}


@both_ways
def test_what_is_in_the_way_stays(tmp_path: Path, descriptors: bool) -> None:  # a table
    """
    Nothing is replaced but by writing, no full directory is deleted, nothing missing is moved.
    """
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x").write_text("x")
    (tmp_path / "f").write_text("f")
    before = tree_of(tmp_path)
    with granted_files(tmp_path, "d", "f", "g", descriptors=descriptors) as files:
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


@needs_permissions
@both_ways
def test_permissions_are_told_and_set(tmp_path: Path, descriptors: bool) -> None:
    """
    Of what is there, without what is more than permission; setting those that are there needs no access.
    """
    with granted_files(tmp_path, "d", "f", "none", descriptors=descriptors) as files:
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


def test_a_failed_write_leaves_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    And no temporary file.
    """
    (tmp_path / "a").write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with granted_files(tmp_path, "a") as files:
        monkeypatch.setattr(temporary_files, "write_all", full)
        with pytest.raises(OSError, match="full"):
            files.write_bytes("a", b"new")
    assert tree_of(tmp_path) == {"a": "0 b'old'"}


@needs_links
def test_a_crashed_attempt_is_cleaned_up(tmp_path: Path) -> None:
    """
    The next attempt of the same step finds the temporary file by its name, even when it is a link.
    """
    with granted_files(tmp_path, "a") as files:
        name = temporary_files.temporary_name("t", "a")
        (tmp_path / name).write_bytes(b"half")
        files.clean("a")
        assert tree_of(tmp_path) == {}
        (tmp_path / name).symlink_to("/etc/passwd")
        files.write_bytes("a", b"1")
    assert tree_of(tmp_path) == {"a": "0 b'1'"}

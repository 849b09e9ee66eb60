"""
Tests of reading members once.
"""

from __future__ import annotations

import errno
import hashlib
import os
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from phase2_gate.build import content
from phase2_gate.core import paths
from phase2_gate.core.errors import BuildError
from phase2_gate.workspace.selection import Member

_PIECE = content.PIECE


def _forget(_: bytes) -> None:
    """
    Takes content that nobody wants.
    """


def _member(path: Path) -> Member:
    return Member(paths.parse("m/a"), "a", os.fsencode(path), executable=False)


def _read(member: Member, write: Callable[[bytes], None], size: int | None = None) -> content.Content:
    """
    Reads the one member; `size`, where it is given, is what the file is changed to while it is open.
    """
    with closing(content.opened([member])) as files:
        file = next(files)
        if size is not None:
            os.truncate(member.location, size)
        return content.read(file, write)


@pytest.mark.parametrize("size", [0, 1, 1000, _PIECE - 1, _PIECE, _PIECE + 1, 3 * _PIECE, 3 * _PIECE + 5])
def test_digest_checksum_and_content_come_together(tmp_path: Path, size: int) -> None:
    """
    Content of every size is handed on whole, with its digest and checksum.
    """
    data = bytes(index * 7 % 251 for index in range(size % _PIECE)) + bytes(size - size % _PIECE)
    (tmp_path / "a").write_bytes(data)
    pieces: list[bytes] = []
    read = _read(_member(tmp_path / "a"), pieces.append)
    assert b"".join(pieces) == data
    assert all(pieces)
    assert content.Content(zlib.crc32(data), read.digest, None) == read
    assert hashlib.sha256(data).hexdigest() == read.digest


def test_goes_on_after_a_short_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A system that returns less than was asked for is asked again.
    """
    data = bytes(range(200))
    (tmp_path / "a").write_bytes(data)
    real = os.read
    monkeypatch.setattr(os, "read", lambda descriptor, length: real(descriptor, min(length, 7)))
    pieces: list[bytes] = []
    read = _read(_member(tmp_path / "a"), pieces.append)
    assert b"".join(pieces) == data
    assert hashlib.sha256(data).hexdigest() == read.digest


@pytest.mark.parametrize(
    ("opened", "actual", "message"),
    [
        (3, 4, "a: the file grew while it was packed: seen at least 4 bytes, need 3"),
        (0, 1, "a: the file grew while it was packed: seen at least 1 bytes, need 0"),
        (3, 2, "a: the file shrank while it was packed: seen 2 bytes, need 3"),
        (3, 0, "a: the file shrank while it was packed: seen 0 bytes, need 3"),
        (_PIECE, _PIECE + 9, f"a: the file grew while it was packed: seen at least {_PIECE + 1} bytes, need {_PIECE}"),
        (2 * _PIECE, _PIECE + 9, f"a: the file shrank while it was packed: seen {_PIECE + 9} bytes, need {2 * _PIECE}"),
    ],
)
def test_refuses_a_file_of_another_size(tmp_path: Path, opened: int, actual: int, message: str) -> None:
    """
    A file that grew or shrank since it was opened is an error that names it.
    """
    (tmp_path / "a").write_bytes(bytes(opened))
    with pytest.raises(BuildError) as caught:
        _read(_member(tmp_path / "a"), _forget, actual)
    assert str(caught.value) == message
    assert caught.value.hint


def test_refuses_what_is_no_file_any_more(tmp_path: Path) -> None:
    """
    A directory, a link or nothing in the file's place is an error.
    """
    with pytest.raises(BuildError, match=r"^a: cannot be read: No such file"):
        _read(_member(tmp_path / "a"), _forget)
    (tmp_path / "a").mkdir()
    with pytest.raises(BuildError, match=r"^a: cannot be read: not a regular file$"):
        _read(_member(tmp_path / "a"), _forget)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "b")
        with pytest.raises(BuildError, match=r"^a: cannot be read: not a regular file$"):
            _read(_member(tmp_path / "b"), _forget)


def test_tells_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A broken disk is an error that names the file.
    """

    def read(*_: int) -> bytes:
        raise OSError(5, "Input/output error")

    (tmp_path / "a").write_bytes(b"x")
    monkeypatch.setattr(os, "read", read)
    with pytest.raises(BuildError, match=r"^a: cannot be read: Input/output error$"):
        _read(_member(tmp_path / "a"), _forget)


def test_files_are_opened_ahead_and_closed(tmp_path: Path) -> None:
    """
    Members come in their order, as many are open as is stated, and none is when the generator is closed.
    """
    members = []
    for number in range(3 * content.AHEAD):
        (tmp_path / f"{number}").write_text(f"{number}")
        members.append(_member(tmp_path / f"{number}"))
    before = set(os.listdir("/dev/fd"))
    files = content.opened(members)

    for _ in range(2 * content.AHEAD):
        member, descriptor, _ = next(files)
        assert os.path.basename(member.location) == os.read(descriptor, 10)
        assert len(set(os.listdir("/dev/fd")) - before) <= content.AHEAD + 2  # the listing's own is one
    files.close()

    assert set(os.listdir("/dev/fd")) == before


def test_whatever_is_opened_is_closed_when_one_cannot_be(tmp_path: Path) -> None:
    """
    A missing file ends reading before the members ahead of it come, and leaves nothing open.
    """
    (tmp_path / "a").write_text("a")
    before = set(os.listdir("/dev/fd"))

    with pytest.raises(BuildError, match="cannot be read: No such file"):
        list(content.opened([_member(tmp_path / "a"), _member(tmp_path / "b")]))

    assert set(os.listdir("/dev/fd")) == before


@pytest.mark.parametrize("advise", [None, "refused"])
def test_advice_is_not_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, advise: str | None) -> None:
    """
    Where the system takes no advice, or refuses it, the content is the same.
    """

    def refuse(*_: int) -> None:
        raise OSError(errno.ENOSYS, "not here")

    monkeypatch.setattr(content, "_advise", None if advise is None else refuse)
    (tmp_path / "a").write_text("abc")

    assert _read(_member(tmp_path / "a"), _forget).digest == hashlib.sha256(b"abc").hexdigest()

"""
Digests that are taken in a second thread.
"""

from __future__ import annotations

import hashlib
import os
import threading
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from phase2_gate.build import content
from phase2_gate.build.background import BackgroundDigest
from phase2_gate.core import paths
from phase2_gate.core.digest import Sha256
from phase2_gate.core.errors import BuildError
from phase2_gate.workspace.selection import Member


def _threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "phase2-gate-digest"]


def test_the_digest_is_that_of_all_pieces_in_order() -> None:
    """
    More pieces than may wait give what one thread gives, and the thread is gone.
    """
    pieces = [bytes([number]) * 1000 for number in range(50)]
    with BackgroundDigest() as digest:
        for piece in pieces:
            digest.update(piece)
        assert digest.hexdigest() == hashlib.sha256(b"".join(pieces)).hexdigest()
    assert _threads() == []


def test_nothing_gives_the_digest_of_nothing() -> None:
    """
    Asking for the digest twice is no harm.
    """
    with BackgroundDigest() as digest:
        assert digest.hexdigest() == digest.hexdigest() == hashlib.sha256(b"").hexdigest()


def test_an_error_ends_the_thread() -> None:
    """
    Whatever ends the block, an interruption too, leaves no thread behind.
    """

    def interrupted() -> None:
        with BackgroundDigest() as digest:
            digest.update(b"x")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert _threads() == []


def _read(member: Member, write: Callable[[bytes], None]) -> content.Content:
    with closing(content.opened([member])) as files:
        return next(content.read(file, write) for file in files)


@pytest.mark.parametrize("more", [0, 1])
def test_a_large_member_is_read_as_a_small_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int) -> None:
    """
    On both sides of the limit digest, checksum and content are the same.
    """
    size = content.PIECE + more
    monkeypatch.setattr(content, "BACKGROUND_BYTES", content.PIECE + 1)
    data = os.urandom(size)
    (tmp_path / "a").write_bytes(data)
    pieces: list[bytes] = []
    read = _read(Member(paths.parse("a"), "a", os.fsencode(tmp_path / "a"), False), pieces.append)
    assert b"".join(pieces) == data
    assert read == content.Content(zlib.crc32(data), Sha256(hashlib.sha256(data).hexdigest()), None)


def test_a_large_member_that_shrank_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The thread is gone then as well.
    """
    monkeypatch.setattr(content, "BACKGROUND_BYTES", content.PIECE)
    (tmp_path / "a").write_bytes(bytes(content.PIECE + 5))
    member = Member(paths.parse("a"), "a", os.fsencode(tmp_path / "a"), False)
    with closing(content.opened([member])) as files:
        file = next(files)
        os.truncate(tmp_path / "a", content.PIECE + 4)
        with pytest.raises(BuildError, match="shrank"):
            content.read(file, lambda _: None)
    assert _threads() == []

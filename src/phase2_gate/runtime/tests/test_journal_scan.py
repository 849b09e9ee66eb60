"""
Reading a journal: where a torn entry begins, what no disk leaves behind, what cannot be read.
"""

from __future__ import annotations

import errno
import os
from itertools import count
from pathlib import Path

import pytest

from ..orchestration.mission_journal import (
    JournalIntegrityError,
    JournalTornTail,
    JournalUnavailable,
    iter_verified,
    verify,
)
from ..orchestration.run_state import RunState
from .journal_samples import create_journal, filled_journal


def test_a_torn_entry_begins_where_the_last_good_one_ends(tmp_path: Path) -> None:
    """
    To the byte, however it is torn.
    """
    path = tmp_path / "j"
    filled_journal(path)
    good = path.read_bytes()
    for tail in (b"x", b'{"half', bytes(700), bytes(700) + b"\n"):
        path.write_bytes(good + tail)
        with pytest.raises(JournalTornTail) as caught:
            list(iter_verified(path))
        assert caught.value.offset == len(good)
        assert verify(path).good_bytes == len(good)


@pytest.mark.parametrize("room", [0, 1, 511])
def test_a_whole_line_of_something_else_is_corrupt(tmp_path: Path, room: int) -> None:
    """
    Also when its line feed stands alone in the last sector: nothing of it is missing.
    """
    path = tmp_path / "j"
    filled_journal(path)
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"x" * (1024 - size % 512 + room) + b"\n")
    with pytest.raises(JournalIntegrityError, match="not-canonical"):
        verify(path)


def test_a_disk_that_cannot_be_read_is_no_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Neither torn nor corrupt.
    """
    filled_journal(tmp_path / "j")

    def broken(*_: object) -> bytes:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "read", broken)
    with pytest.raises(JournalUnavailable, match=r"cannot read at byte 0: .*broken"):
        verify(tmp_path / "j")


def test_a_seal_says_how_many_steps_are_open(tmp_path: Path) -> None:
    """
    Without the run itself.
    """
    with create_journal(tmp_path / "j") as journal:
        journal.start("a", "x", {})
        journal.start("b", "x", {})
        with pytest.raises(JournalIntegrityError, match=r"seal-open-steps.*2 steps are still open"):
            journal.close()


def test_every_fingerprint_has_its_place() -> None:
    """
    The highest one too; whether it is a repeat is asked only then.
    """
    asked: list[str] = []
    state = RunState(lambda step: bool(asked.append(step)) or step == highest)  # type: ignore[func-returns-value]  # append returns None
    highest = next(f"s{n}" for n in count() if hash(f"s{n}") & 0xFFFF_FFFF_FFFF_FFFF >= 1023 << 54)
    assert not state._is_repeat(highest)
    state._remember(highest)
    assert state._is_repeat(highest)
    assert asked == [highest]

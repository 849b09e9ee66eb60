"""
Judging journals: torn tails, edits, lies against the state machine.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ..orchestration.mission_journal import (
    JournalIntegrityError,
    JournalTornTail,
    JournalUnavailable,
    MissionJournal,
    verify,
)
from .features import needs_fifos, needs_links
from .journal_samples import create_journal, filled_journal, lines_of, relinked
from .samples import Clock, context


def test_every_cut_is_either_good_or_torn(tmp_path: Path) -> None:
    """
    At a line end the rest is good; anywhere else the last entry is torn, recovery drops it and keeps it beside.
    """
    path = tmp_path / "j"
    filled_journal(path, steps=1)
    whole = path.read_bytes()
    ends = [0, *(at + 1 for at, byte in enumerate(whole) if byte == 10)]
    for size in range(0, len(whole) + 1, 17):
        path.write_bytes(whole[:size])
        good = max(end for end in ends if end <= size)
        report = verify(path)
        torn = size != good or size == 0
        assert ("torn" if torn else "open", good) == (report.state, report.good_bytes)
        if torn:
            with pytest.raises(JournalTornTail):
                MissionJournal.open(path, context())
        with MissionJournal.open(path, context(), on_torn="recover", clock=Clock()) as journal:
            side = journal.side_file
            journal.start("after", "x", {})
        if size != good:
            assert side is not None
            assert whole[good:size] == Path(side).read_bytes()
            Path(side).unlink()
        else:
            assert side is None
        assert verify(path).count == ends.index(good) + 1 + (good == 0)
        assert [path] == list(tmp_path.iterdir())


def test_a_sector_that_was_never_written_is_a_torn_tail_too(tmp_path: Path) -> None:
    """
    Zeros instead of a sector of the last entry are torn; the same zeros further up are corrupt.
    """
    path = tmp_path / "j"
    with create_journal(path) as journal:
        journal.start("a", "x", {"text": "x" * 2000})
        journal.finish("a", "completed", {"text": "x" * 2000})
    whole = path.read_bytes()
    middle = whole.index(b"\n", whole.index(b"\n") + 1) // 512 * 512
    last = (len(whole) - 700) // 512 * 512
    path.write_bytes(whole[:last] + bytes(512) + whole[last + 512 :])
    assert verify(path).state == "torn"
    for place in (middle - 512, 0):
        path.write_bytes(whole[:place] + bytes(512) + whole[place + 512 :])
        with pytest.raises(JournalIntegrityError, match="not-canonical"):
            verify(path)
    path.write_bytes(whole[:-100] + bytes(10) + whole[-90:])
    with pytest.raises(JournalIntegrityError, match="not-canonical"):
        verify(path)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda e: e[1].update(name="other"), "entry-hash"),
        (lambda e: e.pop(2), "prev-hash"),
        (lambda e: e.insert(2, e[1]), "prev-hash"),
        (lambda e: e.reverse(), "prev-hash"),
        (lambda e: e[1].update(extra=1), "bad-shape"),
        (lambda e: e[1].pop("name"), "bad-shape"),
        (lambda e: e[1].update(status="done"), "bad-shape"),
        (lambda e: e[1].update(outputs={"x": 1}), "bad-shape"),
        (lambda e: e[2].update(inputs={"x": 1}), "bad-shape"),
        (lambda e: e[2].update(outputs=[]), "bad-shape"),
        (lambda e: e[1].update(started_at="yesterday"), "bad-shape"),
        (lambda e: e[2].update(completed_at="2026-13-01T00:00:00.000000Z"), "bad-shape"),
        (lambda e: e[1].update(entry_hash="x"), "bad-shape"),
        (lambda e: e[1].update(prev_hash="x"), "bad-shape"),
        (lambda e: e[1].update(step_id=""), "bad-shape"),
        (lambda e: e[1].update(name=7), "bad-shape"),
    ],
    ids=range(16),
)
def test_an_edit_is_found(tmp_path: Path, change: object, rule: str) -> None:
    """
    Whatever is edited, cut out, doubled or moved without chaining anew.
    """
    path = tmp_path / "j"
    filled_journal(path)
    entries = lines_of(path)
    change(entries)  # type: ignore[operator]  # a table of functions
    text = [json.dumps(e, sort_keys=True, separators=(",", ":"), ensure_ascii=False) for e in entries]
    path.write_bytes(("\n".join(text) + "\n").encode())
    with pytest.raises(JournalIntegrityError) as caught:
        verify(path)
    assert rule == caught.value.rule
    assert caught.value.offset is not None
    assert f"entry {caught.value.index}" in str(caught.value)
    with pytest.raises(JournalIntegrityError):
        MissionJournal.open(path, context(), on_torn="recover")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda e: e.pop(0), "first-entry"),
        (lambda e: e[0]["inputs"].update(schema="x"), "first-entry"),
        (lambda e: e[0]["inputs"].update(run_id="x"), "first-entry"),
        (lambda e: e[0]["inputs"].update(run_id=1), "first-entry"),
        (lambda e: e[0]["inputs"].update(run_id_audit="x"), "first-entry"),
        (lambda e: e[0]["inputs"].update(envelope="x"), "first-entry"),
        (lambda e: e[0]["inputs"].update(more=1), "first-entry"),
        (lambda e: e[2].update(name="other"), "end-differs"),
        (lambda e: e[3].update(step_id="s0"), "second-start"),
        (lambda e: e[2].update(step_id="ghost"), "end-without-start"),
        (lambda e: e.append(dict(e[1], step_id="z")), "after-seal"),
        (lambda e: e.pop(2), "seal-open-steps"),
    ],
    ids=range(12),
)
def test_a_chained_lie_against_the_state_machine_is_found(tmp_path: Path, change: object, rule: str) -> None:
    """
    Even when every hash was computed anew.
    """
    path = tmp_path / "j"
    filled_journal(path, seal=True)
    entries = lines_of(path)
    change(entries)  # type: ignore[operator]  # a table of functions
    path.write_bytes(relinked(entries))
    with pytest.raises(JournalIntegrityError) as caught:
        verify(path)
    assert rule == caught.value.rule


def test_two_ids_with_one_fingerprint_are_no_repeat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A fingerprint seen before makes the verifier look, not refuse.
    """
    path = tmp_path / "j"
    from ..orchestration import run_state

    monkeypatch.setattr(run_state, "hash", lambda _: 7, raising=False)
    filled_journal(path)
    assert verify(path).count == 7
    with MissionJournal.open(path, context()) as journal:
        with pytest.raises(JournalIntegrityError, match="second-start"):
            journal.start("s1", "x", {})
        journal.start("new", "x", {})


@needs_fifos
@needs_links
def test_what_is_not_a_journal_is_unavailable_or_torn(tmp_path: Path) -> None:
    """
    Missing, a directory, a link, a FIFO, empty: never a good journal.
    """
    good = tmp_path / "good"
    filled_journal(good)
    (tmp_path / "link").symlink_to(good)
    (tmp_path / "directory").mkdir()
    os.mkfifo(tmp_path / "fifo")
    os.link(good, tmp_path / "second-name")
    for name in ["missing", "link", "directory", "fifo", "nul\0"]:
        path = f"{tmp_path}/{name}"
        with pytest.raises(JournalUnavailable):
            verify(path)
        with pytest.raises(JournalUnavailable):
            MissionJournal.open(path, context())
    with pytest.raises(JournalUnavailable, match="one name"):
        MissionJournal.open(good, context())
    with pytest.raises(JournalUnavailable):
        create_journal(good)
    (tmp_path / "empty").touch()
    assert verify(tmp_path / "empty").state == "torn"
    with pytest.raises(JournalIntegrityError, match="empty"):
        verify(tmp_path / "empty").checkpoint()


def test_a_line_has_a_bound(tmp_path: Path) -> None:
    """
    A longer one is refused while it is read, ended or not.
    """
    path = tmp_path / "j"
    filled_journal(path)
    good = path.read_bytes()
    for data in (
        b"x" * (1 << 20),
        b"x" * (1 << 20) + b"\n",
        b"x" * ((1 << 20) + 5000) + b"\ny",
        good + b"x" * (1 << 20) + b"\n",
    ):
        path.write_bytes(data)
        with pytest.raises(JournalIntegrityError, match="line-too-long"):
            verify(path)

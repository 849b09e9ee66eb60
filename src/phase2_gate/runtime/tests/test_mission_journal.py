"""
The mission journal: format, state machine, seal, continuation, grouped commits.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .. import durable
from ..context import ExecutionContext
from ..orchestration.mission_journal import (
    JournalIntegrityError,
    JournalSchemaError,
    JournalUnavailable,
    MissionJournal,
    verify,
)
from .journal_samples import create_journal, filled_journal, lines_of, relinked
from .samples import context


def test_the_file_is_the_format_that_is_written_down(tmp_path: Path) -> None:
    """
    Nine keys, canonical, chained; checked with json and hashlib alone.
    """
    path = tmp_path / "j"
    filled_journal(path, seal=True)
    assert path.read_bytes() == relinked(lines_of(path))
    first, last = lines_of(path)[0], lines_of(path)[-1]
    assert first["prev_hash"] is None
    assert first["inputs"] == {
        "schema": "phase2-gate/mission-journal/1",
        "run_id": context().run_id,
        "run_id_audit": str(context().run_id_audit),
        "baseline_commit": context().baseline_commit,
        "envelope": None,
        "bundle": None,
    }
    assert (last["step_id"], last["status"], last["inputs"], last["outputs"]) == ("run", "completed", {}, {})
    assert len(lines_of(path)) == 8
    assert path.stat().st_mode & 0o777 == 0o600


def test_open_steps_are_the_crash_report(tmp_path: Path) -> None:
    """
    A step without an end is found when the journal is opened again.
    """
    path = tmp_path / "j"
    with create_journal(path) as journal:
        record = journal.start("a", "x", {})
    assert verify(path).open_steps == ("run", "a")
    with MissionJournal.open(path, context()) as journal:
        assert (record,) == journal.open_steps()
        journal.finish("a", "interrupted", {})
        assert journal.open_steps() == ()
        assert journal.path == str(path)


@pytest.mark.parametrize(
    ("calls", "rule"),
    [
        ([("start", "a"), ("start", "a")], "second-start"),
        ([("start", "a"), ("finish", "a"), ("start", "a")], "second-start"),
        ([("start", "run")], "second-start"),
        ([("finish", "a")], "end-without-start"),
        ([("start", "a"), ("finish", "a"), ("finish", "a")], "end-without-start"),
        ([("start", "a"), ("close", "")], "seal-open-steps"),
    ],
)
def test_the_state_machine_refuses(tmp_path: Path, calls: list[tuple[str, str]], rule: str) -> None:
    """
    Nothing is written for a step that may not come, and the journal stays good.
    """
    path = tmp_path / "j"
    journal = create_journal(path)

    def call(what: str, step: str) -> None:
        if what == "start":
            journal.start(step, "x", {})
        elif what == "finish":
            journal.finish(step, "completed", {})
        else:
            journal.close()

    for made in calls[:-1]:
        call(*made)
    before = path.read_bytes()
    with pytest.raises(JournalIntegrityError) as caught:
        call(*calls[-1])
    assert rule == caught.value.rule
    assert before == path.read_bytes()
    journal.__exit__(None, None, None)
    assert verify(path).count == len(calls)


def test_other_misuse_is_refused(tmp_path: Path) -> None:
    """
    Unknown status, ending the run by hand, wrong options, malformed digests: nothing is created.
    """
    path = tmp_path / "j"
    with create_journal(path) as journal:
        journal.start("a", "x", {})
        with pytest.raises(JournalSchemaError, match="status"):
            journal.finish("a", "done", {})
        with pytest.raises(JournalSchemaError, match="ended by close"):
            journal.finish("run", "completed", {})
    with pytest.raises(JournalSchemaError, match="on_torn"):
        MissionJournal.open(path, context(), on_torn="ignore")
    for options in ({"group_commit": 0}, {"group_commit": True}, {"envelope": "x"}, {"bundle": "x"}):
        with pytest.raises(JournalSchemaError):
            MissionJournal.create(tmp_path / "new", context(), **options)
    assert not (tmp_path / "new").exists()


def test_a_seal_ends_it(tmp_path: Path) -> None:
    """
    After the seal nothing is appended, by this handle or by another.
    """
    path = tmp_path / "j"
    with create_journal(path) as journal:
        checkpoint = journal.close("failed", {"why": "x"})
        with pytest.raises(JournalUnavailable, match="closed"):
            journal.start("a", "x", {})
    report = verify(path, anchor=checkpoint, require_sealed=True, expect_run_id=context().run_id)
    assert (report.state, report.sealed_as, report.open_steps) == ("sealed", "failed", ())
    assert checkpoint == report.checkpoint()
    with MissionJournal.open(path, context()) as journal, pytest.raises(JournalIntegrityError, match="after-seal"):
        journal.start("a", "x", {})


def test_it_is_continued_only_by_the_same_run(tmp_path: Path) -> None:
    """
    Run id, baseline, envelope and bundle must be the journal's; the attempt's id stays the first one's.
    """
    path = tmp_path / "j"
    filled_journal(path)
    again = ExecutionContext.derive("/other", context().baseline_commit, [], None, None)
    assert again.run_id_audit != context().run_id_audit
    with MissionJournal.open(path, again) as journal:
        assert str(context().run_id_audit) == journal.header.run_id_audit
        assert journal.side_file is None
    with pytest.raises(JournalIntegrityError, match="run-differs"):
        MissionJournal.open(path, context(["another"]))
    with pytest.raises(JournalIntegrityError, match="run-differs"):
        MissionJournal.open(path, context(), envelope="sha256:" + "0" * 64)
    with pytest.raises(JournalIntegrityError, match="run-id"):
        verify(path, expect_run_id="sha256:" + "0" * 64)


def test_grouped_commits_sync_less_and_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    One sync for each group, and one for what is left before a checkpoint.
    """
    synced: list[int] = []
    real = durable.sync_data
    from ..orchestration import journal_file

    monkeypatch.setattr(journal_file, "sync_data", lambda fd: [synced.append(os.fstat(fd).st_size), real(fd)])  # type: ignore[func-returns-value]  # two steps
    path = tmp_path / "j"
    with create_journal(path, group_commit=3) as journal:
        for number in range(3):
            journal.start(f"s{number}", "x", {})
        assert len(synced) == 1
        journal.checkpoint()
        assert synced[1:] == [path.stat().st_size]
        journal.checkpoint()
        journal.start("last", "x", {})
        assert len(synced) == 2
    assert synced[2:] == [path.stat().st_size]

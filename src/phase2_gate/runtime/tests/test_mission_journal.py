"""
The mission journal: chain, state machine, durability order, torn tails, anchors, seal.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from .. import durable
from ..context import ExecutionContext
from ..orchestration import mission_journal
from ..orchestration.mission_journal import (
    Checkpoint,
    JournalAnchorMismatch,
    JournalIntegrityError,
    JournalLocked,
    JournalSchemaError,
    JournalTornTail,
    JournalUnavailable,
    MissionJournal,
    StepRecord,
    iter_verified,
    verify,
)
from ..orchestration.record import chain
from .samples import Clock, context


def _create(path: Path, group_commit: int = 1) -> MissionJournal:
    return MissionJournal.create(path, context(), clock=Clock(), group_commit=group_commit)


def _filled(path: Path, *, seal: bool = False, steps: int = 3) -> Checkpoint:
    with _create(path) as journal:
        for number in range(steps):
            journal.start(f"s{number}", "a step", {"number": number, "text": "é\n"})
            journal.finish(f"s{number}", "completed", {"list": [1, 2.5, None]})
        return journal.close() if seal else journal.checkpoint()


def _relinked(lines: list[dict[str, object]]) -> bytes:
    """
    Chain entries anew, without any code of ours: what somebody does who rewrites a journal.
    """
    result, previous = b"", None
    for line in lines:
        body = {**line, "prev_hash": previous}
        body.pop("entry_hash", None)
        text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        previous = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
        body["entry_hash"] = previous
        result += json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
    return result


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_the_file_is_the_format_that_is_written_down(tmp_path: Path) -> None:
    """
    Nine keys, canonical, chained; checked with json and hashlib alone.
    """
    path = tmp_path / "j"
    _filled(path, seal=True)
    assert path.read_bytes() == _relinked(_lines(path))
    first, last = _lines(path)[0], _lines(path)[-1]
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
    assert len(_lines(path)) == 8
    assert path.stat().st_mode & 0o777 == 0o600


def test_entries_are_handed_out_as_records(tmp_path: Path) -> None:
    """
    What was put in comes out, read-only.
    """
    path = tmp_path / "j"
    with _create(path) as journal:
        started = journal.start("a", "do it", {"x": {"y": [1]}})
        ended = journal.finish("a", "failed", {"why": "because"})
        assert (started.status, started.completed_at, ended.status) == ("started", None, "failed")
        assert (started.started_at, ended.prev_hash) == (ended.started_at, started.entry_hash)
        with pytest.raises(TypeError):
            started.inputs["x"] = 1  # type: ignore[index]  # the point of the test
    assert [started, ended] == list(iter_verified(path))[1:]
    assert started.to_json()["inputs"] == {"x": {"y": [1]}}


def test_open_steps_are_the_crash_report(tmp_path: Path) -> None:
    """
    A step without an end is found when the journal is opened again.
    """
    path = tmp_path / "j"
    with _create(path) as journal:
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
    journal = _create(path)

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


@pytest.mark.parametrize(
    ("step_id", "name", "inputs"),
    [
        ("", "x", {}),
        ("-a", "x", {}),
        ("a b", "x", {}),
        ("a\n", "x", {}),
        ("x" * 129, "x", {}),
        (1, "x", {}),
        ("a", "", {}),
        ("a", "x\n", {}),
        ("a", "x" * 257, {}),
        ("a", None, {}),
        ("a", "x", []),
        ("a", "x", {"t": (1,)}),
        ("a", "x", {"n": float("nan")}),
        ("a", "x", {1: 2}),
        ("a", "x", {"big": "x" * (1 << 20)}),
    ],
    ids=range(15),
)
def test_arguments_must_fit_the_format(tmp_path: Path, step_id: str, name: str, inputs: dict[str, object]) -> None:
    """
    A schema error, nothing written, the handle goes on.
    """
    path = tmp_path / "j"
    with _create(path) as journal:
        with pytest.raises(JournalSchemaError):
            journal.start(step_id, name, inputs)
        journal.start("fine", "x", {})
    assert verify(path).count == 2


def test_other_misuse_is_refused(tmp_path: Path) -> None:
    """
    Unknown status, ending the run by hand, wrong options, malformed digests: nothing is created.
    """
    path = tmp_path / "j"
    with _create(path) as journal:
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
    with _create(path) as journal:
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
    _filled(path)
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


def test_one_writer_only(tmp_path: Path) -> None:
    """
    A second handle is refused, in this process and in another one, until the first is closed.
    """
    path = tmp_path / "j"
    with _create(path) as journal:
        with pytest.raises(JournalLocked):
            MissionJournal.open(path, context())
        code = "import fcntl,sys;f=open(sys.argv[1],'ab');fcntl.flock(f,fcntl.LOCK_EX|fcntl.LOCK_NB)"
        other = subprocess.run([sys.executable, "-c", code, path], capture_output=True, check=False)
        assert b"BlockingIOError" in other.stderr
        journal.start("a", "x", {})
    with MissionJournal.open(path, context()):
        pass


def test_a_child_process_cannot_write_through_an_inherited_handle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A fork shares the lock, so the handle goes by the process id.
    """
    with _create(tmp_path / "j") as journal:
        pid = os.getpid()
        monkeypatch.setattr(os, "getpid", lambda: pid + 1)
        with pytest.raises(JournalUnavailable, match="another process"):
            journal.start("a", "x", {})
        monkeypatch.undo()
        journal.start("a", "x", {})


def test_a_foreign_write_poisons_the_handle(tmp_path: Path) -> None:
    """
    While the lock is held the size must be the remembered one.
    """
    path = tmp_path / "j"
    with pytest.raises(JournalUnavailable, match="poisoned"), _create(path) as journal:  # noqa: PT012  # what fails lies inside the block
        with path.open("ab") as other:
            other.write(b"x")
        for _ in range(2):
            with pytest.raises(JournalUnavailable, match="somebody else wrote"):
                journal.start("a", "x", {})


def test_every_cut_is_either_good_or_torn(tmp_path: Path) -> None:
    """
    At a line end the rest is good; anywhere else the last entry is torn, recovery drops it and keeps it beside.
    """
    path = tmp_path / "j"
    _filled(path, steps=1)
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
    with _create(path) as journal:
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
    _filled(path)
    entries = _lines(path)
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
    _filled(path, seal=True)
    entries = _lines(path)
    change(entries)  # type: ignore[operator]  # a table of functions
    path.write_bytes(_relinked(entries))
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
    _filled(path)
    assert verify(path).count == 7
    with MissionJournal.open(path, context()) as journal:
        with pytest.raises(JournalIntegrityError, match="second-start"):
            journal.start("s1", "x", {})
        journal.start("new", "x", {})


def test_what_a_bare_chain_cannot_see_the_anchor_sees(tmp_path: Path) -> None:
    """
    A cut at a line end and a rewritten rest verify bare, and are refused with the checkpoint kept elsewhere.
    """
    path = tmp_path / "j"
    anchor = _filled(path, seal=True)
    entries = _lines(path)
    cut, rewritten = _relinked(entries[:-1]), _relinked([*entries[:-1], {**entries[-1], "outputs": {"x": 1}}])
    for forged, rule in [(cut, "anchor-size"), (rewritten, "anchor-head")]:
        path.write_bytes(forged)
        verify(path)
        with pytest.raises(JournalAnchorMismatch) as caught:
            verify(path, anchor=anchor)
        assert rule == caught.value.rule
    path.write_bytes(cut)
    with pytest.raises(JournalIntegrityError, match="not-sealed"):
        verify(path, require_sealed=True)
    with pytest.raises(JournalAnchorMismatch, match="anchor-origin"):
        verify(path, anchor=Checkpoint("sha256:" + "0" * 64, 1, anchor.head))


def test_a_continuation_fits_its_anchor(tmp_path: Path) -> None:
    """
    A checkpoint taken early stays good while the journal grows.
    """
    path = tmp_path / "j"
    anchor = _filled(path)
    with MissionJournal.open(path, context()) as journal:
        journal.start("later", "x", {})
    assert verify(path, anchor=anchor).count == anchor.size + 1


def test_a_checkpoint_has_one_text() -> None:
    """
    Three lines; `from_text` takes nothing else.
    """
    checkpoint = Checkpoint("sha256:" + "a" * 64, 12, "sha256:" + "00" * 32)
    text = "sha256:" + "a" * 64 + "\n12\n" + "A" * 43 + "=\n"
    assert text == checkpoint.to_text()
    assert checkpoint == Checkpoint.from_text(text)
    for wrong in [
        text[:-1],
        text + "\n",
        text.replace("12", "012"),
        text.replace("12", "+12"),
        text.replace("A=", "B="),
        text.replace("A=", "é="),
        text.replace("AAAA", "A A"),
        text.replace("sha256", "sha512"),
        "",
    ]:
        with pytest.raises(JournalSchemaError):
            Checkpoint.from_text(wrong)
    for fields in [
        ("x", 1, "sha256:" + "0" * 64),
        ("sha256:" + "0" * 64, 0, "sha256:" + "0" * 64),
        ("sha256:" + "0" * 64, 1, "x"),
    ]:
        with pytest.raises(JournalSchemaError):
            Checkpoint(*fields)


def test_a_checkpoint_can_be_authenticated() -> None:
    """
    HMAC-SHA256, compared with a value made by openssl; short keys are refused.
    """
    checkpoint = Checkpoint("sha256:" + "a" * 64, 12, "sha256:" + "00" * 32)
    inner = bytes(b ^ 0x36 for b in b"k" * 32 + bytes(32)) + checkpoint.to_text().encode()
    outer = bytes(b ^ 0x5C for b in b"k" * 32 + bytes(32)) + hashlib.sha256(inner).digest()
    tag = hashlib.sha256(outer).hexdigest()
    assert tag == checkpoint.hmac(b"k" * 32)
    assert checkpoint.matches_hmac(b"k" * 32, tag)
    assert not checkpoint.matches_hmac(b"j" * 32, tag)
    assert not checkpoint.matches_hmac(b"k" * 32, "\ud800")
    with pytest.raises(JournalSchemaError, match="at least 16"):
        checkpoint.hmac(b"short")


def test_what_is_not_a_journal_is_unavailable_or_torn(tmp_path: Path) -> None:
    """
    Missing, a directory, a link, a FIFO, empty: never a good journal.
    """
    good = tmp_path / "good"
    _filled(good)
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
        _create(good)
    (tmp_path / "empty").touch()
    assert verify(tmp_path / "empty").state == "torn"
    with pytest.raises(JournalIntegrityError, match="empty"):
        verify(tmp_path / "empty").checkpoint()


def test_a_line_has_a_bound(tmp_path: Path) -> None:
    """
    A longer one is refused while it is read, ended or not.
    """
    path = tmp_path / "j"
    _filled(path)
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


def test_grouped_commits_sync_less_and_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    One sync for each group, and one for what is left before a checkpoint.
    """
    synced: list[int] = []
    real = durable.sync_data
    from ..orchestration import journal_file

    monkeypatch.setattr(journal_file, "sync_data", lambda fd: [synced.append(os.fstat(fd).st_size), real(fd)])  # type: ignore[func-returns-value]  # two steps
    path = tmp_path / "j"
    with _create(path, group_commit=3) as journal:
        for number in range(3):
            journal.start(f"s{number}", "x", {})
        assert len(synced) == 1
        journal.checkpoint()
        assert synced[1:] == [path.stat().st_size]
        journal.checkpoint()
        journal.start("last", "x", {})
        assert len(synced) == 2
    assert synced[2:] == [path.stat().st_size]


def test_a_record_is_checked_however_it_is_made() -> None:
    """
    The constructor takes no malformed field.
    """
    record, line = chain(
        step_id="a",
        name="x",
        status="started",
        started_at="2026-01-02T03:04:05.000000Z",
        completed_at=None,
        inputs={"k": [1]},
        outputs={},
        prev_hash=None,
    )
    assert line == json.dumps(record.to_json(), sort_keys=True, separators=(",", ":")).encode() + b"\n"
    again = StepRecord(**record.fields())  # type: ignore[arg-type]  # checked when it is made
    assert record == again
    for key, value in [("inputs", None), ("inputs", {"x": {1}}), ("status", "done"), ("outputs", {"x": 1})]:
        fields = {**record.to_json(), key: value}
        with pytest.raises(JournalSchemaError):
            StepRecord(**fields)  # type: ignore[arg-type]  # the point of the test


def test_the_public_names_are_listed() -> None:
    """
    Everything the module lists is there, sorted.
    """
    assert sorted(mission_journal.__all__) == mission_journal.__all__
    assert all(hasattr(mission_journal, name) for name in mission_journal.__all__)


def test_a_journal_that_is_replaced_while_it_is_opened_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    What was locked must be what stands at the name.
    """
    path = tmp_path / "j"
    _filled(path)
    real = os.stat
    monkeypatch.setattr(os, "stat", lambda p, **k: real(tmp_path if str(p) == str(path) else p, **k))
    with pytest.raises(JournalUnavailable, match="replaced"):
        MissionJournal.open(path, context())


def test_a_write_without_progress_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    It would be tried forever otherwise.
    """
    monkeypatch.setattr(os, "write", lambda _fd, _data: 0)
    with pytest.raises(OSError, match="no progress"):
        durable.write_all(1, b"x")


class TestPlatforms:
    """
    The fallbacks of other platforms, with their system calls replaced.
    """

    def test_a_platform_without_flock_locks_a_side_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        Byte 0 of ``<path>.lock``; taken means locked.
        """
        held: list[int] = []
        fake = ModuleType("msvcrt")

        def locking(fd: int, _mode: int, _size: int) -> None:
            if held:
                raise OSError("locked")
            held.append(fd)

        fake.LK_NBLCK = 1  # type: ignore[attr-defined]  # a stand-in
        fake.locking = locking  # type: ignore[attr-defined]  # a stand-in
        monkeypatch.setattr(durable, "_FCNTL", None)
        monkeypatch.setattr(durable, "_MSVCRT", fake)
        path = tmp_path / "j"
        with _create(path), pytest.raises(JournalLocked):
            MissionJournal.open(path, context())
        assert (tmp_path / "j.lock").exists()
        held.clear()
        path.unlink()
        path.mkdir()
        with pytest.raises(JournalUnavailable):
            MissionJournal.open(path, context())

    def test_a_platform_without_any_lock_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        Two writers that nothing keeps apart are worse than none.
        """
        monkeypatch.setattr(durable, "_FCNTL", None)
        monkeypatch.setattr(durable, "_MSVCRT", None)
        with pytest.raises(JournalUnavailable, match="no file locks"):
            _create(tmp_path / "j")

    def test_the_strongest_sync_is_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        F_FULLFSYNC where it is, then fdatasync, then fsync.
        """
        calls: list[str] = []
        fake = ModuleType("fcntl")
        fake.F_FULLFSYNC = 51  # type: ignore[attr-defined]  # a stand-in
        fake.fcntl = lambda _fd, command: calls.append(f"full {command}")  # type: ignore[attr-defined]  # a stand-in
        monkeypatch.setattr(os, "fdatasync", lambda _: calls.append("data"))
        monkeypatch.setattr(os, "fsync", lambda _: calls.append("all"))
        durable.sync_data(0)
        monkeypatch.setattr(durable, "_FCNTL", fake)
        durable.sync_data(0)
        monkeypatch.setattr(durable, "_FCNTL", None)
        monkeypatch.delattr(os, "fdatasync")
        durable.sync_data(0)
        assert calls == ["data", "full 51", "all"]

    def test_a_directory_that_cannot_be_opened_is_not_synced(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        Windows has no directory descriptors.
        """
        monkeypatch.delattr(os, "O_DIRECTORY")
        durable.sync_directory("/does/not/exist")

    def test_a_module_that_is_missing_is_none(self) -> None:
        """
        Features are looked for, not assumed.
        """
        assert durable._optional("no_such_module_anywhere") is None

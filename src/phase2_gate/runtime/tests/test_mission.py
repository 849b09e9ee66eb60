"""
Missions: what a mission file may say, how a run ends, how a killed one is resumed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from ..errors import JournalError, JournalIntegrityError, MissionError, PathRefused
from ..orchestration.executor import OperationExecutor
from ..orchestration.journal_report import verify_journal
from ..orchestration.mission import MAX_MISSION_BYTES, Mission
from ..orchestration.mission_journal import MissionJournal
from ..orchestration.mission_runner import run_mission
from .samples import COMMIT, tree_of


def _mission(*steps: tuple[str, object], **changes: object) -> dict[str, object]:
    return {
        "schema": "phase2-gate/mission/1",
        "baseline_commit": COMMIT,
        "bundle": None,
        "envelope": {
            "allow_ops": ["fs.write", "fs.delete", "fs.rename", "fs.read", "exec"],
            "allow_paths": ["**"],
            "deny_paths": ["secret"],
            "max_budget_usd": 1,
        },
        "on_failure": "stop",
        "steps": [{"id": f"s{n}", "op": op, "params": params} for n, (op, params) in enumerate(steps)],
        **changes,
    }


def _parse(value: object) -> Mission:
    return Mission.parse(json.dumps(value, indent=2).encode())


_WRITE = ("fs.write", {"path": "a", "text": "1"})


_WRITE_B = ("fs.write", {"path": "b", "text": "2"})


_DENIED = ("fs.write", {"path": "Secret/x", "text": ""})


def test_a_mission_runs_to_its_seal(tmp_path: Path) -> None:
    """
    Every receipt in order, a checkpoint at the end; run again, it is over.
    """
    tree, journal = tmp_path / "tree", tmp_path / "j"
    tree.mkdir()
    seen: list[str] = []
    outcome = run_mission(_parse(_mission(_WRITE, _WRITE_B)), tree, journal, report=lambda r: seen.append(r.step_id))
    assert (outcome.status, outcome.error, seen) == ("completed", None, ["s0", "s1"])
    assert tree_of(tree) == {"a": "0 b'1'", "b": "0 b'2'"}
    assert outcome.checkpoint is not None
    assert verify_journal(str(journal), anchor=outcome.checkpoint, require_sealed=True)[0] == 0
    again = run_mission(_parse(_mission(_WRITE, _WRITE_B)), tree, journal)
    assert (again.status, again.receipts, again.checkpoint) == ("completed", (), outcome.checkpoint)
    with pytest.raises(JournalIntegrityError, match="run-id"):
        run_mission(_parse(_mission(_WRITE)), tree, journal)


def test_a_dry_run_shows_every_decision(tmp_path: Path) -> None:
    """
    Also those after a denial or a malformed step; nothing is changed and nothing recorded.
    """
    mission = _parse(_mission(_DENIED, ("fs.write", {}), ("fs.chmod", {}), _WRITE))
    outcome = run_mission(mission, tmp_path, tmp_path / "j", dry_run=True)
    assert [(r.step_id, r.status) for r in outcome.receipts] == [("s0", "denied"), ("s3", "planned")]
    assert (outcome.status, outcome.checkpoint) == ("denied", None)
    assert "PATH_DENIED" in (outcome.error or "")
    assert run_mission(_parse(_mission(_WRITE)), tmp_path, tmp_path / "j", dry_run=True).status == "planned"
    malformed = run_mission(_parse(_mission(("fs.write", {}))), tmp_path, tmp_path / "j", dry_run=True)
    assert malformed.error is not None
    assert tree_of(tmp_path) == {}


@pytest.mark.parametrize("bad", [_DENIED, ("fs.read", {"path": "gone"}), ("fs.write", {}), ("fs.chmod", {})])
@pytest.mark.parametrize("on_failure", ["stop", "compensate"])
def test_a_failure_ends_the_run(tmp_path: Path, bad: tuple[str, dict[str, object]], on_failure: str) -> None:
    """
    What follows does not run; with ``compensate`` what went before is undone. The seal says which.
    """
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a").write_text("old")
    mission = _parse(_mission(_WRITE, _WRITE_B, bad, ("fs.delete", {"path": "a"}), on_failure=on_failure))
    outcome = run_mission(mission, tree, tmp_path / "j")
    assert outcome.error is not None
    if on_failure == "stop":
        assert outcome.status == "failed"
        assert tree_of(tree) == {"a": "0 b'1'", "b": "0 b'2'"}
    else:
        assert outcome.status == "compensated"
        assert [r.step_id for r in outcome.receipts][-2:] == ["undo:s1", "undo:s0"]
        assert tree_of(tree) == {"a": "0 b'old'"}
    assert verify_journal(str(tmp_path / "j"))[1][-1] == f"sealed as: {outcome.status}"


def test_compensation_tells_what_it_could_not_undo(tmp_path: Path) -> None:
    """
    An unmediated step, and a file that somebody else changed.
    """
    tree = tmp_path / "tree"
    tree.mkdir()
    code = "open('a','w').write('somebody')"
    run = ("exec", {"argv": [sys.executable, "-c", code], "max_cost_usd": 0})
    outcome = run_mission(_parse(_mission(_WRITE, run, _DENIED, on_failure="compensate")), tree, tmp_path / "j")
    assert outcome.status == "failed"
    assert "s1' is unmediated and was not undone" in (outcome.error or "")
    assert "IndeterminateStep" in (outcome.error or "")
    assert (tree / "a").read_text() == "somebody"


def test_a_killed_mission_is_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    From where it was, with the same receipts as an undisturbed run; a torn journal is recovered.
    """
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for tree in (whole, killed):
        tree.mkdir()
    mission = _parse(_mission(_WRITE, _WRITE_B, ("fs.rename", {"source": "b", "target": "c"})))
    expected = run_mission(mission, whole, tmp_path / "whole.j")
    real = OperationExecutor.run

    def killed_at(self: OperationExecutor, op: str, params: dict[str, object], *, step_id: str) -> object:
        if step_id == "s1":
            raise KeyboardInterrupt
        return real(self, op, params, step_id=step_id)

    monkeypatch.setattr(OperationExecutor, "run", killed_at)
    with pytest.raises(KeyboardInterrupt):
        run_mission(mission, killed, tmp_path / "killed.j")
    monkeypatch.undo()
    with (tmp_path / "killed.j").open("ab") as journal:
        journal.write(b'{"half')
    resumed = run_mission(mission, killed, tmp_path / "killed.j")
    assert expected.receipts == resumed.receipts
    assert tree_of(whole) == tree_of(killed)


def test_a_failed_step_stays_failed_when_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The recorded receipt says so, though nothing is raised.
    """
    mission = _parse(_mission(_DENIED))
    tree = tmp_path / "tree"
    tree.mkdir()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(MissionJournal, "close", killed)
    with pytest.raises(KeyboardInterrupt):
        run_mission(mission, tree, tmp_path / "j")
    monkeypatch.undo()
    outcome = run_mission(mission, tree, tmp_path / "j")
    assert (outcome.status, outcome.receipts[0].replayed) == ("failed", True)
    assert "PATH_DENIED" in (outcome.error or "")


def test_the_runs_own_files_are_closed_to_it(tmp_path: Path) -> None:
    """
    Journal, pre-images, and what stands beside them, when they lie inside the tree.
    """
    (tmp_path / "run [1]").mkdir()
    for number, path in enumerate(["run [1]/j", "RUN [1]/J.torn-1", "run [1]/j.images/x", "run [1]/j.lock"]):
        mission = _parse(_mission(("fs.write", {"path": path, "text": str(number)})))
        outcome = run_mission(mission, tmp_path, tmp_path / "run [1]" / "j")
        assert "PATH_PROTECTED" in (outcome.error or "")
        (tmp_path / "run [1]" / "j").unlink()
    with pytest.raises(MissionError, match="cannot be protected"):
        run_mission(_parse(_mission(_WRITE)), tmp_path, tmp_path / "con")


def test_a_journal_that_cannot_be_written_stops_the_mission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    It is no failure of a step.
    """

    def broken(*_: object, **__: object) -> None:
        raise JournalError("gone")

    monkeypatch.setattr(OperationExecutor, "run", broken)
    with pytest.raises(JournalError):
        run_mission(_parse(_mission(_WRITE)), tmp_path, tmp_path / "j")
    with pytest.raises(PathRefused):
        run_mission(_parse(_mission(_WRITE)), tmp_path / "gone", tmp_path / "j2")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b"[" * 100_000,
        json.dumps(_mission(_WRITE, schema="other")).encode(),
        json.dumps(_mission(_WRITE, baseline_commit=1)).encode(),
        json.dumps(_mission(_WRITE, bundle=1)).encode(),
        json.dumps(_mission(_WRITE, on_failure="retry")).encode(),
        json.dumps(_mission(_WRITE, envelope={})).encode(),
        json.dumps(_mission(_WRITE, more=1)).encode(),
        json.dumps(_mission(_WRITE, steps=[])).encode(),
        json.dumps(_mission(_WRITE, steps={})).encode(),
        json.dumps(_mission(_WRITE, steps=[1])).encode(),
        json.dumps(_mission(_WRITE, steps=[{"id": "a", "op": "b"}])).encode(),
        json.dumps(_mission(_WRITE, steps=[{"id": "a", "op": "b", "params": {}, "x": 1}])).encode(),
        json.dumps(_mission(_WRITE, steps=[{"id": "run", "op": "b", "params": {}}])).encode(),
        json.dumps(_mission(_WRITE, steps=[{"id": "undo:a", "op": "b", "params": {}}])).encode(),
        json.dumps(_mission(_WRITE, steps=[{"id": "a", "op": "b", "params": {}}] * 2)).encode(),
        json.dumps(
            _mission(
                _WRITE,
                envelope={"allow_ops": [], "allow_paths": ["a/b"], "deny_paths": ["a"], "max_budget_usd": 0},
            )
        ).encode(),
    ],
    ids=range(22),
)
def test_a_malformed_mission_is_refused(data: bytes) -> None:
    """
    As a whole, before anything.
    """
    with pytest.raises(MissionError):
        Mission.parse(data)


def test_a_mission_has_a_bound_and_optional_keys() -> None:
    """
    What nobody reads is not a mission; two keys may be left out.
    """
    with pytest.raises(MissionError, match="too long"):
        Mission.parse(b" " * (MAX_MISSION_BYTES + 1))
    short = _mission(_WRITE)
    del short["bundle"], short["on_failure"]
    assert _parse(short) == _parse(_mission(_WRITE))

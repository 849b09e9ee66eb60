"""
A mission of two hundred mixed steps, killed at every boundary and inside the steps, resumed until it ends.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from phase2_gate.runtime.governance.budget import BudgetLedger
from phase2_gate.runtime.orchestration.history import History
from phase2_gate.runtime.orchestration.mission import Mission
from phase2_gate.runtime.orchestration.mission_journal import iter_verified, verify
from phase2_gate.runtime.orchestration.mission_runner import MissionOutcome, run_mission
from phase2_gate.runtime.orchestration.receipt import Receipt
from phase2_gate.runtime.tests.samples import COMMIT, tree_of

from .sweep import CHANGING, bounded, interposed, memory_home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """
    A scratch directory in memory.
    """
    path = Path(tempfile.mkdtemp(dir=memory_home(tmp_path)))
    yield path
    shutil.rmtree(path)


def _mission(count: int, *, fail: bool = False) -> Mission:
    """
    Steps of every kind, each leaving something for the next ones.
    """
    kinds: tuple[Callable[[int], tuple[str, dict[str, object]]], ...] = (
        lambda n: ("fs.mkdir", {"path": f"d{n}"}),
        lambda n: ("fs.create", {"path": f"d{n - 1}/f", "text": f"{n}", "executable": n % 3 == 0}),
        lambda n: ("fs.write", {"path": f"d{n - 2}/f", "text": f"changed {n}"}),
        lambda n: ("fs.write", {"path": "shared", "text": f"{n}"}),
        lambda n: ("fs.rename", {"source": f"d{n - 4}", "target": f"e{n}"}),
        lambda n: ("fs.read", {"path": f"e{n - 1}/f"}),
        lambda n: ("gate.check", {"files": {f"d{n - 6}/f": None}}),
        lambda n: ("fs.rename", {"source": f"e{n - 3}/f", "target": f"e{n - 3}/g"}),
        lambda n: ("fs.delete", {"path": f"e{n - 4}", "recursive": True} if n % 2 else {"path": f"e{n - 4}/g"}),
        lambda n: ("fs.write", {"path": f"kept{n}", "text": "k"}),
    )
    steps = [{"id": f"s{n}", "op": op, "params": params} for n in range(count) for op, params in [kinds[n % 10](n)]]
    if fail:
        steps.append({"id": "last", "op": "fs.write", "params": {"path": "denied", "text": ""}})
    policy = {
        "allow_ops": ["fs.create", "fs.delete", "fs.mkdir", "fs.read", "fs.rename", "fs.write", "gate.check"],
        "allow_paths": ["**"],
        "deny_paths": ["denied"],
        "max_budget_usd": 0,
    }
    value = {"schema": "phase2-gate/mission/1", "baseline_commit": COMMIT, "envelope": policy, "steps": steps}
    return Mission.parse(json.dumps({**value, "on_failure": "compensate" if fail else "stop"}).encode())


def _place(home: Path, name: str) -> Path:
    tree = home / name / "tree"
    tree.mkdir(parents=True)
    (tree / "shared").write_text("at first")
    return home / name


def _run_killed(mission: Mission, place: Path, after: int) -> bool:
    """
    Run in a child that dies at its n-th changing call, before it or after it; tell whether it came to its end.
    """
    child = os.fork()
    if child == 0:
        calls = 0

        def hook(_name: str, _args: tuple[object, ...], call: Callable[[], object]) -> object:
            nonlocal calls
            calls += 1
            if calls == after:
                os._exit(9)
            result = call()
            calls += 1
            if calls == after:
                os._exit(9)
            return result

        status = 1
        try:
            with interposed(CHANGING, hook):
                run_mission(mission, place / "tree", place / "journal")
            status = 0
        finally:
            os._exit(status)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in {0, 9}
    return code == 0


def _receipts(mission: Mission, place: Path) -> list[Receipt | None]:
    """
    The receipts of all steps, read back from the journal; a sealed one is continued by nobody.
    """
    ledger = BudgetLedger(mission.envelope.budget_limit)
    history = History(str(place / "journal"), ledger)
    ended = [history.ended_step(step.step_id) for step in mission.steps]
    assert ledger.committed == 0
    return [None if found is None else found[1] for found in ended]


def _expect_same(expected: MissionOutcome, whole: Path, place: Path) -> None:
    assert tree_of(whole / "tree") == tree_of(place / "tree")
    report = verify(place / "journal", require_sealed=True)
    assert (report.sealed_as, report.open_steps) == (expected.status, ())


def test_a_small_mission_killed_at_every_call_ends_the_same(home: Path) -> None:
    """
    From scratch, killed at the n-th call for every n, resumed undisturbed: same tree, equal receipts.
    """
    mission = _mission(10)
    whole = _place(home, "whole")
    expected = run_mission(mission, whole / "tree", whole / "journal")
    assert expected.status == "completed"
    ended, after = False, 0
    for after in range(1, 2000, bounded(5, 1)):
        place = _place(home, str(after))
        ended = _run_killed(mission, place, after)
        if not ended:
            resumed = run_mission(mission, place / "tree", place / "journal")
            if resumed.receipts:
                assert expected.receipts == resumed.receipts
        _expect_same(expected, whole, place)
        shutil.rmtree(place)
        if ended:
            break
    assert ended
    assert after > 50


def test_a_failing_mission_killed_at_every_call_is_compensated(home: Path) -> None:
    """
    Wherever it dies, the tree is at last byte for byte what it was.
    """
    mission = _mission(10, fail=True)
    ended = False
    for after in range(1, 2000, bounded(14, 1)):
        place = _place(home, str(after))
        before = tree_of(place / "tree")
        ended = _run_killed(mission, place, after)
        outcome = run_mission(mission, place / "tree", place / "journal")
        assert outcome.status == "compensated", outcome.error
        assert before == tree_of(place / "tree")
        shutil.rmtree(place)
        if ended:
            break
    assert ended


def test_a_mission_of_two_hundred_steps_survives_hundreds_of_kills(home: Path) -> None:
    """
    Killed again and again, a few calls further each time.
    """
    mission = _mission(200)
    whole, place = _place(home, "whole"), _place(home, "killed")
    expected = run_mission(mission, whole / "tree", whole / "journal")
    assert (expected.status, len(expected.receipts)) == ("completed", 200)
    kills = 0
    # Recovery itself takes calls, so that a step is passed at last; each kill falls somewhere else in it.
    while not _run_killed(mission, place, bounded(40, 8) + kills % 13):
        kills += 1
    assert kills > bounded(60, 300)
    _expect_same(expected, whole, place)
    assert list(expected.receipts) == _receipts(mission, place)


def test_a_mission_killed_at_each_boundary_and_inside_each_step(home: Path) -> None:
    """
    Right after a start was recorded, in the middle of the effect, right after the end was recorded, and so on with
    each step, of ten and in a full run of two hundred: same tree, equal receipts.
    """
    mission = _mission(bounded(10, 200))
    whole, place = _place(home, "whole"), _place(home, "killed")
    expected = run_mission(mission, whole / "tree", whole / "journal")
    for number, step in enumerate(mission.steps):
        for phase in ("started", "inside", "ended"):
            assert _die(mission, place, step.step_id, phase, number % 3) == 9, (step, phase)
            found = [record.status for record in iter_verified(place / "journal") if record.step_id == step.step_id]
            assert found == (["started", "completed"] if phase == "ended" else ["started"]), (step, phase)
    run_mission(mission, place / "tree", place / "journal")
    _expect_same(expected, whole, place)
    assert list(expected.receipts) == _receipts(mission, place)


def _die(mission: Mission, place: Path, step_id: str, phase: str, skip: int) -> int:
    """
    Run in a child that dies in one phase of one step; returns its status.

    Args:
        mission: What to run.
        place: Where.
        step_id: The step, which may be open already.
        phase: ``started`` and ``ended``: once that entry is durable. ``inside``: at a change of the tree, before it or
            after it; where there is none, before the end is written.
        skip: How many changes to let pass first.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    seen = ""
    left = skip

    def hook(name: str, args: tuple[object, ...], call: Callable[[], object]) -> object:
        nonlocal seen, left
        if name == "write" and isinstance(args[1], bytes) and args[1].startswith(b'{"completed_at":'):
            entry = json.loads(args[1])
            seen = entry["status"] if entry["step_id"] == step_id else ""
            if seen == "completed" and phase == "inside":
                os._exit(9)
        elif phase == "inside" and name in {"rename", "link", "unlink", "rmdir", "mkdir"} and args[0] != images:
            left -= 1
            if left == -1 and skip == 1:
                os._exit(9)
            result = call()
            if left == -1:
                os._exit(9)
            return result
        result = call()
        if name == "fdatasync" and seen == {"started": "started", "ended": "completed"}.get(phase):
            os._exit(9)
        return result

    images = f"{place / 'journal'}.images"
    try:
        with interposed(CHANGING, hook):
            run_mission(mission, place / "tree", place / "journal")
    finally:
        os._exit(1)

"""
What stops a run: a journal that cannot be written, a guard that changed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from ..errors import (
    GovernanceTampered,
    JournalUnavailable,
)
from ..governance.guard_watch import GuardWatch
from ..orchestration.fs_operations import FsWrite
from ..orchestration.operations import (
    Effect,
    Registry,
)
from .operation_samples import Crash, StoppingWrite, write_file
from .samples import bench, envelope, tree_of


def test_what_cannot_be_recorded_is_not_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A journal that fails at the start stops the step, and the reservation is given back.
    """
    with pytest.raises(JournalUnavailable), bench(tmp_path) as b:  # noqa: PT012  # what fails lies inside the block

        def full(_fd: int) -> None:
            raise OSError("no space")

        monkeypatch.setattr(os, "fdatasync", full)
        with pytest.raises(JournalUnavailable):
            b.executor.run("exec", {"argv": ["true"], "max_cost_usd": "0.5"}, step_id="s")
        assert b.executor.ledger.committed == 0
        with pytest.raises(JournalUnavailable):
            write_file(b, "t")
        assert tree_of(b.tree) == {}


def test_a_journal_failure_while_applying_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    It is no failure of the step, so the step stays open.
    """

    def broken(*_: object) -> Effect:
        raise JournalUnavailable("gone")

    monkeypatch.setattr(FsWrite, "apply", broken)
    with bench(tmp_path) as b:
        with pytest.raises(JournalUnavailable):
            write_file(b, "s")
        assert [record.step_id for record in b.journal.open_steps()] == ["s"]


def test_the_guard_is_looked_at_around_every_step(tmp_path: Path) -> None:
    """
    A change before, during, or found at recovery: recorded, and nothing runs any more.
    """
    guard = tmp_path / "guard"
    guard.mkdir()
    (guard / "rules.py").write_text("1")
    code = f"open({str(guard / 'rules.py')!r}, 'a').write('#')"
    with bench(tmp_path, watch=GuardWatch(guard)) as b:
        with pytest.raises(GovernanceTampered):
            b.executor.run("exec", {"argv": [sys.executable, "-c", code], "max_cost_usd": 0}, step_id="during")
        with pytest.raises(GovernanceTampered):
            write_file(b, "later")
        with pytest.raises(GovernanceTampered):
            b.executor.compensate("during")
        assert b.executor.receipt("during").decision.code == "GOVERNANCE_TAMPERED"  # type: ignore[union-attr]  # it has ended
    watch = GuardWatch(guard)
    with pytest.raises(GovernanceTampered), bench(tmp_path, watch=watch) as b:  # noqa: PT012  # what fails lies inside the block
        (guard / "new.py").write_text("")
        write_file(b, "before")
    with bench(tmp_path) as b:
        assert write_file(b, "before").error is not None
    assert tree_of(tmp_path / "tree") == {}


def test_a_tampered_guard_stops_recovery(tmp_path: Path) -> None:
    """
    An open step is failed, not finished.
    """
    guard = tmp_path / "guard"
    guard.mkdir()
    policy = envelope(["fs.write"])
    with pytest.raises(Crash), bench(tmp_path, policy, registry=Registry([StoppingWrite("before")])) as b:
        write_file(b, "s")
    watch = GuardWatch(guard)
    (guard / "new.py").write_text("")
    with pytest.raises(GovernanceTampered), bench(tmp_path, policy, watch=watch, registry=Registry([FsWrite()])) as b:
        write_file(b, "s")
    assert tree_of(tmp_path / "tree") == {}


def test_the_real_guard_watches_itself() -> None:
    """
    Its own package, the journal and the executor included.
    """
    watch = GuardWatch()
    assert {"governance/guard_watch.py", "orchestration/executor.py", "canonical.py"} <= set(watch.digests)
    watch.check()

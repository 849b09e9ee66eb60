"""
Tests of `phase2_gate.audit.audit`: the gates in their order, and what becomes of whatever stops them.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from phase2_gate.audit import audit as module
from phase2_gate.audit.audit import audit
from phase2_gate.audit.dynamic import Dynamic
from phase2_gate.audit.journal import NAME, AuditJournal
from phase2_gate.audit.options import Options
from phase2_gate.core import rules
from phase2_gate.core import verify as static_gates
from phase2_gate.core.errors import AuditError, IsolationError, SourceError
from phase2_gate.core.findings import Finding
from phase2_gate.core.profile import GENERIC
from phase2_gate.core.report import GateResult, Verdict
from phase2_gate.runtime.orchestration.mission_journal import verify

from ..bundles import GOOD, archive, bundle, manifest
from .executions import Stage


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """
    Stand-ins under which everything passes.
    """
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    made = Stage()
    made.install(monkeypatch)
    return made


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """
    A bundle that passes.
    """
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    return tmp_path / "good.zip"


@pytest.mark.usefixtures("stage")
def test_a_good_bundle_passes(good: Path) -> None:
    """
    Nine gates in their order, each told as it ends; the record holds what a report says.
    """
    told: list[GateResult] = []
    record = audit(good, GENERIC, Options(require_canonical=True), told.append)
    assert (record.verdict, record.verification.unjudged) == (Verdict.PASS, ())
    assert tuple(gate.gate for gate in record.verification.gates) == rules.GATES
    assert tuple(told) == record.verification.gates
    assert set(record.verification.required) == set(rules.RULES) - set(rules.of_gate("signature"))
    assert record.subject.sha256 == hashlib.sha256(bundle(GOOD)).hexdigest()
    assert record.subject.manifest_sha256 == hashlib.sha256(manifest(GOOD)).hexdigest()
    assert (record.action, record.subject.name, record.isolation, len(record.runs), len(record.tests)) == (
        "audit",
        "good.zip",
        "strict",
        2,
        1,
    )
    assert (record.checkpoint, record.workspace, record.result) == ("", "", "RESULT: PASS")


@pytest.mark.usefixtures("stage")
def test_without_the_demand_the_canonical_rule_is_not_required(tmp_path: Path) -> None:
    """
    Bundles of others pass in any unambiguous form.
    """
    (tmp_path / "other.zip").write_bytes(archive({**GOOD, "manifest.txt": manifest(GOOD)}))
    record = audit(tmp_path / "other.zip", GENERIC, Options())
    assert record.verdict is Verdict.PASS
    left_out = set(rules.RULES) - set(record.verification.required)
    assert left_out == {"layout-not-canonical", *rules.of_gate("signature")}
    assert audit(tmp_path / "other.zip", GENERIC, Options(require_canonical=True)).verdict is Verdict.FAIL


def test_no_code_runs_before_every_static_gate_has_passed(stage: Stage, tmp_path: Path) -> None:
    """
    One static finding, and nothing of the bundle is extracted or run.
    """
    (tmp_path / "bad.zip").write_bytes(bundle(GOOD, listed=manifest({**GOOD, "x": b""})))
    told: list[str] = []
    record = audit(tmp_path / "bad.zip", GENERIC, Options(), lambda gate: told.append(gate.gate))
    assert (record.verdict, stage.asked, record.runs, record.isolation) == (Verdict.FAIL, [], (), "")
    assert [gate.skipped for gate in record.verification.gates[6:]] == [
        "no code runs before every static gate has passed"
    ] * 3
    assert tuple(told) == rules.GATES


@pytest.mark.usefixtures("stage")
def test_the_journal_tells_every_gate(good: Path, tmp_path: Path) -> None:
    """
    It is sealed with the verdict, and the record carries its checkpoint.
    """
    record = audit(good, GENERIC, Options(journal_directory=tmp_path))
    entries = [json.loads(line) for line in (tmp_path / NAME).read_text().splitlines()]
    ended = [entry["step_id"] for entry in entries if entry["completed_at"]]
    assert ended == [*rules.GATES, "run"]
    assert entries[-1]["outputs"] == {"verdict": "PASS"}
    assert record.checkpoint.splitlines()[1] == str(len(entries)) == "20"
    assert verify(tmp_path / NAME, require_sealed=True).count == 20


def test_the_journal_tells_a_failure(stage: Stage, good: Path, tmp_path: Path) -> None:
    """
    The seal says what the verdict says.
    """
    stage.tests = (Finding("tests-failed", "a"),)
    assert audit(good, GENERIC, Options(journal_directory=tmp_path)).verdict is Verdict.FAIL
    assert json.loads((tmp_path / NAME).read_text().splitlines()[-1])["outputs"] == {"verdict": "FAIL"}


@pytest.mark.parametrize("name", ["absent.zip", "."])
def test_what_cannot_be_opened_is_blocked(tmp_path: Path, name: str) -> None:
    """
    No rule ran, and the gate says why.
    """
    told: list[GateResult] = []
    record = audit(tmp_path / name, GENERIC, Options(journal_directory=tmp_path), told.append)
    [gate] = record.verification.gates
    assert (record.verdict, gate.gate, gate.state, told) == (Verdict.BLOCKED, "archive", "blocked", [gate])
    assert (record.subject.size, record.subject.sha256, record.runs) == (None, None, ())
    assert list(tmp_path.iterdir()) == []


def _judge(*_: object, **__: object) -> None:
    raise RuntimeError("boom")


def _read(*_: object, **__: object) -> None:
    raise SourceError("a: became shorter", hint="judge a file that nobody writes to")


@pytest.mark.parametrize(
    ("crash", "gates", "blocked"),
    [
        (lambda patch: patch.setattr(static_gates, "judge", _judge), 1, "internal error: RuntimeError: boom"),
        (lambda patch: patch.setattr(static_gates, "judge", _read), 1, "a: became shorter"),
        (lambda patch: patch.setattr(module, "subject", _judge), 1, "internal error: RuntimeError: boom"),
        (lambda patch: patch.setattr(Dynamic, "__enter__", _judge), 7, "internal error: RuntimeError: boom"),
        (lambda patch: patch.setattr(Dynamic, "run", _judge), 7, "internal error: RuntimeError: boom"),
        (lambda patch: patch.setattr(Dynamic, "__exit__", _judge), 10, "internal error: RuntimeError: boom"),
        (lambda patch: patch.setattr(AuditJournal, "record", _judge), 1, "internal error: RuntimeError: boom"),
    ],
)
@pytest.mark.usefixtures("stage")
def test_a_crash_of_ours_is_blocked(
    good: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    crash: Callable[[pytest.MonkeyPatch], None],
    gates: int,
    blocked: str,
) -> None:
    """
    Wherever it happens: what was found so far stays, the journal is not sealed, and the verdict is BLOCKED.
    """
    crash(monkeypatch)
    record = audit(good, GENERIC, Options(journal_directory=tmp_path))
    assert (record.verdict, len(record.verification.gates)) == (Verdict.BLOCKED, gates)
    assert record.verification.gates[-1].blocked.startswith(blocked)
    assert (record.checkpoint, record.result) == ("", "RESULT: BLOCKED")
    journal = tmp_path / NAME
    assert not journal.exists() or verify(journal).sealed_as is None


@pytest.mark.usefixtures("stage")
def test_what_cannot_be_cleaned_away_is_blocked(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Something that the bundle left behind, and that we cannot remove, is no PASS.
    """
    honest = Dynamic.__exit__

    def stuck(self: Dynamic, *problem: object) -> None:
        honest(self, *problem)
        raise IsolationError("isolation: a private directory could not be removed")

    monkeypatch.setattr(Dynamic, "__exit__", stuck)
    record = audit(good, GENERIC, Options())
    assert record.verdict is Verdict.BLOCKED
    assert [gate.state for gate in record.verification.gates[6:]] == ["pass", "pass", "pass", "blocked"]


def test_a_finding_outweighs_a_crash(stage: Stage, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    More knowledge could not take it back.
    """
    stage.tests = (Finding("tests-failed", "a"),)
    monkeypatch.setattr(Dynamic, "__exit__", _judge)
    assert audit(good, GENERIC, Options()).verdict is Verdict.FAIL


def test_a_journal_that_cannot_be_written_ends_the_audit(
    stage: Stage, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Nothing is claimed without the evidence that was asked for, and no code has run.
    """
    with pytest.raises(AuditError, match="cannot be written"):
        audit(good, GENERIC, Options(journal_directory=tmp_path / "absent"))
    assert stage.asked == []

    def full(_: AuditJournal, gate: str) -> None:
        if gate == "tests":
            raise AuditError("journal: cannot be written: no space")

    monkeypatch.setattr(AuditJournal, "start", full)
    monkeypatch.setattr(AuditJournal, "finish", lambda *_: None)
    with pytest.raises(AuditError, match="no space"):
        audit(good, GENERIC, Options(journal_directory=tmp_path))
    assert "tests" not in [item[0] for item in stage.asked if isinstance(item, tuple)]


def test_an_interrupt_ends_the_audit(stage: Stage, good: Path, tmp_path: Path) -> None:
    """
    There is no record of an audit that somebody ended; the directory is gone, the journal open.
    """
    stage.act["imports"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        audit(good, GENERIC, Options(journal_directory=tmp_path))
    assert list((tmp_path / "scratch").iterdir()) == []
    assert verify(tmp_path / NAME).sealed_as is None

"""
Tests of `phase2_gate.audit.journal`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from phase2_gate.audit.journal import NAME, AuditJournal
from phase2_gate.core.errors import AuditError
from phase2_gate.core.findings import Finding
from phase2_gate.core.report import GateResult, judged
from phase2_gate.core.rules import of_gate
from phase2_gate.runtime.errors import JournalUnavailable
from phase2_gate.runtime.orchestration.mission_journal import MissionJournal, verify

DIGEST = "ab" * 32


def lines(directory: Path) -> list[dict[str, object]]:
    """
    The entries of the journal, as JSON values.
    """
    return [json.loads(line) for line in (directory / NAME).read_text().splitlines()]


def test_gates_are_steps_of_a_sealed_mission(tmp_path: Path) -> None:
    """
    Each gate begins and ends; the seal carries the verdict, and the journal verifies against its checkpoint.
    """
    with AuditJournal(tmp_path, DIGEST, {"action": "audit"}) as journal:
        journal.start("archive")
        journal.finish(judged("archive", []))
        journal.record(judged("paths", [Finding("name-empty", "a"), Finding("name-empty", "b")]))
        checkpoint = journal.close("FAIL")
    entries = lines(tmp_path)
    steps = [(entry["step_id"], entry["status"]) for entry in entries]
    assert steps[1:5] == [("archive", "started"), ("archive", "completed"), ("paths", "started"), ("paths", "failed")]
    assert steps[5][1] == "failed"
    assert entries[4]["outputs"] == {
        "state": "fail",
        "rules": len(of_gate("paths")),
        "findings": ["name-empty"],
        "waived": [],
    }
    assert entries[5]["outputs"] == {"verdict": "FAIL"}
    head = base64.b64encode(bytes.fromhex(str(entries[5]["entry_hash"]).removeprefix("sha256:"))).decode()
    assert checkpoint.splitlines()[1:] == ["6", head]
    report = verify(tmp_path / NAME)
    assert (report.count, report.state, report.sealed_as) == (6, "sealed", "failed")


def test_the_run_id_follows_from_bundle_and_mission(tmp_path: Path) -> None:
    """
    The same bundle under the same demands has the same run id, another bundle another.
    """
    ids = []
    for number, digest in enumerate((DIGEST, DIGEST, "cd" * 32)):
        directory = tmp_path / str(number)
        directory.mkdir()
        with AuditJournal(directory, digest, {"action": "audit"}) as journal:
            ids.append(journal.close("PASS").splitlines()[0])
    assert (ids[0] == ids[1], ids[0] == ids[2]) == (True, False)


def test_an_audit_that_breaks_off_leaves_the_journal_open(tmp_path: Path) -> None:
    """
    Leaving the context closes the file and seals nothing.
    """
    with AuditJournal(tmp_path, DIGEST, {}) as journal:
        journal.start("archive")
    assert [entry["status"] for entry in lines(tmp_path)] == ["started", "started"]
    with pytest.raises(AuditError, match="cannot be"):
        journal.start("paths")


@pytest.mark.parametrize("state", ["absent", "file", "taken"])
def test_a_journal_that_cannot_be_made_is_an_error(tmp_path: Path, state: str) -> None:
    """
    Neither a missing directory, nor a file in its place, nor a journal that is there already is written to.
    """
    directory = tmp_path / "reports"
    if state == "file":
        directory.write_text("mine")
    if state == "taken":
        directory.mkdir()
        (directory / NAME).write_text("mine")
    with pytest.raises(AuditError, match="cannot be written"):
        AuditJournal(directory, DIGEST, {})
    if state == "taken":
        assert (directory / NAME).read_text() == "mine"


@pytest.mark.parametrize("method", ["start", "finish", "close", "__exit__"])
def test_a_journal_that_cannot_be_written_to_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """
    Errors of the runtime arrive as ours, with the file's name.
    """
    journal = AuditJournal(tmp_path, DIGEST, {})
    calls: dict[str, Callable[[], object]] = {
        "start": lambda: journal.start("archive"),
        "finish": lambda: journal.finish(GateResult("archive")),
        "close": lambda: journal.close("PASS"),
        "__exit__": lambda: journal.__exit__(None, None, None),
    }

    def broken(*_: object, **__: object) -> None:
        raise JournalUnavailable("no space")

    with monkeypatch.context() as patch:
        patch.setattr(MissionJournal, method, broken)
        with pytest.raises(AuditError, match=rf"{NAME}: cannot be (written|sealed): .*no space"):
            calls[method]()
    with journal:
        pass

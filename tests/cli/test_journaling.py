"""
Holds `phase2_gate.cli.journaling`: the runtime's commands under the command's own name.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

from phase2_gate.cli import journaling as module
from phase2_gate.cli.main import main
from phase2_gate.runtime import command
from phase2_gate.runtime.context import ExecutionContext
from phase2_gate.runtime.orchestration.mission_journal import MissionJournal


def _journal(path: Path) -> str:
    context = ExecutionContext(
        repo_root=str(path.parent),
        baseline_commit="0" * 40,
        run_id="sha256:" + "1" * 64,
        run_id_audit=uuid.UUID("12345678-1234-4234-8234-123456789abc"),
        started_at=datetime(2026, 1, 2, tzinfo=UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
    )
    with MissionJournal.create(path, context) as journal:
        journal.start("one", "first step", {"a": "b"})
        journal.finish("one", "completed", {})
        return journal.close().to_text()


def test_a_good_journal_verifies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A sealed journal that its checkpoint anchors is exit 0, and its state is told.
    """
    path, anchor = tmp_path / "journal.jsonl", tmp_path / "anchor.txt"
    anchor.write_text(_journal(path), encoding="ascii")
    assert main(["journal", "verify", str(path), "--anchor", str(anchor), "--require-sealed"]) == 0
    assert "state: sealed\nentries: 4\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("cut", "status"),
    [(-1, 3), (-40, 3), (0, 3)],
    ids=["no line end", "half a line", "nothing left"],
)
def test_a_torn_journal_is_not_judged(tmp_path: Path, cut: int, status: int) -> None:
    """
    A journal without its tail is exit 3: nobody can say what is missing.
    """
    path = tmp_path / "journal.jsonl"
    _journal(path)
    path.write_bytes(path.read_bytes()[:cut] if cut else b"")
    assert main(["journal", "verify", str(path)]) == status


def test_a_changed_journal_is_corrupt(tmp_path: Path) -> None:
    """
    A changed entry is exit 1.
    """
    path = tmp_path / "journal.jsonl"
    _journal(path)
    path.write_bytes(path.read_bytes().replace(b"first step", b"fifth step", 1))
    assert main(["journal", "verify", str(path)]) == 1


def test_a_missing_journal_cannot_be_judged(tmp_path: Path) -> None:
    """
    No file is exit 3.
    """
    assert main(["journal", "verify", str(tmp_path / "none")]) == 3


def test_entries_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Every entry is a line.
    """
    path = tmp_path / "journal.jsonl"
    _journal(path)
    assert main(["journal", "show", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[3] for line in lines] == ["run", "one", "one", "run"]


def test_a_malformed_mission_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A mission that says nothing is exit 2, with one line and no traceback; nothing is written.
    """
    mission, journal = tmp_path / "mission.json", tmp_path / "run.jsonl"
    mission.write_text(json.dumps({}), encoding="ascii")
    assert main(["mission", "run", str(mission), "--repo", str(tmp_path), "--journal", str(journal)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not journal.exists()


def test_a_mission_needs_files_that_its_guard_can_watch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    In an archive there are none: exit 3 and the way out, before the mission is read.
    """
    monkeypatch.setattr(command, "__file__", str(tmp_path / "phase2-gate.pyz/phase2_gate/runtime/command.py"))
    assert main(["mission", "run", "absent.json", "--repo", str(tmp_path), "--journal", str(tmp_path / "j")]) == 3
    error, hint = capsys.readouterr().err.splitlines()
    assert error.startswith("error: mission run: the guard's own files lie in an archive: seen ")
    assert hint == "hint: install phase2-gate with pip; journals verify here as well"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full on this system")
@pytest.mark.parametrize("command", ["verify", "show"])
def test_what_nobody_can_read_was_not_told(tmp_path: Path, command: str) -> None:
    """
    A full disk behind standard output: exit 3, and a word about it.
    """
    _journal(tmp_path / "journal.jsonl")
    environment = {**os.environ, "PYTHONPATH": str(Path(module.__file__).parents[2]), "PYTHONUNBUFFERED": ""}
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "phase2_gate", "journal", command, str(tmp_path / "journal.jsonl")],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment,
            check=False,
        )

    assert (done.returncode, done.stderr) == (3, b"IO: [Errno 28] No space left on device\n")

"""
Runs the forgeries and the honest bundles.

By default every fourth forgery runs, and every honest bundle, at the strongest level that works here. All of them, at
every isolating level: ``PHASE2_GATE_HOSTILE=all python -m pytest tests/audit/hostile``.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from phase2_gate.audit.execution import suite
from phase2_gate.audit.execution.policy import Execution, Policy, TestPolicy
from phase2_gate.isolation.command import Limits
from phase2_gate.isolation.level import Level

from ...isolation.boxes import proof, python
from .deceptions import DECEPTIONS
from .forgeries import FORGERIES
from .honest import HONEST
from .left_out import LEFT_OUT

ALL = os.environ.get("PHASE2_GATE_HOSTILE") == "all"
LEVELS = [level for level in (Level.STRICT, Level.LANDLOCK) if not isinstance(proof(level), str)]
CHOSEN = LEVELS if ALL else LEVELS[:1]
NETWORK = {"server", "processes", "asynchronous"}
"""What honest suites do that level `landlock` has no room for: sockets, and semaphores in /dev/shm."""
UNREADABLE = {"file-of-unknown-encoding"}
"""Where only the file can be told, because nobody knows which tests it has."""


def extracted(tmp_path: Path, files: dict[str, str]) -> Path:
    """
    A workspace as extraction leaves it: readable to everybody, because root's audits run as somebody else.
    """
    root = tmp_path / "workspace"
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    for place in (root, *root.rglob("*")):
        place.chmod(0o755 if place.is_dir() else 0o644)
    return root


def fingerprint(root: Path) -> dict[str, str]:
    """
    Every file below a directory, by its content.
    """
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


def judged(tmp_path: Path, files: dict[str, str], level: Level) -> Execution:
    """
    Run a bundle's tests in a box.
    """
    root = extracted(tmp_path, files)
    before = fingerprint(root)
    done = suite.check(root, TestPolicy(), python(), Policy(level, tests=Limits(wall_seconds=30.0)))
    assert before == fingerprint(root)
    return done


@pytest.mark.skipif(not LEVELS, reason="no isolating level works here")
@pytest.mark.parametrize("level", CHOSEN)
@pytest.mark.parametrize("name", FORGERIES if ALL else list(FORGERIES)[::4])
def test_no_forgery_passes(tmp_path: Path, name: str, level: Level) -> None:
    """
    A bundle whose tests fail has a finding, whatever it does.
    """
    assert judged(tmp_path, FORGERIES[name], level).findings


@pytest.mark.skipif(not LEVELS, reason="no isolating level works here")
@pytest.mark.parametrize("level", CHOSEN)
@pytest.mark.parametrize("name", DECEPTIONS if ALL else list(DECEPTIONS)[::4])
def test_no_deception_passes(tmp_path: Path, name: str, level: Level) -> None:
    """
    A test that fails in front of nobody is noticed, and for the reason that was meant.
    """
    rule, files = DECEPTIONS[name]
    assert rule in {finding.rule for finding in judged(tmp_path, files, level).findings}


@pytest.mark.skipif(not LEVELS, reason="no isolating level works here")
@pytest.mark.parametrize("level", CHOSEN)
@pytest.mark.parametrize("name", LEFT_OUT if ALL else list(LEFT_OUT)[::4])
def test_what_is_left_out_is_told(tmp_path: Path, name: str, level: Level) -> None:
    """
    Tests that the bundle keeps from pytest do not look as if they had passed, and too many of them are a finding.
    """
    done = judged(tmp_path, LEFT_OUT[name], level)
    rules = {finding.rule for finding in done.findings}
    assert rules & {"tests-skipped", "tests-uncollected", "tests-failed", "tests-collection-error", "tests-witness"}
    told = [test.name for test in done.tests if test.outcome != "passed"]
    said = [f"{finding.detail} {finding.seen}" for finding in done.findings]
    assert any("bad" in text for text in (*told, *said)) or name in UNREADABLE
    passed = [test.name for test in done.tests if test.outcome == "passed" and "bad" in test.name]
    assert passed == [] or "tests-witness" in rules


@pytest.mark.skipif(not LEVELS, reason="no isolating level works here")
def test_the_limit_that_is_known(tmp_path: Path) -> None:
    """
    Code that shares the interpreter with the recorder can look it up in memory and lie for one test: this one passes.

    It stands here so that nobody promises otherwise. Should it fail one day, the docs may promise more.
    """
    lie = (
        "import gc\n"
        "recorder = next(o for o in gc.get_objects() if type(o).__name__ == 'Recorder')\n"
        "tell = recorder._emit\n"
        "def emit(**event):\n"
        "    if event['event'] == 'report' and event['id'].endswith('test_bad'):\n"
        "        event.update(outcome='passed', raised=False, detail='')\n"
        "        event.pop('broke', None)\n"
        "    tell(**event)\n"
        "recorder._emit = emit\n"
    )
    files = {"conftest.py": lie, "test_it.py": "def test_good(): pass\ndef test_bad(): assert 1 == 2\n"}
    assert judged(tmp_path, files, LEVELS[0]).findings == ()


@pytest.mark.skipif(not LEVELS, reason="no isolating level works here")
@pytest.mark.parametrize("level", CHOSEN)
@pytest.mark.parametrize("name", HONEST)
def test_every_honest_bundle_passes(tmp_path: Path, name: str, level: Level) -> None:
    """
    A bundle whose tests pass has no finding, and at least one test that passed.
    """
    if level is Level.LANDLOCK and name in NETWORK:
        pytest.skip("needs sockets or shared memory")
    done = judged(tmp_path, HONEST[name], level)
    assert done.findings == (), done.completed.stdout + done.completed.stderr
    assert "passed" in {test.outcome for test in done.tests}

"""
Runs what is hostile and what is honest in boxes that bwrap made, at level `strict`.

By default a part of them; ``PHASE2_GATE_HOSTILE=all`` runs all. The fixtures that look at the machine afterwards count
here too.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from phase2_gate.audit.execution import suite
from phase2_gate.audit.execution.policy import Execution, Policy, TestPolicy
from phase2_gate.isolation.command import Limits
from phase2_gate.isolation.level import Level

from ...isolation.boxes import CARRIED, need, python
from .forgeries import FORGERIES
from .honest import HONEST
from .intrusions import BROKEN, LEFT, STOPPED
from .test_forgeries import ALL, extracted, fingerprint
from .test_intrusions import LIMITS


def some(names: dict[str, object], step: int) -> list[str]:
    """
    Every so manieth name, or all of them where all are asked for.
    """
    return list(names) if ALL else list(names)[::step]


def judged(tmp_path: Path, files: dict[str, str], limits: Limits = LIMITS) -> Execution:
    """
    Run a bundle's tests in a box of bwrap's.
    """
    need(*CARRIED)
    root = extracted(tmp_path, files)
    before = fingerprint(root)
    done = suite.check(root, TestPolicy(), python(), Policy(*CARRIED, tests=limits))
    assert before == fingerprint(root)
    assert (done.completed.level, "bubblewrap" in done.completed.layers) == (Level.STRICT, True)
    return done


@pytest.mark.parametrize("name", some({**STOPPED}, 4))
def test_an_intrusion_is_stopped(tmp_path: Path, outside: Path, name: str) -> None:
    """
    The attempt ends in an error of the system, which is what the bundle's own test expects.
    """
    files = dict(STOPPED[name][1])
    for word, value in (("{outside}", str(outside)), ("{verifier}", str(os.getpid())), ("{port}", "9")):
        files = {path: text.replace(word, value) for path, text in files.items()}
    done = judged(tmp_path, files)
    assert done.findings == (), done.completed.stdout


@pytest.mark.parametrize("name", some({**BROKEN}, 5))
def test_a_broken_limit_is_a_finding(tmp_path: Path, name: str) -> None:
    """
    A bundle that uses too much has the finding that says what of.
    """
    rule, files = BROKEN[name]
    done = judged(tmp_path, files, LIMITS if not name.startswith("hang") else Limits(wall_seconds=4.0))
    assert [rule] == [finding.rule for finding in done.findings], done.completed.stdout


@pytest.mark.parametrize("name", some({**LEFT}, 2))
def test_nothing_is_left(tmp_path: Path, name: str) -> None:
    """
    What a bundle leaves behind ends with the run; it can't hold the run up either.
    """
    assert not judged(tmp_path, LEFT[name]).completed.timed_out


@pytest.mark.parametrize("name", some({**FORGERIES}, 12))
def test_no_forgery_passes(tmp_path: Path, name: str) -> None:
    """
    A bundle whose tests fail has a finding, whatever it does.
    """
    assert judged(tmp_path, FORGERIES[name]).findings


@pytest.mark.parametrize("name", some({**HONEST}, 3))
def test_honest_bundles_pass(tmp_path: Path, name: str) -> None:
    """
    A bundle whose tests pass has no finding.
    """
    done = judged(tmp_path, HONEST[name], Limits(wall_seconds=30.0))
    assert done.findings == (), done.completed.stdout + done.completed.stderr

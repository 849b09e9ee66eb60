"""
Runs the intrusions, and looks at the machine afterwards.

As for the forgeries, ``PHASE2_GATE_HOSTILE=all`` runs all of them at every isolating level.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import termios
from contextlib import suppress
from pathlib import Path

import pytest

from phase2_gate.audit.execution import suite
from phase2_gate.audit.execution.policy import Execution, Policy, TestPolicy
from phase2_gate.isolation.command import Limits
from phase2_gate.isolation.level import Level

from ...bundles import bundle
from ...isolation.boxes import python
from .intrusions import BROKEN, CLOSED, LEFT, STOPPED, TERMINAL
from .test_forgeries import ALL, CHOSEN, LEVELS, extracted, fingerprint

MIB = 1024 * 1024
AT_A_TERMINAL = """
import fcntl, runpy, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
runpy.run_module("phase2_gate", run_name="__main__")
"""
"""Makes standard input the terminal of the session, then runs the command."""
NEEDS_A_LEVEL = pytest.mark.skipif(not LEVELS, reason="no isolating level works here")
LIMITS = Limits(
    wall_seconds=20.0,
    file_bytes=16 * MIB,
    scratch_bytes=64 * MIB,
    output_bytes=MIB,
    record_bytes=MIB,
    processes=40,
)


def judged(tmp_path: Path, files: dict[str, str], level: Level, limits: Limits = LIMITS) -> Execution:
    """
    Run a bundle's tests in a box.
    """
    root = extracted(tmp_path, files)
    before = fingerprint(root)
    done = suite.check(root, TestPolicy(), python(), Policy(level, tests=limits))
    assert before == fingerprint(root)
    return done


@NEEDS_A_LEVEL
@pytest.mark.parametrize(
    ("name", "level"), [(name, level) for name, (levels, _) in STOPPED.items() for level in CHOSEN if level in levels]
)
def test_an_intrusion_is_stopped(tmp_path: Path, outside: Path, name: str, level: Level) -> None:
    """
    The attempt ends in an error of the system, which is what the bundle's own test expects.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        words = {"{outside}": str(outside), "{verifier}": str(os.getpid()), "{port}": str(server.getsockname()[1])}
        files = dict(STOPPED[name][1])
        for word, value in words.items():
            files = {path: text.replace(word, value) for path, text in files.items()}
        done = judged(tmp_path, files, level)
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert done.findings == (), done.completed.stdout


@NEEDS_A_LEVEL
@pytest.mark.parametrize("level", CHOSEN)
@pytest.mark.parametrize("name", BROKEN if ALL else list(BROKEN)[::3])
def test_a_broken_limit_is_a_finding(tmp_path: Path, name: str, level: Level) -> None:
    """
    A bundle that uses too much has the finding that says what of.
    """
    if level is Level.LANDLOCK and name == "eat-disk":
        pytest.skip("the size of the scratch area as a whole is not held at this level")
    rule, files = BROKEN[name]
    limits = LIMITS if not name.startswith("hang") else Limits(wall_seconds=2.0)
    done = judged(tmp_path, files, level, limits)
    assert [rule] == [finding.rule for finding in done.findings], done.completed.stdout
    assert max(len(done.completed.stdout), len(done.completed.stderr)) <= limits.output_bytes


@NEEDS_A_LEVEL
@pytest.mark.parametrize("level", CHOSEN)
@pytest.mark.parametrize("name", LEFT)
def test_nothing_is_left(tmp_path: Path, name: str, level: Level) -> None:
    """
    What a bundle leaves behind ends with the run; it can't hold the run up either.
    """
    done = judged(tmp_path, LEFT[name], level)
    assert not done.completed.timed_out


@NEEDS_A_LEVEL
@pytest.mark.parametrize("level", CHOSEN)
@pytest.mark.parametrize("name", CLOSED)
def test_a_workspace_that_is_closed_is_a_finding(tmp_path: Path, name: str, level: Level) -> None:
    """
    Taking the permission to read away is stopped, or told as the bundle's doing; it never keeps a verdict from us.
    """
    (tmp_path / "bundle.zip").write_bytes(bundle({"package/__init__.py": b"", "test_it.py": CLOSED[name].encode()}))
    command = ["audit", str(tmp_path / "bundle.zip"), "--isolation", level.value, "--report-dir", str(tmp_path / "r")]
    done = subprocess.run([sys.executable, "-m", "phase2_gate", *command], capture_output=True, check=False)
    report = json.loads((tmp_path / "r/report.json").read_text("utf-8"))
    rules = {finding["rule"] for gate in report["gates"] for finding in gate["findings"]}
    # root's program is somebody else where that one reaches the interpreter
    layers = {layer for run in report["volatile"]["runs"] for layer in run["layers"]}
    is_owner = level is Level.LANDLOCK and "unprivileged-user" not in layers
    # without its directory, pytest may not come to an end either
    rules -= {"tests-no-proof"} if is_owner and name == "all" else set()
    assert (done.returncode, rules) == ((1, {"workspace-file-changed"}) if is_owner else (0, set())), done.stdout


@NEEDS_A_LEVEL
@pytest.mark.parametrize("level", CHOSEN)
def test_the_terminal_is_as_before(tmp_path: Path, level: Level) -> None:
    """
    A bundle reaches neither the settings of the auditor's terminal, nor what is typed there, nor its screen.
    """
    (tmp_path / "bundle.zip").write_bytes(bundle({"package/__init__.py": b"", "test_it.py": TERMINAL.encode()}))
    ours, theirs = os.openpty()
    before = termios.tcgetattr(ours)
    options = ["audit", str(tmp_path / "bundle.zip"), "--isolation", level.value]
    command = [sys.executable, "-c", AT_A_TERMINAL, *options]
    shown = bytearray()
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as process:
        os.close(theirs)
        with suppress(OSError):  # how the end of a terminal is told
            while piece := os.read(ours, 65536):
                shown += piece
    after = termios.tcgetattr(ours)
    os.close(ours)
    assert (process.returncode, after) == (0, before), shown
    assert b"RESULT: PASS" in re.sub(rb"\x1b\[[0-9;]*m", b"", shown)  # in colour or not
    assert b"\x1b]0;" not in shown
    assert b"typed" not in shown

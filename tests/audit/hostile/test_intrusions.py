"""
Runs the intrusions, and looks at the machine afterwards.

As for the forgeries, ``PHASE2_GATE_HOSTILE=all`` runs all of them at every isolating level.
"""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from phase2_gate.audit.execution import suite
from phase2_gate.audit.execution.policy import Execution, Policy, TestPolicy
from phase2_gate.isolation.command import Limits
from phase2_gate.isolation.level import Level

from ...isolation.boxes import python
from .intrusions import BROKEN, LEFT, STOPPED
from .test_forgeries import ALL, CHOSEN, LEVELS, extracted, fingerprint

MIB = 1024 * 1024
NEEDS_A_LEVEL = pytest.mark.skipif(not LEVELS, reason="no isolating level works here")
LIMITS = Limits(
    wall_seconds=20.0,
    file_bytes=16 * MIB,
    scratch_bytes=64 * MIB,
    output_bytes=MIB,
    record_bytes=MIB,
    processes=40,
)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """
    A directory that everybody may use, with a file that everybody may write.
    """
    directory = tmp_path / "outside"
    directory.mkdir()
    directory.chmod(0o777)
    (directory / "file").write_text("secret")
    (directory / "file").chmod(0o666)
    return directory


@pytest.fixture(autouse=True)
def untouched(outside: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """
    After every run: no process, no mount, no scratch area is left, and nothing outside has changed.
    """
    areas = tmp_path / "areas"
    areas.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(areas))
    file = outside / "file"
    mounts = Path("/proc/self/mountinfo").read_bytes()
    before = (file.read_text(), file.stat().st_mode, file.stat().st_mtime_ns)
    yield
    assert before == (file.read_text(), file.stat().st_mode, file.stat().st_mtime_ns)
    assert [path.name for path in outside.iterdir()] == ["file"]
    assert list(areas.iterdir()) == []
    assert mounts == Path("/proc/self/mountinfo").read_bytes()
    assert processes_of(areas) == []


def processes_of(areas: Path) -> list[str]:
    """
    Processes whose environment names a scratch area below a directory.
    """
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                if f"TMPDIR={areas}".encode() in (entry / "environ").read_bytes():
                    found.append(entry.name)
    return found


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

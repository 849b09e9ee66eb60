"""
Tests of `phase2_gate.isolation.together`: how the sum is held, and that it is said where it is not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from phase2_gate.isolation import group, scope
from phase2_gate.isolation.command import MIB, Box, Command, Completed, Limits
from phase2_gate.isolation.group import Bounds, Group
from phase2_gate.isolation.level import Level
from phase2_gate.isolation.start import run

APART = "memory and processes are limited for each process and user, not for all together"
LIMITS = Limits(wall_seconds=20.0, address_space_bytes=1024 * MIB, scratch_bytes=16 * MIB, processes=30)


class Recorded(Group):
    """
    A group that records what it is told.
    """

    def __init__(self, refusal: OSError | None = None, killed: int = 0) -> None:
        super().__init__(Path("/nonexistent"))
        self.adopted: list[int] = []
        self.bounds: list[Bounds] = []
        self._refusal, self._killed = refusal, killed

    def adopt(self, pid: int) -> None:
        """
        Take a process in, or refuse.
        """
        if self._refusal is not None:
            raise self._refusal
        self.adopted.append(pid)

    def killed(self) -> int:
        """
        As it was made.
        """
        return self._killed

    @contextmanager
    def made(self, bounds: Bounds) -> Iterator[Group]:
        """
        In the place of `group.made`.
        """
        self.bounds.append(bounds)
        yield self


def ran(tmp_path: Path, level: Level = Level.PROCESS) -> Completed:
    """
    What comes of a small command.
    """
    argv = (sys.executable, "-I", "-c", "import os; print(os.getppid())")
    return run(Command(argv, tmp_path, {}, Box(tmp_path, tmp_path), level, limits=LIMITS))


def test_a_group_takes_the_launcher_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The launcher is in the group before the program exists; the bounds are those of one process, and room for ours.
    """
    held = Recorded()
    monkeypatch.setattr(group, "made", held.made)
    done = ran(tmp_path)
    assert [int(done.stdout)] == held.adopted
    assert [Bounds((1024 + 16 + 64) * MIB, 38)] == held.bounds
    assert done.layers[-2:] == ("limits-together", "control-group")
    assert APART not in " ".join(done.notes)


def test_memory_that_was_used_up_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A test that died because all together used too much is explained.
    """
    monkeypatch.setattr(group, "made", Recorded(killed=2).made)
    assert "the memory for all was used up: the system ended 2 processes" in ran(tmp_path).notes


def test_a_group_that_does_not_take_the_launcher_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Limits of a group that nothing is in are none.
    """
    monkeypatch.setattr(group, "made", Recorded(PermissionError(13, "Permission denied")).made)
    done = ran(tmp_path)
    assert f"{APART}: a process can't be moved: Permission denied" in done.notes
    assert "limits-together" not in done.layers


@pytest.fixture
def no_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A system on which no control group can be made.
    """

    def made(_: Bounds) -> AbstractContextManager[Group]:
        raise OSError("no groups")

    monkeypatch.setattr(group, "made", made)


@pytest.mark.usefixtures("no_group")
def test_a_scope_comes_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Where only the service manager can make one, the launcher starts through it.
    """
    asked: list[tuple[int, int]] = []

    def prefix(memory: int, processes: int) -> tuple[str, ...]:
        asked.append((memory, processes))
        return ("/usr/bin/env", "-u", "NOTHING")

    monkeypatch.setattr(scope, "prefix", prefix)
    done = ran(tmp_path)
    assert (asked, done.returncode) == ([((1024 + 16 + 64) * MIB, 38)], 0)
    assert done.layers[-2:] == ("limits-together", "systemd-scope")
    assert APART not in " ".join(done.notes)


@pytest.mark.usefixtures("no_group")
def test_where_there_is_neither_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The note names both reasons, for every run that has limits; level `none` promises none.
    """
    monkeypatch.setattr(scope, "prefix", lambda *_: "no systemd")
    assert f"{APART}: no groups; no systemd" in ran(tmp_path).notes
    assert ran(tmp_path, Level.NONE).notes == ()

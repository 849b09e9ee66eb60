"""
The journal's file: one writer, poison, what platforms lack.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from .. import durable
from ..orchestration.mission_journal import (
    JournalLocked,
    JournalUnavailable,
    MissionJournal,
)
from .features import needs_flock
from .journal_samples import create_journal, filled_journal
from .samples import context


@needs_flock
def test_one_writer_only(tmp_path: Path) -> None:
    """
    A second handle is refused, in this process and in another one, until the first is closed.
    """
    path = tmp_path / "j"
    with create_journal(path) as journal:
        with pytest.raises(JournalLocked):
            MissionJournal.open(path, context())
        code = "import fcntl,sys;f=open(sys.argv[1],'ab');fcntl.flock(f,fcntl.LOCK_EX|fcntl.LOCK_NB)"
        other = subprocess.run([sys.executable, "-c", code, path], capture_output=True, check=False)
        assert b"BlockingIOError" in other.stderr
        journal.start("a", "x", {})
    with MissionJournal.open(path, context()):
        pass


def test_a_child_process_cannot_write_through_an_inherited_handle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A fork shares the lock, so the handle goes by the process id.
    """
    with create_journal(tmp_path / "j") as journal:
        pid = os.getpid()
        monkeypatch.setattr(os, "getpid", lambda: pid + 1)
        with pytest.raises(JournalUnavailable, match="another process"):
            journal.start("a", "x", {})
        monkeypatch.undo()
        journal.start("a", "x", {})


def test_a_foreign_write_poisons_the_handle(tmp_path: Path) -> None:
    """
    While the lock is held the size must be the remembered one.
    """
    path = tmp_path / "j"
    with pytest.raises(JournalUnavailable, match="poisoned"), create_journal(path) as journal:  # noqa: PT012  # what fails lies inside the block
        with path.open("ab") as other:
            other.write(b"x")
        for _ in range(2):
            with pytest.raises(JournalUnavailable, match="somebody else wrote"):
                journal.start("a", "x", {})


def test_a_journal_that_is_replaced_while_it_is_opened_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    What was locked must be what stands at the name.
    """
    path = tmp_path / "j"
    filled_journal(path)
    real = os.stat
    monkeypatch.setattr(os, "stat", lambda p, **k: real(tmp_path if str(p) == str(path) else p, **k))
    with pytest.raises(JournalUnavailable, match="replaced"):
        MissionJournal.open(path, context())


def test_a_write_without_progress_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    It would be tried forever otherwise.
    """
    monkeypatch.setattr(os, "write", lambda _fd, _data: 0)
    with pytest.raises(OSError, match="no progress"):
        durable.write_all(1, b"x")


class TestPlatforms:
    """
    The fallbacks of other platforms, with their system calls replaced.
    """

    def test_a_platform_without_flock_locks_a_side_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        Byte 0 of ``<path>.lock``; taken means locked.
        """
        held: list[int] = []
        fake = ModuleType("msvcrt")

        def locking(fd: int, _mode: int, _size: int) -> None:
            if held:
                raise OSError("locked")
            held.append(fd)

        fake.LK_NBLCK = 1  # type: ignore[attr-defined]  # a stand-in
        fake.locking = locking  # type: ignore[attr-defined]  # a stand-in
        monkeypatch.setattr(durable, "_FCNTL", None)
        monkeypatch.setattr(durable, "_MSVCRT", fake)
        path = tmp_path / "j"
        with create_journal(path), pytest.raises(JournalLocked):
            MissionJournal.open(path, context())
        assert (tmp_path / "j.lock").exists()
        held.clear()
        path.unlink()
        path.mkdir()
        with pytest.raises(JournalUnavailable):
            MissionJournal.open(path, context())

    def test_a_platform_without_any_lock_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        Two writers that nothing keeps apart are worse than none.
        """
        monkeypatch.setattr(durable, "_FCNTL", None)
        monkeypatch.setattr(durable, "_MSVCRT", None)
        with pytest.raises(JournalUnavailable, match="no file locks"):
            create_journal(tmp_path / "j")

    def test_the_strongest_sync_is_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        F_FULLFSYNC where it is, then fdatasync, then fsync.
        """
        calls: list[str] = []
        fake = ModuleType("fcntl")
        fake.F_FULLFSYNC = 51  # type: ignore[attr-defined]  # a stand-in
        fake.fcntl = lambda _fd, command: calls.append(f"full {command}")  # type: ignore[attr-defined]  # a stand-in
        monkeypatch.setattr(os, "fdatasync", lambda _: calls.append("data"))
        monkeypatch.setattr(os, "fsync", lambda _: calls.append("all"))
        durable.sync_data(0)
        monkeypatch.setattr(durable, "_FCNTL", fake)
        durable.sync_data(0)
        monkeypatch.setattr(durable, "_FCNTL", None)
        monkeypatch.delattr(os, "fdatasync")
        durable.sync_data(0)
        assert calls == ["data", "full 51", "all"]

    def test_a_directory_that_cannot_be_opened_is_not_synced(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        Windows has no directory descriptors.
        """
        monkeypatch.delattr(os, "O_DIRECTORY")
        durable.sync_directory("/does/not/exist")

    def test_a_module_that_is_missing_is_none(self) -> None:
        """
        Features are looked for, not assumed.
        """
        assert durable._optional("no_such_module_anywhere") is None

"""
The writing end of a journal: file, chain and state machine under one lock.

An entry is counted only after it was written, and synced if this was its turn: what `append` returned exists.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from ..errors import JournalIntegrityError, JournalSchemaError, JournalTornTail
from ..timestamp import render
from .journal_file import JournalFile
from .journal_scan import JournalScan
from .record import END_STATUSES, STARTED, StepRecord, chain
from .run_state import RUN_STEP, Header, RunState

__all__ = ["ChainWriter"]


class ChainWriter:
    """
    Appends entries to one journal file.

    Args:
        path: The journal.
        create: Make it; otherwise it must be there.
        group_commit: Sync once in so many entries.
        clock: Where the time comes from.

    Raises:
        JournalSchemaError: `group_commit` is not a positive integer; nothing was opened.
        JournalLocked: Another writer has the file.
        JournalUnavailable: The file cannot be opened.
    """

    header: Header
    """What the first entry says; set by `begin` and `resume`."""

    def __init__(self, path: str, *, create: bool, group_commit: int, clock: Callable[[], datetime]) -> None:
        if type(group_commit) is not int or group_commit < 1:
            raise JournalSchemaError(f"group_commit: need a positive integer, seen {group_commit!r}")
        self.file = JournalFile(path, create=create)
        """The open file."""
        self.lock = threading.RLock()
        """Held for every change; a caller may hold it over several."""
        self.side_file: str | None = None
        """Where the torn entry went that `resume` dropped."""
        self._scan = JournalScan(self.file.fd)
        self._group_commit = group_commit
        self._unsynced = 0
        self._clock = clock

    @property
    def state(self) -> RunState:
        """
        Where the run stands.
        """
        return self._scan.state

    def begin(self, header: Header) -> None:
        """
        Append the first entry.

        Raises:
            JournalError: It could not be made durable; the file is closed.
        """
        self.header = header
        try:
            self.start(RUN_STEP, RUN_STEP, header.to_json())
        except BaseException:
            self.file.close()
            raise

    def resume(self, header: Header, *, recover: bool) -> None:
        """
        Read the file back and compare it with the run; a torn entry is dropped, or begun again if it is the first.

        Raises:
            JournalError: The journal is torn and must not be recovered, is corrupt, or is of another run; the
                file is closed.
        """
        try:
            found = self._read_back(recover=recover)
            _expect_same_run(found or header, header)
        except BaseException:
            self.file.close()
            raise
        if found is None:
            self.begin(header)
        else:
            self.header = found

    def start(self, step_id: str, name: str, inputs: Mapping[str, object]) -> StepRecord:
        """
        Append the entry that starts a step.
        """
        return self._append(step_id, name, STARTED, render(self._clock()), None, inputs, {})

    def end(self, step_id: str, status: str, outputs: Mapping[str, object]) -> StepRecord:
        """
        Append the entry that ends a step.
        """
        if status not in END_STATUSES:
            raise JournalSchemaError(f"status: need one of {sorted(END_STATUSES)}, seen {status!r}")
        with self.lock:
            entry = self.state.open.get(step_id)
            if entry is None:
                raise JournalIntegrityError("end-without-start", f"step {step_id!r} is not open")
            name, started = str(entry["name"]), str(entry["started_at"])
            return self._append(step_id, name, status, started, render(self._clock()), {}, outputs)

    def sync(self) -> None:
        """
        Make every entry durable.
        """
        with self.lock:
            self.file.check()
            if self._unsynced:
                self.file.sync()
                self._unsynced = 0

    def _read_back(self, *, recover: bool) -> Header | None:
        try:
            for _ in self._scan.entries():
                pass
        except JournalTornTail:
            if not recover:
                raise
            self.side_file = self.file.drop_tail(self._scan.good_size)
        if self.state.header is None and not recover:
            raise JournalTornTail(0, 0)
        return self.state.header

    def _append(
        self,
        step_id: str,
        name: str,
        status: str,
        started_at: str,
        completed_at: str | None,
        inputs: Mapping[str, object],
        outputs: Mapping[str, object],
    ) -> StepRecord:
        """
        Steps: make the entry, ask the state machine, write, sync, and only then count it.
        """
        with self.lock:
            self.file.check()
            record, line = chain(
                step_id=step_id,
                name=name,
                status=status,
                started_at=started_at,
                completed_at=completed_at,
                inputs=inputs,
                outputs=outputs,
                prev_hash=self.state.head,
            )
            entry = record.fields()
            refused = self.state.refuse(entry)
            if refused is not None:
                raise JournalIntegrityError(*refused)
            self.file.append(line)
            self._unsynced += 1
            if self._unsynced >= self._group_commit:
                self.sync()
            self.state.accept(entry)
            self._scan.good_size += len(line)
            return record


def _expect_same_run(found: Header, header: Header) -> None:
    # The attempt goes on: its own id is the journal's, not the resuming context's.
    if replace(found, run_id_audit="") != replace(header, run_id_audit=""):
        raise JournalIntegrityError("run-differs", f"seen {found}, need {header}", 0, 0)

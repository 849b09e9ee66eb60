"""
The mission journal: a hash-chained, append-only record of what a run did, one JSON line an entry.

An entry is acknowledged when the call that makes it returns: by then it was written with one call and synced.
Nothing that was acknowledged is ever changed. What the journal promises and what it does not (G1 to G5) is in
``docs/runtime.md``; the format is in the `record`, the order of entries in the `run_state` module beside this one.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self

from ..canonical import is_sha256
from ..context import ExecutionContext
from ..errors import (
    JournalAnchorMismatch,
    JournalError,
    JournalIntegrityError,
    JournalLocked,
    JournalSchemaError,
    JournalTornTail,
    JournalUnavailable,
)
from ..timestamp import render, utc_now
from .checkpoint import Checkpoint
from .journal_file import JournalFile
from .journal_scan import JournalScan
from .journal_verify import Report, iter_verified, verify
from .record import END_STATUSES, STARTED, StepRecord
from .run_state import RUN_STEP, Header

__all__ = [
    "Checkpoint",
    "Header",
    "JournalAnchorMismatch",
    "JournalError",
    "JournalIntegrityError",
    "JournalLocked",
    "JournalSchemaError",
    "JournalTornTail",
    "JournalUnavailable",
    "MissionJournal",
    "Report",
    "StepRecord",
    "iter_verified",
    "verify",
]


class MissionJournal:
    """
    The one writer of a journal. Made by `create` or `open`; a context manager that closes the handle.

    Leaving the context does not seal the journal: a run that was not closed stays visibly open.
    """

    header: Header
    """What the first entry says about the run."""

    def __init__(self, file: JournalFile, group_commit: int, clock: Callable[[], datetime]) -> None:
        if type(group_commit) is not int or group_commit < 1:
            file.close()
            raise JournalSchemaError(f"group_commit: need a positive integer, seen {group_commit!r}")
        self._file = file
        self._scan = JournalScan(file.fd)
        self._group_commit = group_commit
        self._unsynced = 0
        self._clock = clock
        self._thread_lock = threading.RLock()
        self.side_file: str | None = None
        """Where recovery put the torn entry it dropped, None if it dropped nothing."""

    @classmethod
    def create(
        cls,
        path: str | os.PathLike[str],
        context: ExecutionContext,
        *,
        envelope: str | None = None,
        bundle: str | None = None,
        group_commit: int = 1,
        clock: Callable[[], datetime] = utc_now,
    ) -> Self:
        """
        Start a new journal; the file must not exist.

        Args:
            path: Where it goes, on a local file system.
            context: The run. Its ids and baseline commit become the first entry.
            envelope: Digest of the policy, if there is one.
            bundle: Digest of the bundle's manifest, if there is one.
            group_commit: Sync once in so many entries. Above 1 a power cut may lose up to ``group_commit - 1``
                acknowledged entries (a killed process loses none); `sync`, `checkpoint` and `close` sync always.
            clock: Where the time comes from.

        Raises:
            JournalUnavailable: The file exists or cannot be made durable.
            JournalLocked: Another writer was quicker.
            JournalSchemaError: A digest or a number is malformed.
        """
        header = _header(context, envelope, bundle)
        journal = cls(JournalFile(os.fspath(path), create=True), group_commit, clock)
        return journal._begun(header)

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        context: ExecutionContext,
        *,
        on_torn: str = "raise",
        envelope: str | None = None,
        bundle: str | None = None,
        group_commit: int = 1,
        clock: Callable[[], datetime] = utc_now,
    ) -> Self:
        """
        Continue a journal after verifying all of it, under the lock.

        Args:
            path: The journal.
            context: The run; run id and baseline commit must be the journal's. The attempt's id stays the journal's.
            on_torn: ``raise``, or ``recover``: store an incomplete last entry in a side file, then cut it off.
            envelope: As in `create`; must be the journal's.
            bundle: As in `create`; must be the journal's.
            group_commit: As in `create`.
            clock: Where the time comes from.

        Raises:
            JournalTornTail: The last entry is incomplete and `on_torn` is ``raise``.
            JournalIntegrityError: An entry is wrong, or the journal is of another run.
            JournalUnavailable: The file cannot be used.
            JournalLocked: Another writer has it.
            JournalSchemaError: An argument is malformed.
        """
        if on_torn not in {"raise", "recover"}:
            raise JournalSchemaError(f"on_torn: need 'raise' or 'recover', seen {on_torn!r}")
        header = _header(context, envelope, bundle)
        journal = cls(JournalFile(os.fspath(path), create=False), group_commit, clock)
        try:
            resumed = journal._resume(header, recover=on_torn == "recover")
        except BaseException:
            journal._file.close()
            raise
        return journal if resumed else journal._begun(header)

    def start(self, step_id: str, name: str, inputs: Mapping[str, object]) -> StepRecord:
        """
        Record that a step begins; durable when it returns, unless commits are grouped.

        Raises:
            JournalIntegrityError: The id was used before, or the run is sealed.
            JournalSchemaError: An argument does not fit the entry format.
            JournalUnavailable: The entry could not be made durable: the step must not begin.
        """
        return self._append(step_id, name, STARTED, render(self._clock()), None, inputs, {})

    def finish(self, step_id: str, status: str, outputs: Mapping[str, object]) -> StepRecord:
        """
        Record how a step ended: ``completed``, ``failed``, ``compensated`` or ``interrupted``.

        Raises:
            JournalIntegrityError: The step is not open.
            JournalSchemaError: An argument does not fit the entry format.
            JournalUnavailable: The entry could not be made durable.
        """
        if step_id == RUN_STEP:
            raise JournalSchemaError(f"step {RUN_STEP!r}: is ended by close alone")
        return self._end(step_id, status, outputs)

    def close(self, status: str = "completed", outputs: Mapping[str, object] | None = None) -> Checkpoint:
        """
        Seal the journal: end the run and close the handle. Nothing can be appended afterwards.

        Returns:
            The checkpoint of the sealed journal, to be kept elsewhere.

        Raises:
            JournalIntegrityError: Steps are still open.
            JournalSchemaError: An argument does not fit the entry format.
            JournalUnavailable: The seal could not be made durable.
        """
        with self._thread_lock:
            self._end(RUN_STEP, status, outputs or {})
            checkpoint = self.checkpoint()
            self._file.close()
            return checkpoint

    def checkpoint(self) -> Checkpoint:
        """
        Make everything durable and return origin, size and head.

        Raises:
            JournalUnavailable: It could not be made durable.
        """
        with self._thread_lock:
            self.sync()
            state = self._scan.state
            return Checkpoint(self.header.run_id, state.count, str(state.head))

    def sync(self) -> None:
        """
        Return when every entry is durable.

        Raises:
            JournalUnavailable: They may not be; the handle is poisoned.
        """
        with self._thread_lock:
            self._file.check()
            if self._unsynced:
                self._file.sync()
                self._unsynced = 0

    def open_steps(self) -> tuple[StepRecord, ...]:
        """
        The steps that were started and did not end, without the run itself: the crash report.
        """
        with self._thread_lock:
            open_entries = self._scan.state.open
            return tuple(StepRecord(**entry) for step, entry in open_entries.items() if step != RUN_STEP)  # type: ignore[arg-type]  # shape verified when it was accepted

    @property
    def path(self) -> str:
        """
        Where the journal is.
        """
        return self._file.path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and not self._file.closed:
                self.sync()
        finally:
            self._file.close()

    def _begun(self, header: Header) -> Self:
        """
        Append the first entry.
        """
        self.header = header
        try:
            self._append(RUN_STEP, RUN_STEP, STARTED, render(self._clock()), None, header.to_json(), {})
        except BaseException:
            self._file.close()
            raise
        return self

    def _resume(self, header: Header, *, recover: bool) -> bool:
        """
        Read the file back and compare it with the run; tell whether it has a first entry.
        """
        try:
            for _ in self._scan.entries():
                pass
        except JournalTornTail:
            if not recover:
                raise
            self.side_file = self._file.drop_tail(self._scan.good_size)
        found = self._scan.state.header
        if found is None:
            if not recover:
                raise JournalTornTail(0, 0)
            return False
        # The attempt goes on: its own id is the journal's, not the resuming context's.
        if replace(found, run_id_audit="") != replace(header, run_id_audit=""):
            raise JournalIntegrityError("run-differs", f"seen {found}, need {header}", 0, 0)
        self.header = found
        return True

    def _end(self, step_id: str, status: str, outputs: Mapping[str, object]) -> StepRecord:
        if status not in END_STATUSES:
            raise JournalSchemaError(f"status: need one of {sorted(END_STATUSES)}, seen {status!r}")
        with self._thread_lock:
            entry = self._scan.state.open.get(step_id)
            if entry is None:
                raise JournalIntegrityError("end-without-start", f"step {step_id!r} is not open")
            name, started = str(entry["name"]), str(entry["started_at"])
            return self._append(step_id, name, status, started, render(self._clock()), {}, outputs)

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
        with self._thread_lock:
            self._file.check()
            state = self._scan.state
            record = StepRecord.chained(
                step_id=step_id,
                name=name,
                status=status,
                started_at=started_at,
                completed_at=completed_at,
                inputs=inputs,
                outputs=outputs,
                prev_hash=state.head,
            )
            line, entry = record.to_line(), record.to_json()
            refused = state.refuse(entry)
            if refused is not None:
                raise JournalIntegrityError(*refused)
            self._file.append(line)
            self._unsynced += 1
            if self._unsynced >= self._group_commit:
                self.sync()
            state.accept(entry)
            self._scan.good_size += len(line)
            return record


def _header(context: ExecutionContext, envelope: str | None, bundle: str | None) -> Header:
    for name, digest in (("envelope", envelope), ("bundle", bundle)):
        if digest is not None and not is_sha256(digest):
            raise JournalSchemaError(f"{name}: need a sha256 digest or None, seen {digest!r}")
    return Header.of(context, envelope, bundle)

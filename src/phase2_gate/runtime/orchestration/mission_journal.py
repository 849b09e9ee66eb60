"""
The mission journal: a hash-chained, append-only record of what a run did, one JSON line an entry.

An entry is acknowledged when the call that makes it returns: by then it was written with one call and synced.
Nothing that was acknowledged is ever changed. What the journal promises and what it does not (G1 to G5) is in
``docs/runtime.md``; the format is in the `record`, the order of entries in the `run_state` module beside this one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
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
from ..timestamp import utc_now
from .chain_writer import ChainWriter
from .checkpoint import Checkpoint
from .journal_verify import Report, iter_verified, verify
from .record import StepRecord
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

    def __init__(self, writer: ChainWriter) -> None:
        self._writer = writer

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
        writer = ChainWriter(os.fspath(path), create=True, group_commit=group_commit, clock=clock)
        writer.begin(header)
        return cls(writer)

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
        writer = ChainWriter(os.fspath(path), create=False, group_commit=group_commit, clock=clock)
        writer.resume(header, recover=on_torn == "recover")
        return cls(writer)

    def start(self, step_id: str, name: str, inputs: Mapping[str, object]) -> StepRecord:
        """
        Record that a step begins; durable when it returns, unless commits are grouped.

        Raises:
            JournalIntegrityError: The id was used before, or the run is sealed.
            JournalSchemaError: An argument does not fit the entry format.
            JournalUnavailable: The entry could not be made durable: the step must not begin.
        """
        return self._writer.start(step_id, name, inputs)

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
        return self._writer.end(step_id, status, outputs)

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
        with self._writer.lock:
            self._writer.end(RUN_STEP, status, outputs or {})
            checkpoint = self.checkpoint()
            self._writer.file.close()
            return checkpoint

    def checkpoint(self) -> Checkpoint:
        """
        Make everything durable and return origin, size and head.

        Raises:
            JournalUnavailable: It could not be made durable.
        """
        with self._writer.lock:
            self.sync()
            state = self._writer.state
            return Checkpoint(self.header.run_id, state.count, str(state.head))

    def sync(self) -> None:
        """
        Return when every entry is durable.

        Raises:
            JournalUnavailable: They may not be; the handle is poisoned.
        """
        self._writer.sync()

    def open_steps(self) -> tuple[StepRecord, ...]:
        """
        The steps that were started and did not end, without the run itself: the crash report.
        """
        with self._writer.lock:
            open_entries = self._writer.state.open
            return tuple(StepRecord(**entry) for step, entry in open_entries.items() if step != RUN_STEP)  # type: ignore[arg-type]  # shape verified when it was accepted

    @property
    def path(self) -> str:
        """
        Where the journal is.
        """
        return self._writer.file.path

    @property
    def header(self) -> Header:
        """
        What the first entry says about the run.
        """
        return self._writer.header

    @property
    def side_file(self) -> str | None:
        """
        Where recovery put the torn entry that it dropped; None if it dropped nothing.
        """
        return self._writer.side_file

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and not self._writer.file.closed:
                self.sync()
        finally:
            self._writer.file.close()


def _header(context: ExecutionContext, envelope: str | None, bundle: str | None) -> Header:
    for name, digest in (("envelope", envelope), ("bundle", bundle)):
        if digest is not None and not is_sha256(digest):
            raise JournalSchemaError(f"{name}: need a sha256 digest or None, seen {digest!r}")
    return Header.of(context, envelope, bundle)

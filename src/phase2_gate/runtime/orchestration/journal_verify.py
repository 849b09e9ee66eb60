"""
Judging a journal that may have come from anybody: `iter_verified` hands out entries, `verify` reports.

A bare chain proves that nothing inside it was changed without recomputing what follows. It does not show a cut
at a line end, a rewritten rest or a fork: pass the latest `Checkpoint` as anchor, and the run id you expect.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import JournalAnchorMismatch, JournalIntegrityError, JournalTornTail
from .checkpoint import Checkpoint
from .journal_scan import JournalScan, open_for_reading
from .record import StepRecord
from .run_state import Header

__all__ = ["Report", "iter_verified", "verify"]


@dataclass(frozen=True, slots=True)
class Report:
    """
    What a verified journal says.
    """

    state: str
    """``sealed``, ``open`` (no seal yet) or ``torn`` (an incomplete entry at the end)."""
    count: int
    """Number of complete entries."""
    head: str | None
    """Entry hash of the last complete one; None when there is none."""
    header: Header | None
    """What the first entry says; None when there is none."""
    open_steps: tuple[str, ...]
    """Ids of steps that were started and did not end, in order of their start."""
    sealed_as: str | None
    """Status of the seal; None while the run is open."""
    good_bytes: int
    """Size of the complete entries; the torn entry begins there."""

    def checkpoint(self) -> Checkpoint:
        """
        The checkpoint of what was verified.

        Raises:
            JournalIntegrityError: There is no entry to take one of.
        """
        if self.header is None or self.head is None:
            raise JournalIntegrityError("empty", "no complete entry")
        return Checkpoint(self.header.run_id, self.count, self.head)


def iter_verified(path: str | os.PathLike[str], *, expect_run_id: str | None = None) -> Iterator[StepRecord]:
    """
    Yield the entries of a journal, each after it was verified. Takes no lock.

    Raises:
        JournalIntegrityError: An entry is wrong, or the run is not the expected one.
        JournalTornTail: After the last good entry, if an incomplete one follows.
        JournalUnavailable: The file cannot be read.
    """
    fd = open_for_reading(os.fspath(path))
    try:
        scan = JournalScan(fd)
        for index, entry in enumerate(scan.entries()):
            if index == 0:
                _expect_run(scan, expect_run_id)
            yield StepRecord(**entry)  # type: ignore[arg-type]  # shape verified by the scan
    finally:
        os.close(fd)


def verify(
    path: str | os.PathLike[str],
    *,
    anchor: Checkpoint | None = None,
    expect_run_id: str | None = None,
    require_sealed: bool = False,
) -> Report:
    """
    Read a whole journal strictly and report its state. Takes no lock.

    Args:
        path: The journal.
        anchor: A checkpoint kept outside; the journal must be that one or its continuation.
        expect_run_id: The run that it must be of.
        require_sealed: Refuse a journal without a seal.

    Raises:
        JournalAnchorMismatch: The anchor is of another journal, or the journal was cut or rewritten since.
        JournalIntegrityError: An entry is wrong, the run is another, or a demanded seal is missing.
        JournalUnavailable: The file cannot be read.
    """
    fd = open_for_reading(os.fspath(path))
    try:
        scan = JournalScan(fd)
        torn = _follow(scan, anchor, expect_run_id)
    finally:
        os.close(fd)
    state = scan.state
    if anchor is not None and state.count < anchor.size:
        raise JournalAnchorMismatch("anchor-size", f"seen {state.count} entries, need at least {anchor.size}")
    if require_sealed and (state.sealed is None or torn):
        raise JournalIntegrityError("not-sealed", f"no end of the run after {state.count} entries")
    word = "torn" if torn or state.count == 0 else "open" if state.sealed is None else "sealed"
    open_steps = tuple(state.open)
    return Report(word, state.count, state.head, state.header, open_steps, state.sealed, scan.good_size)


def _follow(scan: JournalScan, anchor: Checkpoint | None, expect_run_id: str | None) -> bool:
    """
    Run a scan to its end against what was expected; tell whether it ended in a torn entry.
    """
    try:
        for index, entry in enumerate(scan.entries()):
            if index == 0:
                _expect_run(scan, expect_run_id)
                if anchor is not None and scan.state.header is not None:
                    _expect_origin(scan.state.header.run_id, anchor)
            if anchor is not None and index == anchor.size - 1 and entry["entry_hash"] != anchor.head:
                raise JournalAnchorMismatch(
                    "anchor-head", f"seen {entry['entry_hash']!r}, need {anchor.head!r}", index, scan.good_size
                )
    except JournalTornTail:
        return True
    return False


def _expect_run(scan: JournalScan, expected: str | None) -> None:
    header = scan.state.header
    if expected is not None and header is not None and header.run_id != expected:
        raise JournalIntegrityError("run-id", f"seen {header.run_id!r}, need {expected!r}", 0, 0)


def _expect_origin(run_id: str, anchor: Checkpoint) -> None:
    if run_id != anchor.origin:
        raise JournalAnchorMismatch("anchor-origin", f"seen {run_id!r}, need {anchor.origin!r}", 0, 0)

"""
What `--verbose` adds: the rules that ran, all notes, and how long it took.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from ..core.escape import line
from ..core.record import Record
from ..core.report import GateResult
from ..core.rules import DYNAMIC_GATES


class Verbose:
    """
    Lines beyond the usual ones, for people who want to know what was done.

    Args:
        clock: Tells the time, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()

    def gate(self, result: GateResult) -> Iterator[str]:
        """
        The rules of a gate that ran, the notes that its findings left no room for, and, where it ran code, how long
        that took: static gates are judged together.
        """
        now = self._clock()
        yield from (f"  ran: {slug}" for slug in result.ran)
        if result.findings:
            yield from (f"  note: {line(note)}" for note in result.notes)
        if result.gate in DYNAMIC_GATES and not result.skipped:
            yield f"  time: {now - self._began:.3f} s"
        self._began = now

    def end(self, record: Record) -> Iterator[str]:
        """
        The rules that were to run and did not, the processes, and how long all of it took.
        """
        yield from (f"not judged   {slug}" for slug in record.verification.unjudged)
        for run in record.runs:
            yield f"process      {run.gate}: {line(run.ended)} in {run.seconds:.3f} s, {line(run.isolation)}"
        yield f"time         {record.seconds:.3f} s"

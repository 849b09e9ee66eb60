"""
One line of a terminal that shows how far the tests are, and goes away before anything else is printed.

It is fed by the verifier's own records, never by what the bundle prints, and shows numbers alone: no name out of a
bundle reaches the terminal this way.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from . import terminal

if TYPE_CHECKING:
    from ..audit.execution.policy import TestOutcome

_EVERY_SECONDS = 0.1
"""More often nobody can read it."""
_COLUMNS = 79
"""A line that wraps cannot be taken back; no terminal in use is narrower."""


class Live:
    """
    The line.

    Args:
        seconds: How long the tests may take.
        write: Puts text on the terminal.
        clock: Tells the time, in seconds.
    """

    def __init__(self, seconds: int, write: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._write = write
        self._clock = clock
        self._began = clock()
        self._shown = -_EVERY_SECONDS
        self._width = 0
        self._counts: Counter[str] = Counter()

    def start(self) -> None:
        """
        Begins to count the time.
        """
        self._began = self._clock()

    def test(self, outcome: TestOutcome) -> None:
        """
        Counts a test, and shows the line when it is time.
        """
        self._counts[outcome.outcome] += 1
        elapsed = self._clock() - self._began
        if elapsed - self._shown < _EVERY_SECONDS:
            return
        self._shown = elapsed
        counts = ", ".join(f"{self._counts[kind]} {kind}" for kind in sorted(self._counts))
        line = f"tests        {counts} ({elapsed:.0f} s of {self._seconds} s at most)"[:_COLUMNS]
        self._write("\r" + line.ljust(self._width))
        self._width = len(line)

    def clear(self) -> None:
        """
        Takes the line away.
        """
        if self._width:
            self._write("\r" + " " * self._width + "\r")
            self._width = 0


def on_terminal(seconds: int) -> Live | None:
    """
    A line on standard output when a person looks at it; None in logs, pipes and CI.
    """
    stream = sys.stdout
    if stream is None or not stream.isatty() or os.environ.get("CI") or os.environ.get("TERM") == "dumb":
        return None
    return Live(seconds, lambda text: terminal.raw(text.encode("ascii", "backslashreplace")))

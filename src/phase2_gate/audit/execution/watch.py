"""
Watching the record of a test run as it arrives: for a live display, and for the size that it may reach.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from phase2_gate.audit.execution.policy import TestOutcome

if TYPE_CHECKING:
    from collections.abc import Callable

_BYTES_OF_TEST = 8192
"""What one test adds to the record at most: its name and place, three reports, each with one cut line."""
_MOST = 256 * 1024 * 1024
"""No suite may fill the verifier's memory with its record."""


class Watch:
    """
    Reads the pieces of a record.

    Args:
        cap: Bytes that the record may have whatever it says.
        progress: Told of each test whose middle phase ended, and of each that did not come so far.
    """

    def __init__(self, cap: int, progress: Callable[[TestOutcome], None] | None = None) -> None:
        self._cap = cap
        self._progress = progress
        self._rest = b""

    def feed(self, piece: bytes) -> int:
        """
        Read one piece.

        Returns:
            The number of bytes that the whole record may reach, from what it has told of tests so far.
        """
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            if b'"event": "collected"' in line:
                self._cap = min(self._cap + _BYTES_OF_TEST, max(_MOST, self._cap))
            elif self._progress is not None and b'"event": "report"' in line:
                self._tell(self._progress, line)
        if len(self._rest) > self._cap:
            self._rest = b""  # no line of ours is that long; the cap ends the run
        return self._cap

    @staticmethod
    def _tell(progress: Callable[[TestOutcome], None], line: bytes) -> None:
        try:
            event = json.loads(line.partition(b" ")[2])
        except ValueError:
            return  # judged at the end, not here
        if event.get("when") == "call" or event.get("outcome") != "passed":
            progress(TestOutcome(str(event.get("id")), str(event.get("outcome")), str(event.get("detail", ""))))

"""
Reading a journal strictly, in one pass and constant memory. Bytes are compared, not meanings.

For every line: length bound, strict canonical JSON, exact shape, hash, link, place in the run's state machine.
Two verdicts that must never be mixed up:

- **torn**: the file does not end with a line feed, or its last line holds a zero-filled disk sector. That is how
  an append looks that a crash cut short. Everything before is good.
- **corrupt**: anything else that is wrong. It is refused with its position and never repaired.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from itertools import islice

from ..canonical import Json, strict_object
from ..durable import READ_FLAGS
from ..errors import CanonicalError, JournalIntegrityError, JournalTornTail, JournalUnavailable
from .record import MAX_LINE_BYTES, check_shape, recomputed_hash
from .run_state import RunState

__all__ = ["JournalScan", "open_for_reading"]

_CHUNK_BYTES = 1 << 18
# The unit in which disks tear writes; 4 KiB drives tear at multiples of it.
_SECTOR_BYTES = 512


def open_for_reading(path: str) -> int:
    """
    Open a journal: a regular file, not a link.

    Raises:
        JournalUnavailable: It is not there, not readable or not a regular file.
    """
    try:
        fd = os.open(path, READ_FLAGS)
    except (OSError, ValueError) as exc:
        raise JournalUnavailable(f"{path!r}: cannot open the journal: {exc}") from None
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise JournalUnavailable(f"{path!r}: not a regular file")
    return fd


class JournalScan:
    """
    One pass over an open journal.

    Args:
        fd: The open file; the caller closes it. Its position is not relied upon.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self.good_size = 0
        """Bytes of all entries accepted so far."""
        self.state = RunState(self.started_before)
        """Where the run stands after them."""

    def entries(self) -> Iterator[dict[str, Json]]:
        """
        Yield each entry once it is verified.

        Raises:
            JournalIntegrityError: An entry is wrong.
            JournalTornTail: After the last good entry, if an incomplete one follows.
            JournalUnavailable: The file cannot be read.
        """
        for line in self._lines(0):
            entry = self._verified(line)
            self.state.accept(entry)
            self.good_size += len(line) + 1
            yield entry

    def started_before(self, step_id: str) -> bool:
        """
        Read the verified part again and tell whether a step was started in it.
        """
        # Whatever has the id was started: no end comes without a start.
        return any(strict_object(line)["step_id"] == step_id for line in islice(self._lines(0), self.state.count))

    def _lines(self, position: int) -> Iterator[bytes]:
        pending, tail = b"", position
        while chunk := self._read(position):
            position += len(chunk)
            parts = (pending + chunk).split(b"\n")
            pending = parts.pop()
            for part in parts:
                if len(part) >= MAX_LINE_BYTES:
                    raise self._corrupt("line-too-long", f"need at most {MAX_LINE_BYTES} bytes")
                yield part
                tail += len(part) + 1
            if len(pending) >= MAX_LINE_BYTES:
                raise self._corrupt("line-too-long", f"need at most {MAX_LINE_BYTES} bytes")
        if pending:
            raise JournalTornTail(tail, self.state.count)

    def _read(self, position: int) -> bytes:
        try:
            os.lseek(self._fd, position, os.SEEK_SET)
            return os.read(self._fd, _CHUNK_BYTES)
        except OSError as exc:
            raise JournalUnavailable(f"journal: cannot read at byte {position}: {exc}") from None

    def _verified(self, line: bytes) -> dict[str, Json]:
        try:
            entry = strict_object(line)
        except CanonicalError as exc:
            if self._is_torn(line):
                raise JournalTornTail(self.good_size, self.state.count) from None
            raise self._corrupt("not-canonical", str(exc)) from None
        problem = check_shape(entry)
        if problem is not None:
            raise self._corrupt("bad-shape", problem)
        if entry["entry_hash"] != recomputed_hash(line, entry["completed_at"]):
            raise self._corrupt("entry-hash", "the digest of the other eight fields differs")
        refused = self.state.refuse(entry)
        if refused is not None:
            raise self._corrupt(*refused)
        return entry

    def _is_torn(self, line: bytes) -> bool:
        """
        Tell whether the file's last line holds a sector that was never written.
        """
        end = self.good_size + len(line) + 1
        if os.fstat(self._fd).st_size != end:
            return False
        start = self.good_size
        while start < end:
            stop = min(end, (start // _SECTOR_BYTES + 1) * _SECTOR_BYTES)
            if not any(line[start - self.good_size : stop - self.good_size]) and stop < end:
                return True
            start = stop
        return False

    def _corrupt(self, rule: str, detail: str) -> JournalIntegrityError:
        return JournalIntegrityError(rule, detail, self.state.count, self.good_size)

"""
A digest that is taken in a second thread, beside the reading and writing of a large file.

`hashlib` lets other threads run while it works, so that hashing costs no time on the clock where there is a second
processor. For small files the handing over would cost more than the digest.
"""

from __future__ import annotations

import hashlib
import queue
import threading
from types import TracebackType
from typing import Self

_WAITING = 4
"""How many pieces may wait for the digest, so that memory stays bounded."""


class BackgroundDigest:
    """
    The sha256 of pieces, taken in another thread as long as the block lasts.

    Whatever ends the block ends the thread.
    """

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._pieces: queue.Queue[bytes] = queue.Queue(_WAITING)
        self._thread = threading.Thread(target=self._work, name="phase2-gate-digest", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end()

    def update(self, piece: bytes) -> None:
        """
        Adds a piece, which is not empty; waits when too many are waiting.
        """
        self._pieces.put(piece)

    def hexdigest(self) -> str:
        """
        The digest of all pieces; no more can be added.
        """
        self._end()
        return self._digest.hexdigest()

    def _end(self) -> None:
        if self._thread.is_alive():
            self._pieces.put(b"")
            self._thread.join()

    def _work(self) -> None:
        while piece := self._pieces.get():
            self._digest.update(piece)

"""
Reading the streams of a child, with a cap on each and one deadline for all.

A descendant can hold a stream open for ever, so the end of a stream is never waited for: once the launcher is gone,
what the pipes still hold is read, and that is all.
"""

from __future__ import annotations

import os
import selectors
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_PIECE = 65536
"""What a pipe holds on Linux."""


class Stream:
    """
    One pipe that is read.

    Args:
        fd: The reading end; `close` closes it.
        cap: Bytes that are kept; one byte more and `exceeded` is set.
        watch: Sees each piece, and returns the cap from then on; None to keep the cap as it is.
    """

    def __init__(self, fd: int, cap: int, watch: Callable[[bytes], int] | None = None) -> None:
        self.fd = fd
        self.open = True
        self.exceeded = False
        self._cap = cap
        self._watch = watch
        self._pieces: list[bytes] = []
        self._size = 0
        os.set_blocking(fd, False)

    @property
    def data(self) -> bytes:
        """
        What was read so far.
        """
        return b"".join(self._pieces)

    def read(self) -> bytes:
        """
        Read one piece; empty at the end of the stream and when there is nothing now.
        """
        try:
            piece = os.read(self.fd, _PIECE)
        except BlockingIOError:
            return b""
        if not piece:
            self.open = False
            return b""
        if self._watch is not None:
            self._cap = self._watch(piece)
        kept = piece[: max(0, self._cap - self._size)]
        if kept:
            self._pieces.append(kept)
            self._size += len(kept)
        self.exceeded = self.exceeded or len(kept) < len(piece)
        return piece

    def drain(self) -> None:
        """
        Read what is there now, and no more than the cap.
        """
        while not self.exceeded and self.read():
            pass

    def close(self) -> None:
        """
        Close the reading end.
        """
        self.open = False
        os.close(self.fd)


def read_until(streams: Iterable[Stream], deadline: float, done: Callable[[], bool]) -> bool:
    """
    Read all streams until `done` says so, one of them exceeds its cap, or all have ended.

    Args:
        streams: What to read.
        deadline: When to give up, on the monotonic clock.
        done: Asked after each round of reading.

    Returns:
        False when the deadline passed first.
    """
    with selectors.DefaultSelector() as selector:
        for stream in streams:
            if stream.open:
                selector.register(stream.fd, selectors.EVENT_READ, stream)
        while selector.get_map():
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return False
            for key, _ in selector.select(remaining):
                stream = key.data
                stream.read()
                if not stream.open:
                    selector.unregister(stream.fd)
                if stream.exceeded:
                    return True
            if done():
                return True
    return True

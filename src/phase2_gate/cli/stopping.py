"""
Signals that end a command, which first removes what it has not finished.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_USUAL = (signal.SIG_DFL, signal.default_int_handler)


class Stopped(KeyboardInterrupt):
    """
    Somebody ends the process, by another way than Ctrl-C; what cleans up after an interruption cleans up.

    Args:
        number: The signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    @property
    def name(self) -> str:
        """
        What the signal is called.
        """
        return signal.Signals(self.number).name


@contextmanager
def heeded() -> Iterator[Callable[[], None]]:
    """
    SIGTERM and SIGHUP raise `Stopped`, as SIGINT raises `KeyboardInterrupt`; behind the first all are ignored.

    A second one would find things half removed; whoever cannot wait has SIGKILL. A signal that somebody ignores, as
    `nohup` does, or handles, stays theirs; elsewhere than in the main thread nothing changes.

    An exception that comes up in a finaliser goes no further. The next signal is heeded then, and whoever asks at the
    end learns of the one that was missed.

    Yields:
        Raises the exception of the last signal, if there was one.

    Raises:
        Stopped: at the first SIGTERM or SIGHUP.
        KeyboardInterrupt: at the first SIGINT.
    """
    taken: dict[int, Any] = {}
    asked: list[KeyboardInterrupt] = []

    def stop(number: int, _frame: object) -> None:
        for one in taken:
            signal.signal(one, signal.SIG_IGN)
        asked.append(KeyboardInterrupt() if number == signal.SIGINT else Stopped(number))
        raise asked[-1]

    def lose(about: Any) -> None:
        if not any(about.exc_value is one for one in asked):
            before_losing(about)
            return
        for one in taken:
            signal.signal(one, stop)

    def missed() -> None:
        if asked:
            raise asked[-1]

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is None or signal.getsignal(number) not in _USUAL:
            continue
        try:
            taken[number] = signal.signal(number, stop)
        except ValueError:  # not the main thread
            break
    before_losing, sys.unraisablehook = sys.unraisablehook, lose
    try:
        yield missed
    finally:
        sys.unraisablehook = before_losing
        if not asked:
            for one, before in taken.items():
                signal.signal(one, before)


def end_by(number: int) -> None:
    """
    Ends the process by the signal that asked for it, so that whoever waits for the process sees which it was.
    """
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)

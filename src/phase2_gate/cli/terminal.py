"""
Writing to people: verdict lines to standard output, everything else to standard error.
"""

from __future__ import annotations

import sys

from ..core.errors import Phase2GateError
from ..core.escape import line


def out(text: str = "") -> None:
    """
    One line to standard output, at once, so that a log shows how far a run came.

    What the stream's encoding cannot show appears as an escape.
    """
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)  # noqa: T201 - the one place


def raw(data: bytes) -> None:
    """
    Bytes to standard output, as they are.
    """
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def complain(text: str) -> None:
    """
    One line to standard error.
    """
    print(text.encode("ascii", "backslashreplace").decode("ascii"), file=sys.stderr, flush=True)  # noqa: T201 - as above


def error(problem: Phase2GateError) -> None:
    """
    An error of ours: every line of its message, and the way out.
    """
    for part in problem.message.splitlines():
        complain(f"error: {line(part)}")
    if problem.hint is not None:
        complain(f"hint: {line(problem.hint)}")


def warn(text: str) -> None:
    """
    Something that a person should know and that changes nothing.
    """
    complain(f"warning: {line(text)}")

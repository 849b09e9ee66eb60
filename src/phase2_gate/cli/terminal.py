"""
Writing to people: verdict lines to standard output, everything else to standard error.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from ..core.errors import AuditError, Phase2GateError
from ..core.escape import line
from ..core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO


def in_actions() -> bool:
    """
    Whether a runner of GitHub Actions reads what we print, and looks for commands in it.
    """
    return os.environ.get("GITHUB_ACTIONS") == "true"


def _inert(text: str, style: str = "text") -> str:
    if not in_actions():
        return text
    from ..report.github import inert

    return inert(text, style)


def out(text: str = "") -> None:
    """
    One line to standard output, at once, so that a log shows how far a run came.

    What the stream's encoding cannot show appears as an escape.

    Raises:
        BrokenPipeError: when nobody reads any more.
        AuditError: when the line cannot be written otherwise: a verdict that nobody can see is none.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    raw(_inert(text).encode(encoding, "backslashreplace") + os.linesep.encode())


def document(text: str, style: str) -> None:
    """
    A whole document to standard output, in UTF-8 whatever the locale.

    Args:
        text: The document.
        style: Its format, as `phase2_gate.report.formats` names it.

    Raises:
        BrokenPipeError: as `out`.
        AuditError: as `out`.
    """
    raw(_inert(text, style).encode())


def raw(data: bytes) -> None:
    """
    Bytes to standard output, as they are.

    Raises:
        BrokenPipeError: as `out`.
        AuditError: as `out`.
    """
    # Python sets it to None when the process was started without one.
    stream: TextIO | None = sys.stdout
    if stream is None:
        raise AuditError("standard output: cannot be written to: it is closed", hint="send it to a file, or /dev/null")
    try:
        stream.flush()
        stream.buffer.write(data)
        stream.buffer.flush()
    except OSError as error:
        _discard(stream)
        if isinstance(error, BrokenPipeError):
            raise
        raise AuditError(f"standard output: cannot be written to: {error.strerror}") from error


def _discard(stream: TextIO) -> None:
    # What is still buffered would be tried again at exit, and change the exit status.
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, stream.fileno())
        finally:
            os.close(nowhere)


def complain(text: str) -> None:
    """
    One line to standard error, escaped; when nobody can be told, the exit status says enough.
    """
    command(_inert(line(text)))


def command(text: str) -> None:
    """
    One line to standard error as it is, for a runner that may take it for a command; what is not ASCII as an escape.
    """
    shown = text.encode("ascii", "backslashreplace").decode("ascii")
    stream: TextIO | None = sys.stderr
    if stream is not None:
        with suppress(OSError, ValueError):
            print(shown, file=stream, flush=True)


def error(problem: Phase2GateError) -> None:
    """
    An error of ours: every line of its message, and the way out.
    """
    for part in problem.message.splitlines():
        complain(f"error: {part}")
    if problem.hint is not None:
        complain(f"hint: {problem.hint}")


def warn(text: str) -> None:
    """
    Something that a person should know and that changes nothing.
    """
    complain(f"warning: {text}")

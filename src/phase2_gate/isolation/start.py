"""
Starting a command through the launcher, and judging what came of the start, not of the command.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phase2_gate.core.errors import IsolationError
from phase2_gate.isolation.capture import read_until
from phase2_gate.isolation.command import Command, Completed
from phase2_gate.isolation.launch import launch, stop, wait
from phase2_gate.isolation.level import Carrier, Level

if TYPE_CHECKING:
    from phase2_gate.isolation.launch import Launched


@dataclass(frozen=True, slots=True)
class _Answer:
    """
    What the launcher said, piece by piece; absent pieces are None.
    """

    ready: dict[str, object] | None
    exit: dict[str, object] | None
    end: dict[str, object] | None
    error: dict[str, object] | None


def run(command: Command) -> Completed:
    """
    Run a command in its box until it ends, breaks a limit or runs out of time; then end all it started.

    Args:
        command: What to run, and how it is confined.

    Returns:
        What came of it. Every process it started has ended.

    Raises:
        IsolationError: The box could not be made as asked, or the program could not be started in it, or its processes
            could not be ended.
    """
    if os.name != "posix":
        raise IsolationError(
            f"isolation: no way to confine a process on this platform: seen {sys.platform!r}, need Linux or macOS",
            hint="verify the bundle here, and audit it on Linux",
        )
    if not sys.executable:
        raise IsolationError("isolation: the verifier's own interpreter is not known: sys.executable is empty")
    started = time.monotonic()
    with ExitStack() as stack:
        streams = launch(command, stack)
        exceeded, timed_out = _attend(streams, started + command.limits.wall_seconds)
        answer = _parsed(streams.status.data)
        _check(command, answer, streams, stopped=timed_out or exceeded)
        end = (answer.exit if command.level is Level.STRICT else answer.end) or {}
        code = os.waitstatus_to_exitcode(int(str(end.get("status", signal.SIGKILL))))
        ready = answer.ready or {}
        together = streams.together
        return Completed(
            returncode=code if code >= 0 else None,
            signal=-code if code < 0 else None,
            stdout=streams.stdout.data,
            stderr=streams.stderr.data,
            record=streams.record.data,
            timed_out=timed_out,
            output_exceeded=streams.stdout.exceeded or streams.stderr.exceeded,
            record_exceeded=streams.record.exceeded,
            crowded=bool((answer.end or {}).get("crowded")),
            seconds=time.monotonic() - started,
            level=command.level,
            layers=(*_texts(ready, "layers"), *together.layers),
            notes=(
                *_texts(ready, "notes"),
                *together.notes,
                *together.remarks(),
                *_remarks(command.level, answer),
            ),
        )


def _attend(streams: Launched, deadline: float) -> tuple[bool, bool]:
    """
    Read until the launcher has said its last word, stop it when a limit is broken, and read what is left.

    Returns:
        Whether a stream exceeded its cap, and whether the time was over.
    """

    def finished() -> bool:
        return not streams.status.open or b'"end"' in streams.status.data

    in_time = read_until(streams.all(), deadline, finished)
    exceeded = any(stream.exceeded for stream in streams.all())
    if not in_time or exceeded:
        stop(streams.process)
    else:
        wait(streams.process)
    for stream in streams.all():
        stream.drain()
    return exceeded, not in_time


def _parsed(data: bytes) -> _Answer:
    answers: dict[str, dict[str, object]] = {}
    for line in data.splitlines():
        answers.update(json.loads(line))
    return _Answer(answers.get("ready"), answers.get("exit"), answers.get("end"), answers.get("error"))


def _check(command: Command, answer: _Answer, streams: Launched, *, stopped: bool) -> None:
    """
    Raise when the box or the end of it is not as asked.
    """
    if answer.error is not None:
        layer, message = answer.error.get("layer"), answer.error.get("message")
        hint = f"choose another level; {command.level.value!r} was asked for" if layer != "start" else None
        raise IsolationError(f"isolation: {layer}: {message}", hint=hint)
    if answer.ready is None and not stopped:
        tail = streams.stderr.data[-2000:].decode("utf-8", "backslashreplace")
        who = "bwrap" if _carried(command) else "the launcher"
        raise IsolationError(f"isolation: {who} left before the program began: {tail!r}")
    if answer.ready is None:
        raise IsolationError("isolation: the time was over before the program began")
    if answer.end is not None and not answer.end.get("cleared"):
        raise IsolationError("isolation: processes of the bundle could not be ended")


def _carried(command: Command) -> bool:
    return command.level is Level.STRICT and command.carrier is Carrier.BUBBLEWRAP


def _remarks(level: Level, answer: _Answer) -> tuple[str, ...]:
    """
    What was remarkable about the end; a group that lost its launcher is killed here.

    In a namespace of processes the program's number means nothing out here, and its first process has taken it along.
    """
    if answer.end is not None:
        return ()
    if level is not Level.STRICT and answer.ready is not None and isinstance(answer.ready["pid"], int):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(answer.ready["pid"], signal.SIGKILL)
    return ("the launcher was ended before the program was",)


def _texts(answer: dict[str, object], key: str) -> tuple[str, ...]:
    values = answer.get(key, ())
    return tuple(str(value) for value in values) if isinstance(values, (list, tuple)) else ()

"""
A record for GitHub Actions: annotations, a job summary, and output that the runner cannot take for commands.

The runner reads every line that a step prints. A line that begins with ``::`` behind white space is a command, and so
is whatever follows ``##[`` anywhere in a line (``ActionCommand.cs`` of actions/runner). Names out of a bundle can hold
both, so all output of ours goes through `inert` there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from ..core.escape import line
from ..core.record import Record
from ..core.report import GateResult, Verdict
from . import markdown

SHOWN = 10
"""Annotations of one record; GitHub shows no more errors of one step."""

SUMMARY_BYTES = 256 * 1024
"""A summary of all steps of a job may take 1 MiB; what is larger is not shown at all."""

_COMMAND = re.compile(r"^(\s*):(?=:)", re.MULTILINE)
_MARKUP = frozenset({"html", "junit"})


def inert(text: str, style: str = "text") -> str:
    """
    `text` without anything that the runner would take for a command.

    Args:
        text: Output of ours, in any format.
        style: The format; in HTML and XML a character reference stands for the first character, elsewhere the escape
            that JSON and our text have in common.
    """
    number, colon = ("&#35;", "&#58;") if style in _MARKUP else ("\\u0023", "\\u003a")
    return _COMMAND.sub(rf"\g<1>{colon.replace(chr(92), chr(92) * 2)}", text.replace("##[", f"#{number}["))


def commands(record: Record) -> Iterator[str]:
    """
    The commands that annotate a run: an error for each finding and each gate that could not judge, or one notice.
    """
    name = record.subject.name
    if record.verdict is Verdict.PASS:
        yield _command("notice", "phase2-gate", f"{name}: {record.result}")
        return
    gates = record.verification.gates
    count = sum(len(gate.findings) + bool(gate.blocked) for gate in gates)
    shown = count if count < SHOWN else SHOWN - 2
    for title, about in islice((one for gate in gates for one in _told(gate)), shown):
        yield _command("error", f"phase2-gate: {title}", f"{name}: {about}")
    if count > shown:
        yield _command("error", "phase2-gate", f"{name}: and {count - shown} more")
    yield _command("error", "phase2-gate", f"{name}: {record.result}")


def _told(gate: GateResult) -> Iterator[tuple[str, str]]:
    for finding in gate.findings:
        path = "" if finding.path is None else f"{finding.path}: "
        yield finding.rule, f"{path}{finding.message()}"
    if gate.blocked:
        yield gate.gate, gate.blocked


def _command(kind: str, title: str, message: str) -> str:
    data = line(message).replace("%", "%25").replace("##[", "#\\u0023[")
    value = title.replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    return f"::{kind} title={value}::{data}"


def summary(record: Record) -> str:
    """
    The record for the job's summary: Markdown without the captured output, at most about `SUMMARY_BYTES` long.
    """
    *lines, result = markdown.overview(record)
    kept, size = [], 0
    for one in lines:
        size += len(one.encode()) + 1
        if size > SUMMARY_BYTES:
            kept.append("\nThe rest is in the report directory.\n")
            break
        kept.append(one)
    return "\n".join([*kept, result]) + "\n"

"""
A record as Markdown for people, with the captured output quoted.

Output is foreign: it is quoted in a fence that is longer than any run of backticks in it, every quoted line is
indented, and what is not printable is shown as an escape. So no output can end its quotation, and the one line that
begins with ``RESULT:`` is ours. The exact bytes lie in ``logs/``.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from ..core import rules
from ..core.escape import line
from ..core.evidence import Run
from ..core.record import Record
from ..core.report import GateResult
from . import captured
from .captured import QUOTED_BYTES

_BACKTICKS = re.compile(r"`+")


def render(record: Record) -> str:
    """
    The report, ended by the result line.
    """
    parts = [
        *_head(record),
        *_gates(record),
        *(part for run in record.runs for part in _run(run)),
        *_tests(record),
        *_demands(record),
        *_environment(record),
        *_MEANING,
        "",
        record.result,
    ]
    return "\n".join(parts) + "\n"


def overview(record: Record) -> list[str]:
    """
    The lines of the report without the captured output, for pages that show many reports.
    """
    return [*_head(record), *_gates(record), *_tests(record), "", record.result]


def code(text: str) -> str:
    """
    `text` as inline code, whatever it holds.
    """
    shown = line(text)
    longest = max((len(run) for run in _BACKTICKS.findall(shown)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def quoted(data: bytes) -> list[str]:
    """
    Captured output as lines of Markdown.

    Args:
        data: The raw bytes; only their last `QUOTED_BYTES` are quoted.
    """
    lines = ["  " + part for part in captured.lines(data)]
    longest = max((len(run) for part in lines for run in _BACKTICKS.findall(part)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", *lines, fence]


def _head(record: Record) -> Iterator[str]:
    subject = record.subject
    yield f"# {record.verdict.value}: {code(subject.name)}"
    yield ""
    yield "| | |"
    yield "|---|---|"
    rows = (
        ("verdict", f"**{record.verdict.value}**"),
        (f"{subject.kind} sha256", code(subject.sha256) if subject.sha256 else "not taken"),
        ("manifest sha256", code(subject.manifest_sha256) if subject.manifest_sha256 else "none"),
        ("size", "unknown" if subject.size is None else f"{subject.size} bytes, {subject.members} members"),
        ("canonical", {None: "not told", "": "yes"}.get(subject.difference, "no")),
        ("profile", code(record.profile)),
        ("isolation", record.isolation or "nothing was run"),
        ("tool", f"phase2-gate {record.tool}"),
        ("began", f"{record.started_at}, {record.seconds:.2f} s"),
    )
    for name, value in rows:
        yield f"| {name} | {_cell(value)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _gates(record: Record) -> Iterator[str]:
    yield ""
    yield "## Gates"
    yield ""
    yield "| gate | state | rules | about |"
    yield "|---|---|---|---|"
    for gate in record.verification.gates:
        about = gate.blocked or gate.skipped or "; ".join(gate.notes)
        shown = code(about) if about else ""
        yield f"| {gate.gate} | {gate.state} | {len(gate.ran)} | {_cell(shown)} |"
    if record.verification.unjudged:
        yield ""
        yield f"Rules that did not run: {', '.join(record.verification.unjudged)}."
    for gate in record.verification.gates:
        yield from _findings(gate)
    yield from _waivers(record)


def _findings(gate: GateResult) -> Iterator[str]:
    if not gate.findings:
        return
    yield ""
    yield f"### Findings of {gate.gate}"
    yield ""
    for finding in gate.findings:
        where = f"{code(finding.path)}: " if finding.path is not None else ""
        yield f"- **{finding.rule}** {where}{code(finding.message())}"
    for slug in dict.fromkeys(finding.rule for finding in gate.findings):
        yield ""
        yield f"{slug}: {rules.RULES[slug].meaning} {rules.RULES[slug].why} Remedy: {rules.RULES[slug].remedy}."


def _waivers(record: Record) -> Iterator[str]:
    if not record.waivers:
        return
    yield ""
    yield "## Waived"
    yield ""
    for waiver, count in record.waivers:
        yield f"- **{waiver.rule}**, {count or 'no'} finding{'s'[: count != 1]}: {code(waiver.reason)}"
        for waived in record.verification.waived:
            if waived.finding.rule == waiver.rule:
                where = f"{code(waived.finding.path)}: " if waived.finding.path is not None else ""
                yield f"  - {where}{code(waived.finding.message())}"


def _run(run: Run) -> Iterator[str]:
    yield ""
    yield f"## Output of {run.gate}"
    yield ""
    yield f"Command: {code(shlex.join(run.command))}"
    yield ""
    layers = f"; {line(', '.join(run.layers))}" if run.layers else ""
    yield f"Ended: {run.ended}, {run.seconds:.2f} s. Isolation: {run.isolation}{layers}."
    yield from (f"\nNote: {code(note)}" for note in run.notes)
    for name, data in (("stdout", run.stdout), ("stderr", run.stderr)):
        yield ""
        log = f"`logs/{run.gate}.{name}`"
        if not data:
            yield f"{name}: empty ({log})."
            continue
        part = "" if len(data) <= QUOTED_BYTES else f", of which the last {QUOTED_BYTES} follow"
        yield f"{name}: {len(data)} bytes{part} ({log})."
        yield ""
        yield from quoted(data)


def _tests(record: Record) -> Iterator[str]:
    others = [test for test in record.tests if test.outcome != "passed"]
    if not others:
        return
    yield ""
    yield "## Tests that did not pass"
    yield ""
    for test in others:
        detail = f": {code(test.detail)}" if test.detail else ""
        yield f"- {test.outcome}: {code(test.name)}{detail}"


def _demands(record: Record) -> Iterator[str]:
    if record.demands is None:
        return
    yield ""
    yield "## Demands and limits"
    yield ""
    demanded = record.demands
    yield f"- tests that must pass: {demanded.minimum_tests}; that may be skipped: {demanded.max_skipped:.0%}"
    if demanded.plugins:
        yield f"- plugins of pytest: {code(', '.join(demanded.plugins))}"
    yield f"- limits: {', '.join(f'{name} {value}' for name, value in demanded.limits.named().items())}"


def _environment(record: Record) -> Iterator[str]:
    yield ""
    yield "## Environment"
    yield ""
    yield f"- verifier: {record.host.python} on {record.host.platform}"
    if record.interpreter is not None:
        it = record.interpreter
        what = line(f"{it.implementation} {it.version}, pytest {it.pytest}")
        yield f"- interpreter of the bundle: {code(it.path)}, {what}"
        if it.packages:
            yield f"- packages installed for this audit: {code(', '.join(it.packages))}"
    if record.workspace:
        yield f"- extracted files kept in {code(record.workspace)}"
    if record.checkpoint:
        yield f"- journal: {code(' '.join(record.checkpoint.split()))} (origin, entries, head)"
    yield from (f"- note: {code(note)}" for note in record.notes)


_MEANING = (
    "",
    "## What this says",
    "",
    "The verdict is about the bytes named above.",
    "A PASS says that the archive has one meaning, that its files are those of its manifest, and, for an audit, that",
    "its tests were seen to run and pass here.",
    "It does not say that the code is safe, nor who made it; a bundle judged by the verifier that it carries shows",
    "consistency, not origin.",
)

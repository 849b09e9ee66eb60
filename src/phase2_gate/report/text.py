"""
A record as plain lines for a terminal or a log: one line a gate, its findings below, the verdict last.

Foreign text is escaped (`phase2_gate.core.escape`), and every line but the last begins with a word of ours, so nothing
in a bundle can look like the verdict.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..core import rules
from ..core.escape import line
from ..core.findings import Finding
from ..core.record import Record
from ..core.report import GateResult, Verdict

_SHOWN = 20
"""Findings of one rule that are listed; a broken archive of a million members has a million of them."""


def gate(result: GateResult) -> Iterator[str]:
    """
    The lines of one gate.
    """
    about = result.blocked or result.skipped or ("" if result.findings else "; ".join(result.notes))
    state = result.state.upper()
    yield f"{result.gate:<12} {state:<8} {line(about)}".rstrip()
    if result.blocked:
        yield from (f"  {'hint:'} {line(note)}" for note in result.notes)
    yield from findings(result.findings)
    for waived in result.waived[:_SHOWN]:
        path = "" if waived.finding.path is None else f"{line(waived.finding.path)}: "
        yield f"  waived: {waived.finding.rule}: {path}{line(waived.finding.message())}"
    if len(result.waived) > _SHOWN:
        yield f"  waived: and {len(result.waived) - _SHOWN} more"


def findings(found: tuple[Finding, ...]) -> Iterator[str]:
    """
    The lines of findings: rule, path, what is wrong; the remedy once a rule.
    """
    counts: dict[str, int] = {}
    for finding in found:
        count = counts[finding.rule] = counts.get(finding.rule, 0) + 1
        if count <= _SHOWN:
            path = "" if finding.path is None else f"{line(finding.path)}: "
            yield f"  {finding.rule}: {path}{line(finding.message())}"
    for slug, count in counts.items():
        if count > _SHOWN:
            yield f"  {slug}: and {count - _SHOWN} more"
        yield f"  hint: {slug}: {rules.RULES[slug].remedy}"


def heading(action: str, name: str, profile: str) -> str:
    """
    The first line: what is going to be judged.
    """
    return f"{action:<12} {line(name)} (profile {line(profile)})"


def summary(record: Record, report: str | None = None) -> Iterator[str]:
    """
    The lines behind the gates: what was judged, and the verdict.

    Args:
        record: The record.
        report: Where the report for people lies, if it was written.
    """
    subject = record.subject
    if subject.sha256 is not None:
        yield f"bundle       sha256 {subject.sha256}"
    if subject.manifest_sha256 is not None:
        yield f"manifest     sha256 {subject.manifest_sha256}"
    if record.workspace:
        yield f"workspace    kept in {line(record.workspace)}"
    if report is not None:
        yield f"report       {line(report)}"
    yield from (f"note         {line(note)}" for note in record.notes)
    for waiver, count in record.waivers:
        yield f"waived       {waiver.rule}: {count or 'no'} finding{'s'[: count != 1]}: {line(waiver.reason)}"
    yield record.result


def overview(records: list[Record]) -> Iterator[str]:
    """
    A line for each of several records, and how many have which verdict.
    """
    for record in records:
        yield f"summary      {record.verdict.value:<8} {line(record.subject.name)}{about(record)}"
    verdicts = [record.verdict for record in records]
    counts = ", ".join(f"{verdicts.count(kind)} {kind.value}" for kind in Verdict if kind in verdicts)
    yield f"bundles      {counts}"


def about(record: Record) -> str:
    """
    What stands behind a verdict, in one clause that begins with a colon; empty behind a PASS.
    """
    found = record.verification.findings
    if found:
        slugs = list(dict.fromkeys(finding.rule for finding in found))
        more = f" and {len(slugs) - 1} more rule{'s'[: len(slugs) != 2]}" if len(slugs) > 1 else ""
        return f": {len(found)} finding{'s'[: len(found) != 1]}: {slugs[0]}{more}"
    reason = next((gate.blocked for gate in record.verification.gates if gate.blocked), "")
    return f": {line(reason)}" if reason else ""


def render(record: Record) -> str:
    """
    The whole record, ended by a line feed.
    """
    lines = [heading(record.action, record.subject.name, record.profile)]
    for result in record.verification.gates:
        lines.extend(gate(result))
    lines.extend(summary(record))
    return "\n".join(lines) + "\n"

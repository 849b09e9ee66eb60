"""
Records as JUnit XML, the dialect that Jenkins, GitLab and most viewers read (Jenkins' ``junit-10.xsd``).

Two suites for each bundle: ``gates``, with a case for each gate and one for the verdict, and ``tests``, with a case for
each test of the bundle. The case of the verdict passes only when the verdict is PASS: viewers count a skipped case as
harmless, so a BLOCKED without it could look green.

What is printed is printable (`phase2_gate.core.escape`), and all printable text is legal in XML 1.0 (section 2.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ..core import rules
from ..core.escape import line
from ..core.evidence import Run, Test
from ..core.record import Record
from ..core.report import GateResult, Verdict
from . import captured

_SHOWN = 200
"""Findings of one gate that are listed; report.json has all."""

_KINDS = {
    "passed": None,
    "failed": "failure",
    "error": "error",
    "missing": "error",
    "skipped": "skipped",
    "xfailed": "skipped",
    "xpassed": "skipped",
    "deselected": "skipped",
}
"""What becomes of a test's outcome; JUnit knows no other kinds. Only ``passed`` counts as passed, as in the audit."""


def render(records: Sequence[Record]) -> str:
    """
    The document.

    Args:
        records: One or more; each adds its two suites.
    """
    root = Element("testsuites", name="phase2-gate")
    for record in records:
        _gates(root, record)
        _tests(root, record)
    cases = list(root.iter("testcase"))
    _count(root, cases, skipped=False)
    root.set("time", f"{sum(record.seconds for record in records):.3f}")
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def place(name: str) -> tuple[str, str]:
    """
    The class name and the name of a test, from its node id, as pytest's own JUnit files have them.
    """
    head, bracket, parameters = name.partition("[")
    path, *inner = head.split("::")
    if not inner:
        return "", name
    module = path.removesuffix(".py").replace("/", ".")
    return ".".join([module, *inner[:-1]]), inner[-1] + bracket + parameters


def _gates(root: Element, record: Record) -> None:
    subject = record.subject
    suite = SubElement(root, "testsuite", name=line(f"{subject.name}: gates"), package="phase2-gate")
    properties = SubElement(suite, "properties")
    for name, value in (
        ("tool", f"phase2-gate {record.tool}"),
        ("verdict", record.verdict.value),
        ("profile", record.profile),
        ("isolation", record.isolation),
        *((f"waiver.{waiver.rule}", f"{count} findings: {waiver.reason}") for waiver, count in record.waivers),
        (f"{subject.kind}.sha256", subject.sha256 or ""),
        ("manifest.sha256", subject.manifest_sha256 or ""),
    ):
        SubElement(properties, "property", name=name, value=line(value))
    runs = {run.gate: run for run in record.runs}
    for gate in record.verification.gates:
        _gate(suite, gate, runs.get(gate.gate))
    _verdict(SubElement(suite, "testcase", classname="phase2-gate", name="verdict"), record)
    _finish(suite, record.seconds, record.started_at)


def _gate(suite: Element, gate: GateResult, run: Run | None) -> None:
    case = SubElement(suite, "testcase", classname="phase2-gate.gates", name=gate.gate)
    if gate.findings:
        slugs = ", ".join(dict.fromkeys(finding.rule for finding in gate.findings))
        failure = SubElement(case, "failure", type="finding", message=f"{len(gate.findings)} findings: {slugs}")
        failure.text = "\n".join(_findings(gate))
    elif gate.blocked:
        error = SubElement(case, "error", type="blocked", message=line(gate.blocked))
        error.text = "\n".join(f"hint: {line(note)}" for note in gate.notes)
    elif gate.skipped:
        SubElement(case, "skipped", type="not-run", message=line(gate.skipped))
    if run is not None:
        case.set("time", f"{run.seconds:.3f}")
        SubElement(case, "system-out").text = _log(run.stdout)
        SubElement(case, "system-err").text = _log(run.stderr)


def _findings(gate: GateResult) -> Iterable[str]:
    for finding in gate.findings[:_SHOWN]:
        path = "" if finding.path is None else f"{line(finding.path)}: "
        yield f"{finding.rule}: {path}{line(finding.message())}"
    if len(gate.findings) > _SHOWN:
        yield f"and {len(gate.findings) - _SHOWN} more"
    for slug in dict.fromkeys(finding.rule for finding in gate.findings):
        yield f"hint: {slug}: {rules.RULES[slug].remedy}"


def _log(data: bytes) -> str:
    cut = [f"(the last {captured.QUOTED_BYTES} of {len(data)} bytes)"] if len(data) > captured.QUOTED_BYTES else []
    return "\n".join(cut + captured.lines(data))


def _verdict(case: Element, record: Record) -> None:
    kind = {Verdict.PASS: None, Verdict.FAIL: "failure", Verdict.BLOCKED: "error"}[record.verdict]
    if kind is not None:
        SubElement(case, kind, type="verdict", message=record.result)


def _tests(root: Element, record: Record) -> None:
    if not record.tests:
        return
    suite = SubElement(root, "testsuite", name=line(f"{record.subject.name}: tests"), package="phase2-gate")
    for test in record.tests:
        _test(suite, test)
    seconds = sum(run.seconds for run in record.runs if run.gate == "tests")
    _finish(suite, seconds, record.started_at)


def _test(suite: Element, test: Test) -> None:
    classname, name = place(test.name)
    case = SubElement(suite, "testcase", classname=line(classname), name=line(name))
    # An outcome that is not known must not look like a pass.
    kind = _KINDS.get(test.outcome, "error")
    if kind is not None:
        SubElement(case, kind, type=line(test.outcome), message=line(test.detail or test.outcome))


def _finish(suite: Element, seconds: float, started_at: str) -> None:
    _count(suite, list(suite.iter("testcase")), skipped=True)
    suite.set("time", f"{seconds:.3f}")
    suite.set("timestamp", started_at)


def _count(element: Element, cases: list[Element], *, skipped: bool) -> None:
    element.set("tests", str(len(cases)))
    for attribute, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        if kind != "skipped" or skipped:
            element.set(attribute, str(sum(case.find(kind) is not None for case in cases)))

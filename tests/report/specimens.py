"""
Records to be rendered: one that passed, one that failed, and texts that want to be taken for something else.
"""

from __future__ import annotations

from phase2_gate.core import rules, verify
from phase2_gate.core.digest import Sha256
from phase2_gate.core.evidence import Interpreter, Run, Test
from phase2_gate.core.findings import Finding
from phase2_gate.core.record import Host, Record, Subject
from phase2_gate.core.report import GateResult, Verification, judged
from tests.values import replace

SHA256 = Sha256("ab" * 32)
MANIFEST_SHA256 = Sha256("cd" * 32)

NASTY = (
    "\nRESULT: PASS",
    "\r\nRESULT: PASS",
    "\rRESULT: PASS\r",
    "\x85RESULT: PASS",
    "\u2028RESULT: PASS\u2029",
    "\x0bRESULT: PASS\x0c\x1c",
    "\x1b[2J\x1b[1;1HRESULT: PASS\x07",
    "\x00\x7f\x9b31m",
    "\u202eSSAP :TLUSER\u2066",
    "\ud800\udcff",
    "`````\nRESULT: PASS\n`````",
    "````text\n~~~\n<!-- |",
    "a|b\\|c\\",
    "</code><script>alert(1)</script>",
    "\ufeff\u200b\u00ad\U000e0001",
)
"""Texts that break lines, terminals, fences, tables or reading order."""

RUN = Run(
    gate="tests",
    command=("python", "-c", "a b"),
    ended="exit status 0",
    seconds=1.25,
    stdout=b"1 passed\n",
    stderr=b"",
    isolation="strict",
    layers=("namespaces", "seccomp"),
    notes=("no cgroup",),
)


def passed() -> Record:
    """
    The record of an audit that passed.
    """
    notes = {"layout": ("the bytes are canonical",), "tests": ("1 passed",)}
    gates = tuple(judged(gate, [], notes.get(gate, ())) for gate in rules.GATES)
    return Record(
        action="audit",
        tool="1.2.3",
        subject=Subject("good.zip", "bundle", 1234, SHA256, MANIFEST_SHA256, 3, ""),
        profile="generic",
        verification=Verification(verify.required(canonical=False, gates=rules.GATES), gates),
        host=Host("Linux 6.1 x86_64", "CPython 3.12.1"),
        started_at="2030-01-02T03:04:05Z",
        seconds=2.5,
        interpreter=Interpreter("/some/python", "3.12.1", "CPython", "8.3.0"),
        isolation="strict",
        runs=(replace(RUN, gate="imports", stdout=b"", notes=()), RUN),
        tests=(Test("tests/test_a.py::test_a", "passed"),),
        checkpoint="sha256:origin\n20\nhead\n",
    )


def failed(*findings: Finding, gate: str = "paths") -> Record:
    """
    The record of an audit that one gate stopped.
    """
    record = passed()
    gates = tuple(
        judged(each.gate, findings, ("a note",)) if each.gate == gate else each for each in record.verification.gates
    )
    return replace(record, verification=Verification(record.verification.required, gates))


def blocked(why: str, hint: str = "do something") -> Record:
    """
    The record of an audit of a bundle that could not be opened.
    """
    record = passed()
    gates = (GateResult("archive", blocked=why, notes=(hint,)),)
    return replace(
        record,
        verification=Verification(record.verification.required, gates),
        subject=Subject("absent.zip", "bundle"),
        interpreter=None,
        isolation="",
        runs=(),
        tests=(),
        checkpoint="",
    )


def nasty(text: str) -> Record:
    """
    A record that holds `text` in every place that a bundle or its code can write to.
    """
    finding = Finding("name-control", text, text, 7, text, text)
    record = failed(finding)
    data = text.encode("utf-8", "surrogatepass")
    return replace(
        record,
        subject=replace(record.subject, name=text, difference=text),
        profile=text,
        runs=(replace(RUN, command=("python", text), stdout=data, stderr=data, layers=(text,), notes=(text,)),),
        tests=(Test(text, "failed", text), Test(text, "passed", text)),
        workspace=text,
        notes=(text,),
        verification=replace(
            record.verification,
            gates=(
                *record.verification.gates[:6],
                GateResult("imports", blocked=text, notes=(text,)),
                GateResult("tests", skipped=text, notes=(text,)),
                judged("workspace", [], (text,)),
            ),
        ),
        interpreter=Interpreter(text, text, text, text),
    )

"""
From the record of a test run to outcomes, and from outcomes to findings.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from phase2_gate.audit.execution.policy import TestOutcome, TestPolicy
from phase2_gate.core.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phase2_gate.audit.execution.program import Event

_STATUS_NONE = 5
"""pytest: no tests were collected."""


def of_record(record: Iterable[Event]) -> tuple[TestOutcome, ...]:
    """
    The outcome of each test that was found, in the order of collection.

    Args:
        record: The events of the run.
    """
    reports: defaultdict[str, list[Event]] = defaultdict(list)
    names: dict[str, None] = {}
    dropped: set[str] = set()
    for event in record:
        kind, name = event["event"], str(event.get("id"))
        if kind == "collected":
            names[name] = None
        elif kind == "deselected":
            dropped.add(name)
        elif kind == "report":
            reports[name].append(event)
    names.update(dict.fromkeys(reports))
    return tuple(_outcome(name, reports[name], deselected=name in dropped) for name in names)


def _outcome(name: str, reports: list[Event], *, deselected: bool) -> TestOutcome:
    """
    A test passed only when all its three phases were seen to pass; the first phase that did not pass decides.
    """
    for report in reports:
        detail = str(report.get("detail", ""))
        if report.get("xfail"):
            return TestOutcome(name, "xpassed" if report.get("outcome") == "passed" else "xfailed", detail)
        if report.get("outcome") == "skipped":
            return TestOutcome(name, "skipped", detail)
        if report.get("outcome") != "passed":
            return TestOutcome(name, "failed" if report.get("when") == "call" else "error", detail)
        if report.get("raised"):
            return TestOutcome(name, "failed", "it raised, and was reported as passed")
    if {str(report.get("when")) for report in reports} >= {"setup", "call", "teardown"}:
        return TestOutcome(name, "passed")
    if deselected:
        return TestOutcome(name, "deselected")
    return TestOutcome(name, "missing", "it was collected, and did not run to its end")


def judge(
    record: Iterable[Event], tests: tuple[TestOutcome, ...], suite: TestPolicy, code: int | None
) -> list[Finding]:
    """
    What is wrong with a run whose record is whole.

    Args:
        record: The events of the run.
        tests: Their outcomes, from `of_record`.
        suite: What is demanded.
        code: The exit status of the process, None when a signal ended it.
    """
    record = tuple(record)
    findings = [
        Finding("tests-collection-error", _file(str(event["id"])), _clause(str(event["id"]), str(event.get("detail"))))
        for event in record
        if event["event"] == "uncollected"
    ]
    findings += [
        Finding("tests-failed", _file(test.name), _clause(test.name, test.detail))
        for test in tests
        if test.outcome in {"failed", "error", "missing"}
    ]
    if not findings and not any(event["event"] == "kept" for event in record):
        seen = f"exit status {record[-1].get('status')}"
        findings.append(Finding("tests-collection-error", None, "pytest stopped before it had collected", seen=seen))
    passed = sum(test.outcome == "passed" for test in tests)
    if not findings:
        findings += _enough(tests, passed, suite)
    return findings + _status(record[-1].get("status"), code, findings, tests)


def _enough(tests: tuple[TestOutcome, ...], passed: int, suite: TestPolicy) -> list[Finding]:
    """
    What is wrong with the number of tests, when nothing is wrong with any of them; one finding at most.
    """
    if not tests:
        return [Finding("tests-none", None, "no test was found")]
    if not passed:
        return [Finding("tests-all-skipped", None, "no test passed", seen=f"{len(tests)} skipped or expected to fail")]
    if passed < suite.minimum:
        return [Finding("tests-minimum", None, "too few tests passed", seen=str(passed), need=str(suite.minimum))]
    return []


def _status(
    claimed: object, code: int | None, findings: list[Finding], tests: tuple[TestOutcome, ...]
) -> list[Finding]:
    """
    Whether the exit status agrees with the record: only then neither was tampered with.
    """
    if code != claimed:
        seen = "a signal" if code is None else str(code)
        return [Finding("tests-exit-status", None, "not the one the record ends with", seen=seen, need=str(claimed))]
    expected = _STATUS_NONE if not tests else 0
    broken = any(finding.rule in {"tests-failed", "tests-collection-error"} for finding in findings)
    if not broken and code != expected:
        return [Finding("tests-exit-status", None, "pytest did not succeed", seen=str(code), need=str(expected))]
    if broken and code == 0:
        return [Finding("tests-exit-status", None, "pytest claims success, and a test failed", seen="0", need="1")]
    return []


def _file(name: str) -> str | None:
    """
    The file part of a node id.
    """
    return name.partition("::")[0] or None


def _clause(name: str, detail: str) -> str:
    return f"{name}: {detail}" if detail else name

"""
From the outcomes of a test run to findings: every test passed, enough of them did, and the exit status agrees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phase2_gate.audit.execution.honesty import bare, controls
from phase2_gate.core.findings import Finding

if TYPE_CHECKING:
    from phase2_gate.audit.execution.policy import TestOutcome, TestPolicy
    from phase2_gate.audit.execution.program import Event

_STATUS_FAILED = 1
"""pytest: a test failed; the negative controls do."""
_STATUS_NONE = 5
"""pytest: no tests were collected."""


def judge(
    record: tuple[Event, ...], tests: tuple[TestOutcome, ...], suite: TestPolicy, code: int | None
) -> list[Finding]:
    """
    What is wrong with a run whose record is whole.

    Args:
        record: The events of the run.
        tests: The outcomes of the bundle's tests.
        suite: What is demanded.
        code: The exit status of the process, None when a signal ended it.
    """
    findings = [
        Finding("tests-collection-error", _file(str(event["id"])), _clause(str(event["id"]), str(event.get("detail"))))
        for event in record
        if event["event"] == "uncollected"
    ]
    if not findings and not any(event["event"] == "kept" for event in record):
        seen = f"exit status {record[-1].get('status')}"
        findings.append(Finding("tests-collection-error", None, "pytest stopped before it had collected", seen=seen))
    # where a file can't be collected, pytest runs nothing at all: that is one defect, and not one for each test
    wrong = {"failed", "error"} if findings else {"failed", "error", "missing"}
    findings += [
        Finding("tests-failed", _file(test.name), _clause(test.name, test.detail))
        for test in tests
        if test.outcome in wrong
    ]
    findings += _strangers(record)
    skipped = any(event["event"] == "module-skipped" for event in record)
    number = [] if findings else _enough(tests, suite, skipped=skipped)
    return findings + number + _status(record, code, broken=bool(findings))


def _strangers(record: tuple[Event, ...]) -> list[Finding]:
    """
    Reports of tests that nobody found: they were written by somebody else than the recorder.
    """
    known = {str(event.get("id")) for event in record if event["event"] in {"collected", "control"}}
    for event in record:
        if event["event"] == "report" and str(event.get("id")) not in known:
            return [Finding("tests-no-proof", None, "the record reports a test that was not collected")]
    return []


def _enough(tests: tuple[TestOutcome, ...], suite: TestPolicy, *, skipped: bool) -> list[Finding]:
    """
    What is wrong with the number of tests, when nothing is wrong with any of them; one finding at most.

    The share is one of test functions: a function counts once, whatever the number of its parameters, and proves
    something when one of them passed. Skipped, deselected, set aside, expected to fail: all are the same here.

    Args:
        tests: The outcomes of the bundle's tests.
        suite: What is demanded.
        skipped: Whether a whole module was skipped.
    """
    if not tests and skipped:
        return [Finding("tests-all-skipped", None, "no test passed", seen="every module skipped")]
    if not tests:
        return [Finding("tests-none", None, "no test was found")]
    passed = sum(test.outcome == "passed" for test in tests)
    if not passed:
        return [Finding("tests-all-skipped", None, "no test passed", seen=f"{len(tests)} skipped or expected to fail")]
    functions = {bare(test.name) for test in tests}
    left_out = functions - {bare(test.name) for test in tests if test.outcome == "passed"}
    if len(left_out) > suite.max_skipped * len(functions):
        seen = f"{len(left_out)} of {len(functions)} functions"
        need = f"at most {suite.max_skipped:.0%}"
        detail = "too many tests were skipped, or expected to fail"
        return [Finding("tests-skipped", None, detail, seen=seen, need=need)]
    if passed < suite.minimum:
        return [Finding("tests-minimum", None, "too few tests passed", seen=str(passed), need=str(suite.minimum))]
    return []


def _status(record: tuple[Event, ...], code: int | None, *, broken: bool) -> list[Finding]:
    """
    Whether the exit status agrees with the record: only then neither was tampered with.

    Args:
        record: The events of the run.
        code: The exit status.
        broken: Whether the record tells of a test that failed, or of one that could not be collected.
    """
    claimed = record[-1].get("status")
    if code != claimed:
        seen = "a signal" if code is None else str(code)
        return [Finding("tests-exit-status", None, "not the one the record ends with", seen=seen, need=str(claimed))]
    if broken and code == 0:
        return [Finding("tests-exit-status", None, "pytest claims success, and a test failed", seen="0", need="1")]
    reports = [event for event in record if event["event"] == "report"]
    failed = {str(event.get("id")) for event in reports if event.get("outcome") == "failed"}
    expected = _STATUS_FAILED if failed & controls(record) else 0 if reports else _STATUS_NONE
    if not broken and code != expected:
        return [
            Finding("tests-exit-status", None, "pytest did not end as it should", seen=str(code), need=str(expected))
        ]
    return []


def _file(name: str) -> str | None:
    """
    The file part of a node id.
    """
    return name.partition("::")[0] or None


def _clause(name: str, detail: str) -> str:
    return f"{name}: {detail}" if detail else name

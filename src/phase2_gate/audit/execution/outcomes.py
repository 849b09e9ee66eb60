"""
From the record of a test run to the outcome of each test.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from phase2_gate.audit.execution.honesty import bare, controls, places
from phase2_gate.audit.execution.policy import TestOutcome

if TYPE_CHECKING:
    from pathlib import Path

    from phase2_gate.audit.execution.program import Event
    from phase2_gate.audit.execution.scope import Declared


def of_record(record: tuple[Event, ...]) -> tuple[TestOutcome, ...]:
    """
    The outcome of each test of the bundle that was found, in the order of collection.

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
    ours = controls(record)
    return tuple(_outcome(name, reports[name], deselected=name in dropped) for name in names if name not in ours)


def of_skipped_modules(record: tuple[Event, ...], declared: tuple[Declared, ...]) -> tuple[TestOutcome, ...]:
    """
    The tests of modules that skipped themselves while they were imported: each that the file declares is a skip.

    Args:
        record: The events of the run.
        declared: The tests that the files declare.
    """
    skips = {
        str(event.get("id")): str(event.get("detail", "")) for event in record if event["event"] == "module-skipped"
    }
    found = []
    for place, detail in skips.items():
        names = [test.name for test in declared if test.name.startswith(f"{place}::") and not test.aside]
        found += [TestOutcome(name, "skipped", detail) for name in names or [place]]
    return tuple(found)


def set_aside(record: tuple[Event, ...], declared: tuple[Declared, ...], workspace: Path) -> tuple[TestOutcome, ...]:
    """
    The tests that the files declare and keep from pytest themselves: each that did not run by another way is a skip.

    Args:
        record: The events of the run.
        declared: The tests that the files declare.
        workspace: The extracted bundle.
    """
    ran = set(places(record, workspace).values())
    taken = {bare(str(event.get("id"))) for event in record if event["event"] == "collected"}
    found = []
    for test in declared:
        if test.aside and (test.name.partition("::")[0], test.line) not in ran:
            name = f"{test.name} (line {test.line})" if test.name in taken else test.name
            taken.add(test.name)
            found.append(TestOutcome(name, "skipped", test.aside))
    return tuple(found)


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

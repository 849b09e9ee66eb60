"""
Signs that the record of a test run was made to look better than the run.

Each check answers one way to do so. None of them proves honesty: code in the interpreter that reports can, with
knowledge of the recorder, forge every line. They make it noticeable, and costly.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from phase2_gate.core.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from phase2_gate.audit.execution.declared import Declared
    from phase2_gate.audit.execution.policy import TestOutcome
    from phase2_gate.audit.execution.program import Event


def check(
    record: tuple[Event, ...], tests: tuple[TestOutcome, ...], declared: tuple[Declared, ...], workspace: Path
) -> Iterator[Finding]:
    """
    Everything that is suspicious about a whole record.

    Args:
        record: The events of the run.
        tests: The outcomes of the bundle's tests, without the controls.
        declared: The tests that the files declare.
        workspace: The extracted bundle.
    """
    yield from _reached_in(record, workspace)
    yield from _controls(record, tests)
    yield from _witnesses(record, declared, workspace)
    yield from _uncollected(record, declared)


def controls(record: tuple[Event, ...]) -> frozenset[str]:
    """
    The names of the tests that the verifier put in.
    """
    return frozenset(str(event.get("id")) for event in record if event["event"] == "control")


def _reached_in(record: tuple[Event, ...], workspace: Path) -> Iterator[Finding]:
    for event in record:
        if event["event"] == "hook":
            file = str(event.get("file"))
            path = os.path.relpath(file, workspace) if file.startswith(str(workspace)) else None
            yield Finding("tests-hook", path, f"it decides about results through the hook {event.get('name')}")
    altered = [str(event.get("name")) for event in record if event["event"] == "altered"]
    if altered:
        yield Finding("tests-altered", None, "functions of pytest were replaced", seen=", ".join(altered[:20]))


def _controls(record: tuple[Event, ...], tests: tuple[TestOutcome, ...]) -> Iterator[Finding]:
    """
    In every module where a test passed, the test that must fail was seen to fail.
    """
    failed = {
        str(event.get("id"))
        for event in record
        if event["event"] == "report" and event.get("outcome") == "failed" and event.get("raised")
    }
    passed = {_file(test.name) for test in tests if test.outcome == "passed"}
    for name in sorted(controls(record) - failed):
        if _file(name) in passed:
            yield Finding("tests-control", _file(name), "a test that must fail was not seen to fail here")


def _witnesses(record: tuple[Event, ...], declared: tuple[Declared, ...], workspace: Path) -> Iterator[Finding]:
    """
    The function of every test that passed was entered, and is the one that stands in the file.
    """
    plain = {test.name: test.line for test in declared if test.plain}
    places = {str(event.get("id")): event.get("place") for event in record if event["event"] == "collected"}
    for event in record:
        if event["event"] != "report" or event.get("when") != "call" or event.get("outcome") != "passed":
            continue
        name = str(event.get("id"))
        if event.get("entered") is False:
            yield Finding("tests-witness", _file(name), f"{name}: reported as passed, and its function was not entered")
        place, line = places.get(name), plain.get(bare(name))
        if isinstance(place, list) and line is not None:
            file = os.path.relpath(os.path.realpath(str(place[0])), workspace).replace(os.sep, "/")
            if (file, place[1]) != (_file(name), line):
                yield Finding("tests-witness", _file(name), f"{name}: other code ran than stands at line {line}")


def _uncollected(record: tuple[Event, ...], declared: tuple[Declared, ...]) -> Iterator[Finding]:
    """
    Every declared test was found, unless its file could not be collected or skipped itself, which is told elsewhere.
    """
    found = {bare(str(event.get("id"))) for event in record if event["event"] == "collected"}
    kinds = {event["event"] for event in record}
    if "uncollected" in kinds or "kept" not in kinds:
        return  # pytest stopped there, and that is a finding of its own
    told = {str(event.get("id")) for event in record if event["event"] == "module-skipped"}
    missing: dict[str, list[str]] = {}
    for test in declared:
        parts = test.name.split("::")
        if test.name not in found and not any("::".join(parts[:end]) in told for end in range(1, len(parts))):
            missing.setdefault(parts[0], []).append("::".join(parts[1:]))
    for file, names in missing.items():
        shown = ", ".join(names[:10])
        yield Finding("tests-uncollected", file, f"{len(names)} declared and not found by pytest", seen=shown)


def _file(name: str) -> str:
    return name.partition("::")[0]


def bare(name: str) -> str:
    """
    A node id without its parameters.
    """
    file, separator, rest = name.partition("::")
    return file + separator + rest.partition("[")[0]

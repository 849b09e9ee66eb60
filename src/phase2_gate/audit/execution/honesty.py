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

    from phase2_gate.audit.execution.declared import Declarations
    from phase2_gate.audit.execution.policy import TestOutcome
    from phase2_gate.audit.execution.program import Event

_NAMED = ("control", "collected")


def check(
    record: tuple[Event, ...], tests: tuple[TestOutcome, ...], stated: Declarations, workspace: Path
) -> Iterator[Finding]:
    """
    Everything that is suspicious about a whole record, apart from what its witnesses say.

    Args:
        record: The events of the run.
        tests: The outcomes of the bundle's tests, without the controls.
        stated: What the files declare.
        workspace: The extracted bundle.
    """
    yield from _reached_in(record, workspace)
    yield from _controls(record, tests)
    yield from _uncollected(record, stated)


def controls(record: tuple[Event, ...]) -> frozenset[str]:
    """
    The names of the tests that the verifier put in; none that pytest found in a file is one of them.
    """
    found = {kind: {str(event.get("id")) for event in record if event["event"] == kind} for kind in _NAMED}
    return frozenset(found["control"] - found["collected"])


def places(record: tuple[Event, ...], workspace: Path) -> dict[str, tuple[str, int]]:
    """
    Where the code of each test that was found says that it stands: a file of the workspace, and a line.
    """
    found = {}
    for event in record:
        place = event.get("place")
        if event["event"] == "collected" and isinstance(place, list):
            found[str(event.get("id"))] = (relative(str(place[0]), workspace) or str(place[0]), int(place[1]))
    return found


def relative(file: str, workspace: Path) -> str | None:
    """
    The path of a file in the workspace, None for one elsewhere.
    """
    inside = file.startswith(f"{workspace}{os.sep}")
    return os.path.relpath(file, workspace).replace(os.sep, "/") if inside else None


def _reached_in(record: tuple[Event, ...], workspace: Path) -> Iterator[Finding]:
    for event in record:
        if event["event"] == "hook":
            path = relative(str(event.get("file")), workspace)
            yield Finding("tests-hook", path, f"it decides about results through the {event.get('name')}")
    altered = [str(event.get("name")) for event in record if event["event"] == "altered"]
    if altered:
        yield Finding("tests-altered", None, "functions of pytest were replaced", seen=", ".join(altered[:20]))
    kinds = {event["event"] for event in record}
    if "kept" in kinds and "compared" not in kinds:
        yield Finding("tests-altered", None, "the last look at the functions of pytest was prevented")


def _controls(record: tuple[Event, ...], tests: tuple[TestOutcome, ...]) -> Iterator[Finding]:
    """
    In every module where a function or a doctest passed, the one that must fail was seen to fail.
    """
    failed = {
        str(event.get("id"))
        for event in record
        if event["event"] == "report" and event.get("outcome") == "failed" and event.get("raised")
    }
    seen = {file_of(name) + kind for name in controls(record) & failed if (kind := _control_kind(name))}
    collected = {str(event.get("id")): event for event in record if event["event"] == "collected"}
    for test in tests:
        event = collected.get(test.name)
        if test.outcome != "passed" or event is None:
            continue
        kind = "test_" if event.get("place") is not None else "doctest_" if event.get("examples") else ""
        if kind and file_of(test.name) + kind not in seen:
            seen.add(file_of(test.name) + kind)
            yield Finding("tests-control", file_of(test.name), "a test that must fail was not seen to fail here")


def _control_kind(name: str) -> str:
    return name.rpartition("::")[2].partition("control_")[0]


def _uncollected(record: tuple[Event, ...], stated: Declarations) -> Iterator[Finding]:
    """
    Every declared test was found, unless its file could not be collected or skipped itself, which is told elsewhere.
    """
    found = {bare(str(event.get("id"))) for event in record if event["event"] == "collected"}
    kinds = {event["event"] for event in record}
    if "uncollected" in kinds or "kept" not in kinds:
        return  # pytest stopped there, and that is a finding of its own
    told = {str(event.get("id")) for event in record if event["event"] == "module-skipped"}
    missing: dict[str, list[str]] = {}
    for test in stated.tests:
        parts = test.name.split("::")
        if test.aside or test.name in found or any("::".join(parts[:end]) in told for end in range(1, len(parts))):
            continue
        missing.setdefault(parts[0], []).append("::".join(parts[1:]))
    for file, names in missing.items():
        shown = ", ".join(names[:10])
        yield Finding("tests-uncollected", file, f"{len(names)} declared and not found by pytest", seen=shown)
    detail = "no Python to the verifier, or too large for it: nobody knows which tests it declares"
    for file in stated.unreadable:
        yield Finding("tests-uncollected", file, detail)


def file_of(name: str) -> str:
    """
    The file of a node id.
    """
    return name.partition("::")[0]


def bare(name: str) -> str:
    """
    A node id without its parameters.
    """
    file, separator, rest = name.partition("::")
    return file + separator + rest.partition("[")[0]

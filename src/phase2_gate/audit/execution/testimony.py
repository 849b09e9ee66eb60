"""
What the second witness saw of each test that was reported as passed, against what stands in the files.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from phase2_gate.audit.execution.honesty import bare, file_of, places, relative
from phase2_gate.core.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from phase2_gate.audit.execution.program import Event
    from phase2_gate.audit.execution.scope import Declared


def check(
    record: tuple[Event, ...], declared: tuple[Declared, ...], workspace: Path, *, plugins: bool
) -> Iterator[Finding]:
    """
    What the witness contradicts.

    Args:
        record: The events of the run.
        declared: The tests that the files declare.
        workspace: The extracted bundle.
        plugins: Whether the auditor loads plugins: they may call tests and trace them.
    """
    where = places(record, workspace)
    found = {str(event.get("id")): event for event in record if event["event"] == "collected"}
    standing = _standing(declared)
    # a test with parts is reported after each of them as well; the last report is of the whole
    calls = {
        str(event.get("id")): event for event in record if event["event"] == "report" and event.get("when") == "call"
    }
    for name, event in calls.items():
        if event.get("outcome") != "passed":
            continue
        collected = found.get(name, {})
        watched = name in where or bool(collected.get("examples"))
        if watched and (detail := _contradiction(event, plugins=plugins)):
            yield Finding("tests-witness", file_of(name), f"{name}: {detail}")
        lines, plain = standing.get(bare(name), (frozenset[int](), False))
        if name in where and lines:
            yield from _of_code(name, where[name], lines, genuine=bool(collected.get("genuine")), plain=plain)
        if plain:
            yield from _of_call(event, workspace, plugins=plugins)


def _contradiction(event: Event, *, plugins: bool) -> str:
    """
    What the witness says against a report of success; empty when it agrees.
    """
    if event.get("entered") is not True:
        return "reported as passed, and its function was not entered"
    if event.get("traced") and not plugins:
        return "a tracer was in force, which can leave lines out"
    if event.get("redirected"):
        return "its class did not tell pytest what came of it"
    if event.get("succeeded") is False:
        return "reported as passed, and unittest did not call it a success"
    return ""


def _standing(declared: tuple[Declared, ...]) -> dict[str, tuple[frozenset[int], bool]]:
    """
    For each name the lines at which its code may begin, and whether nothing decorates it.
    """
    found: defaultdict[str, list[Declared]] = defaultdict(list)
    for test in declared:
        found[test.name].append(test)
    answer = {}
    for name, tests in found.items():
        counting = [test for test in tests if not test.aside] or tests
        answer[name] = (frozenset(test.line for test in counting), all(test.plain for test in counting))
    return answer


def _of_code(
    name: str, place: tuple[str, int], lines: frozenset[int], *, genuine: bool, plain: bool
) -> Iterator[Finding]:
    """
    The function is the one that stands in the file; what a decorator puts in its place is the decorator's affair.
    """
    shown = " or ".join(map(str, sorted(lines)))
    if place[0] != file_of(name) or place[1] not in lines:
        if plain:
            yield Finding("tests-witness", file_of(name), f"{name}: other code ran than stands at line {shown}")
    elif not genuine:
        yield Finding("tests-witness", file_of(name), f"{name}: other code ran than line {shown} is compiled to")


def _of_call(event: Event, workspace: Path, *, plugins: bool) -> Iterator[Finding]:
    """
    The function was called by pytest or unittest and returned.
    """
    name, caller = str(event.get("id")), event.get("caller")
    if event.get("broke"):
        yield Finding("tests-witness", file_of(name), f"{name}: its function raised, and it was reported as passed")
    if isinstance(caller, list):
        path = relative(str(caller[0]), workspace)
        if path is not None or not plugins:
            detail = f"it decides about results through code around {name}"
            yield Finding("tests-hook", path, detail, seen=str(caller[2]))

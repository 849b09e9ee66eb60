"""
Tests of `phase2_gate.audit.execution.testimony` on records that are made up.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from phase2_gate.audit.execution import testimony
from phase2_gate.audit.execution.program import Event
from phase2_gate.audit.execution.scope import Declared
from phase2_gate.core.findings import Finding

PLACE = ["/workspace/a.py", 3, "t"]


def checked(
    *declared: Declared, collected: Event | None = None, plugins: bool = False, **seen: object
) -> list[Finding]:
    """
    What is said of the test `a.py::t[x::y]` that passed, with its code at line 3 and its function entered.
    """
    name = "a.py::t[x::y]"
    found: Event = {"event": "collected", "id": name, "place": PLACE, "genuine": True, "examples": 0}
    found |= collected or {}
    report = {"event": "report", "id": name, "when": "call", "outcome": "passed", "entered": True, **seen}
    return list(testimony.check((found, report), declared, Path("/workspace"), plugins=plugins))


def witnessed(detail: str) -> list[Finding]:
    """
    The finding that the witness disagrees.
    """
    return [Finding("tests-witness", "a.py", f"a.py::t[x::y]: {detail}")]


PLAIN = Declared("a.py::t", 3, True)
DECORATED = Declared("a.py::t", 3, False)


def test_a_test_that_ran() -> None:
    """
    Nothing is said where the witness agrees.
    """
    assert checked(PLAIN) == checked(DECORATED) == checked() == []


@pytest.mark.parametrize("entered", [False, None])
def test_a_function_that_was_not_entered(entered: object) -> None:
    """
    A pass without the function is a disagreement of witnesses, and so is a witness that was sent away.
    """
    assert checked(PLAIN, entered=entered) == witnessed("reported as passed, and its function was not entered")


@pytest.mark.parametrize(("examples", "count"), [(2, 1), (0, 0)])
def test_doctests_and_other_items(examples: int, count: int) -> None:
    """
    The examples of a doctest have to be entered; items of the bundle's own kind have nothing to enter.
    """
    assert len(checked(collected={"place": None, "examples": examples}, entered=None)) == count


def test_a_tracer() -> None:
    """
    It can leave lines out, unless it is the auditor's.
    """
    assert checked(PLAIN, traced=True) == witnessed("a tracer was in force, which can leave lines out")
    assert checked(PLAIN, traced=True, plugins=True) == []


@pytest.mark.parametrize(
    ("seen", "detail"),
    [
        ({"redirected": True}, "its class did not tell pytest what came of it"),
        ({"succeeded": False}, "reported as passed, and unittest did not call it a success"),
        ({"succeeded": True}, ""),
    ],
)
def test_classes_of_unittest(seen: dict[str, bool], detail: str) -> None:
    """
    They tell pytest of their success, and nobody else.
    """
    assert checked(PLAIN, collected=None, plugins=False, **seen) == (witnessed(detail) if detail else [])


def test_only_the_last_report_is_of_the_whole_test() -> None:
    """
    The parts of a test of unittest are reported before it has succeeded.
    """
    part = {
        "event": "report",
        "id": "a.py::t",
        "when": "call",
        "outcome": "passed",
        "entered": True,
        "succeeded": False,
    }
    whole = {**part, "succeeded": True}
    found = {"event": "collected", "id": "a.py::t", "place": PLACE, "genuine": True}
    assert list(testimony.check((found, part, whole), (PLAIN,), Path("/workspace"), plugins=False)) == []


@pytest.mark.parametrize(
    ("place", "declared", "lines"),
    [
        (PLACE, (PLAIN,), ""),
        (["/workspace/a.py", 4, "t"], (PLAIN,), "3"),
        (["/workspace/b.py", 3, "t"], (PLAIN,), "3"),
        (["/elsewhere/a.py", 3, "t"], (PLAIN,), "3"),
        (["/workspace/../workspace/a.py", 3, "t"], (PLAIN,), ""),
        (["/elsewhere/a.py", 9, "wrapper"], (DECORATED,), ""),
        (["/workspace/a.py", 9, "t"], (PLAIN, Declared("a.py::t", 9, True, "why")), "3"),
        (PLACE, (PLAIN, Declared("a.py::t", 9, True, "why")), ""),
        (["/workspace/a.py", 9, "t"], (Declared("a.py::t", 3, True, "why"), Declared("a.py::t", 9, True, "why")), ""),
        (
            ["/workspace/a.py", 8, "t"],
            (Declared("a.py::t", 3, True, "why"), Declared("a.py::t", 9, True, "why")),
            "3 or 9",
        ),
    ],
)
def test_code_of_another_place(place: list[object], declared: tuple[Declared, ...], lines: str) -> None:
    """
    The code of an undecorated test is the one that stands in its file; where several may count, it is one of them.
    """
    expected = witnessed(f"other code ran than stands at line {lines}") if lines else []
    assert expected == checked(*declared, collected={"place": place})


@pytest.mark.parametrize("declared", [PLAIN, DECORATED])
def test_code_that_only_says_it_stands_there(declared: Declared) -> None:
    """
    It is compared with what the line is compiled to, beneath decorators as well.
    """
    found = checked(declared, collected={"genuine": False})
    assert found == witnessed("other code ran than line 3 is compiled to")


def test_a_function_that_raised() -> None:
    """
    An undecorated test that raised has not passed; what a decorator does with an exception is its own affair.
    """
    assert checked(PLAIN, broke=True) == witnessed("its function raised, and it was reported as passed")
    assert checked(DECORATED, broke=True) == []


@pytest.mark.parametrize(
    ("file", "plugins", "path"),
    [
        ("/workspace/conftest.py", False, "conftest.py"),
        ("/workspace/conftest.py", True, "conftest.py"),
        ("/site/x.py", False, None),
        ("/site/x.py", True, ""),
    ],
)
def test_code_around_a_test(file: str, plugins: bool, path: str | None) -> None:
    """
    Who calls an undecorated test decides about it: pytest, unittest, or plugins of the auditor.
    """
    detail = "it decides about results through code around a.py::t[x::y]"
    expected = [] if path == "" else [Finding("tests-hook", path, detail, seen="g")]
    assert expected == checked(PLAIN, caller=[file, 1, "g"], plugins=plugins)
    assert checked(DECORATED, caller=[file, 1, "g"], plugins=plugins) == []

"""
Tests of `phase2_gate.audit.execution.judgement`, `outcomes` and `honesty` on records that are made up.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from phase2_gate.audit.execution import honesty, outcomes
from phase2_gate.audit.execution.declared import Declarations
from phase2_gate.audit.execution.judgement import judge
from phase2_gate.audit.execution.policy import TestOutcome, TestPolicy
from phase2_gate.audit.execution.program import Event
from phase2_gate.audit.execution.scope import Declared
from phase2_gate.core.findings import Finding

WORKSPACE = Path("/workspace")
CONTROL = "a.py::test_control_n"


def report(name: str, when: str, **more: object) -> Event:
    """
    One phase of a test.
    """
    return {"event": "report", "id": name, "when": when, "outcome": "passed", "raised": False, "entered": True, **more}


def passed(name: str) -> list[Event]:
    """
    A test that passed.
    """
    return [report(name, when) for when in ("setup", "call", "teardown")]


def record(*parts: list[Event], status: int = 1, kept: bool = True) -> tuple[Event, ...]:
    """
    A whole record of a run with one control that failed as it should.
    """
    names = list(dict.fromkeys(str(event["id"]) for part in parts for event in part if event["event"] == "report"))
    found: list[Event] = [
        {"event": "collected", "id": name, "place": [f"/workspace/{name.partition('::')[0]}", 1, "t"]} for name in names
    ]
    control: list[Event] = [
        {"event": "control", "id": CONTROL},
        report(CONTROL, "call", outcome="failed", raised=True),
    ]
    middle: list[Event] = [{"event": "kept", "ids": names}, {"event": "compared"}] if kept else []
    return (
        {"event": "start", "nonce": "n"},
        *found,
        *control,
        *middle,
        *(event for part in parts for event in part),
        {"event": "finish", "nonce": "n", "status": status},
    )


def judged(found: tuple[Event, ...], code: int | None = 1, **demands: float) -> list[Finding]:
    """
    The findings of a record.
    """
    suite = TestPolicy(minimum=int(demands.get("minimum", 1)), max_skipped=demands.get("max_skipped", 0.5))
    return judge(found, outcomes.of_record(found), suite, code)


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        (passed("t"), TestOutcome("t", "passed")),
        (passed("t")[:2], TestOutcome("t", "missing", "it was collected, and did not run to its end")),
        ([report("t", "setup", outcome="failed", detail="no")], TestOutcome("t", "error", "no")),
        ([*passed("t")[:1], report("t", "call", outcome="failed", detail="no")], TestOutcome("t", "failed", "no")),
        ([*passed("t")[:2], report("t", "teardown", outcome="failed")], TestOutcome("t", "error")),
        ([report("t", "setup", outcome="skipped", detail="why")], TestOutcome("t", "skipped", "why")),
        ([report("t", "call", outcome="skipped", xfail=True)], TestOutcome("t", "xfailed")),
        ([report("t", "call", xfail=True)], TestOutcome("t", "xpassed")),
        ([report("t", "call", raised=True)], TestOutcome("t", "failed", "it raised, and was reported as passed")),
        ([*passed("t"), report("t", "call", outcome="failed")], TestOutcome("t", "failed")),
    ],
)
def test_outcomes(reports: list[Event], expected: TestOutcome) -> None:
    """
    All three phases have to pass; the first one that does not decides, and controls are no tests of the bundle.
    """
    assert (expected,) == outcomes.of_record(record(reports))


def test_a_deselected_test_is_told() -> None:
    """
    A test that an option leaves out was neither run nor lost.
    """
    found = record(passed("a"))
    found = (*found[:1], {"event": "collected", "id": "b"}, {"event": "deselected", "id": "b"}, *found[1:])
    assert [(test.name, test.outcome) for test in outcomes.of_record(found)] == [("b", "deselected"), ("a", "passed")]


def test_a_good_record_has_no_finding() -> None:
    """
    Tests that passed, a control that failed, and the status that follows from it.
    """
    assert judged(record(passed("a.py::t"))) == []


@pytest.mark.parametrize(
    ("claimed", "code", "rules"),
    [
        (0, 0, ["tests-exit-status"]),
        (1, 0, ["tests-exit-status"]),
        (0, 1, ["tests-exit-status"]),
        (1, None, ["tests-exit-status"]),
        (2, 2, ["tests-exit-status"]),
        (1, 1, []),
    ],
)
def test_the_status_has_to_follow_from_the_record(claimed: int, code: int | None, rules: list[str]) -> None:
    """
    With a control that failed, pytest ends with 1, and says so itself.
    """
    assert rules == [finding.rule for finding in judged(record(passed("a.py::t"), status=claimed), code)]


def test_one_broken_file_is_one_finding() -> None:
    """
    Where collecting failed nothing runs, and the tests that did not run are not blamed.
    """
    broken: Event = {"event": "uncollected", "id": "b.py", "detail": "no"}
    found = (*record(passed("a.py::t")[:1], status=2)[:-1], broken, {"event": "finish", "nonce": "n", "status": 2})
    assert [Finding("tests-collection-error", "b.py", "b.py: no")] == judged(found, 2)


def test_a_report_of_an_unknown_test_is_no_proof() -> None:
    """
    Who reports what was never collected is not the recorder.
    """
    found = record(passed("a.py::t"))
    found = (*found[:-1], report("x", "call"), found[-1])
    assert [Finding("tests-no-proof", None, "the record reports a test that was not collected")] == judged(found)


def test_skips_are_counted_by_function() -> None:
    """
    A function with many parameters counts once, and only when none of them passed.
    """
    skipped = [report(f"a.py::s[{n}]", "setup", outcome="skipped") for n in range(9)]
    half = [report("a.py::h[1]", "setup", outcome="skipped"), *passed("a.py::h[2]")]
    assert judged(record(skipped, half), max_skipped=0.5) == []
    (only,) = judged(record(skipped, half), max_skipped=0.4)
    assert (only.rule, only.seen, only.need) == ("tests-skipped", "1 of 2 functions", "at most 40%")


@pytest.mark.parametrize(
    "other",
    [
        [report("a.py::x", "setup", outcome="skipped")],
        [report("a.py::x", "call", outcome="skipped", xfail=True)],
        [report("a.py::x", "call", xfail=True)],
    ],
)
def test_what_is_expected_to_fail_counts_like_a_skip(other: list[Event]) -> None:
    """
    A function proves something only when it passed.
    """
    found = record(other, passed("a.py::t"))
    assert judged(found, max_skipped=0.5) == []
    assert [finding.rule for finding in judged(found, max_skipped=0.49)] == ["tests-skipped"]


def test_too_few_passed() -> None:
    """
    The minimum counts what passed.
    """
    assert [finding.rule for finding in judged(record(passed("a.py::t")), minimum=2)] == ["tests-minimum"]


def checked(found: tuple[Event, ...], *stated: Declared, unreadable: tuple[str, ...] = ()) -> list[Finding]:
    """
    The signs of forgery in a record.
    """
    return list(honesty.check(found, outcomes.of_record(found), Declarations(stated, (), unreadable), WORKSPACE))


def test_a_control_that_passed() -> None:
    """
    A module whose control was not seen to fail can't be believed, unless nothing in it passed either.
    """
    found = tuple(
        {**event, "outcome": "passed"} if event.get("id") == CONTROL else event for event in record(passed("a.py::t"))
    )
    assert [Finding("tests-control", "a.py", "a test that must fail was not seen to fail here")] == checked(found)
    skipped = tuple({**event, "outcome": "skipped"} if event.get("id") == "a.py::t" else event for event in found)
    assert checked(skipped) == []


def test_a_test_of_the_bundle_is_no_control() -> None:
    """
    What pytest found in a file is a test, whatever the record calls it.
    """
    found = record([*passed("a.py::t")[:1], report("a.py::t", "call", outcome="failed", raised=True)])
    claimed: Event = {"event": "control", "id": "a.py::t"}
    assert [test.outcome for test in outcomes.of_record((*found[:-1], claimed, found[-1]))] == ["failed"]


def test_every_module_needs_a_control() -> None:
    """
    Where the verifier's test is not there at all, somebody removed it.
    """
    found = record(passed("a.py::t"), passed("b.py::t"), passed("b.py::u"))
    assert [Finding("tests-control", "b.py", "a test that must fail was not seen to fail here")] == checked(found)


@pytest.mark.parametrize(
    ("collected", "rules"),
    [
        ({"place": None, "examples": 2}, ["tests-control"]),
        ({"place": None, "examples": 0}, []),
        ({"place": ["/workspace/a.py", 1, "t"], "examples": 0}, []),
    ],
)
def test_each_kind_of_test_needs_its_own_control(collected: Event, rules: list[str]) -> None:
    """
    A function that fails says nothing about doctests; items of the bundle's own kind have none.
    """
    found = tuple(
        {**event, **collected} if event["event"] == "collected" else event for event in record(passed("a.py::t"))
    )
    assert rules == [finding.rule for finding in checked(found)]
    doctest = "a.py::doctest_control_n"
    more: list[Event] = [{"event": "control", "id": doctest}, report(doctest, "call", outcome="failed", raised=True)]
    assert checked((*found[:-1], *more, found[-1])) == []


def test_a_declared_test_that_was_not_found() -> None:
    """
    A file's missing tests are one finding, unless the file skipped itself, or keeps them from pytest.
    """
    found = record(passed("a.py::t"))
    lost = [Declared("a.py::t", 1, True), Declared("b.py::x", 1, True), Declared("b.py::C::y", 1, True)]
    lost.append(Declared("c.py::z", 1, True, "why"))
    assert [Finding("tests-uncollected", "b.py", "2 declared and not found by pytest", seen="x, C::y")] == checked(
        found, *lost
    )
    skipping: Event = {"event": "module-skipped", "id": "b.py"}
    assert checked((*found[:-1], skipping, found[-1]), *lost) == []


def test_a_file_that_cannot_be_read() -> None:
    """
    Which tests it has is not known, unless pytest could not read it either.
    """
    found = record(passed("a.py::t"))
    detail = "no Python to the verifier, or too large for it: nobody knows which tests it declares"
    assert [Finding("tests-uncollected", "b.py", detail)] == checked(found, unreadable=("b.py",))
    broken: Event = {"event": "uncollected", "id": "b.py"}
    assert checked((*found[:-1], broken, found[-1]), unreadable=("b.py",)) == []


def test_tests_that_were_set_aside() -> None:
    """
    Each that did not run by another way counts as skipped; its line tells it from another one of its name.
    """
    found = record(passed("a.py::t"))
    stated = [
        Declared("a.py::t", 1, True, "it ran from another class"),
        Declared("a.py::t", 2, True, "first"),
        Declared("a.py::u", 1, True, "it ran under another name"),
        Declared("a.py::v", 4, True, "second"),
        Declared("a.py::v", 5, True, "third"),
        Declared("a.py::w", 6, True),
    ]
    assert outcomes.set_aside(found, tuple(stated), WORKSPACE) == (
        TestOutcome("a.py::t (line 2)", "skipped", "first"),
        TestOutcome("a.py::v", "skipped", "second"),
        TestOutcome("a.py::v (line 5)", "skipped", "third"),
    )


def test_hooks_and_alterations_are_told() -> None:
    """
    What reaches into pytest is named, with the file where it is one of the bundle's.
    """
    extra: list[Event] = [
        {"event": "hook", "name": "hook pytest_pyfunc_call", "file": "/workspace/conftest.py"},
        {"event": "hook", "name": "class X of a test", "file": "/elsewhere/x.py"},
        {"event": "altered", "name": "_pytest.a"},
        {"event": "altered", "name": "_pytest.b"},
    ]
    found = record(passed("a.py::t"))
    assert [
        Finding("tests-hook", "conftest.py", "it decides about results through the hook pytest_pyfunc_call"),
        Finding("tests-hook", None, "it decides about results through the class X of a test"),
        Finding("tests-altered", None, "functions of pytest were replaced", seen="_pytest.a, _pytest.b"),
    ] == checked((*found[:-1], *extra, found[-1]))


def test_the_last_look_has_to_take_place() -> None:
    """
    Without it nobody knows whether pytest is what it was; where pytest never collected, it is not expected.
    """
    found = tuple(event for event in record(passed("a.py::t")) if event["event"] != "compared")
    detail = "the last look at the functions of pytest was prevented"
    assert [Finding("tests-altered", None, detail)] == checked(found)
    assert checked(tuple(event for event in found if event["event"] != "kept")) == []

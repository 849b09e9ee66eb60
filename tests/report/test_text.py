"""
Tests of `phase2_gate.report.text`.
"""

from __future__ import annotations

import pytest

from phase2_gate.core import rules
from phase2_gate.core.findings import Finding
from phase2_gate.core.report import GateResult, judged
from phase2_gate.report import text
from tests.values import replace

from .specimens import MANIFEST_SHA256, NASTY, SHA256, blocked, failed, nasty, passed


def test_a_passing_audit() -> None:
    """
    One line a gate, what was judged, and the verdict last.
    """
    assert text.render(passed()) == (
        "audit        good.zip (profile generic)\n"
        "archive      PASS\n"
        "paths        PASS\n"
        "manifest     PASS\n"
        "digests      PASS\n"
        "layout       PASS     the bytes are canonical\n"
        "cleanliness  PASS\n"
        "imports      PASS\n"
        "tests        PASS     1 passed\n"
        "workspace    PASS\n"
        f"bundle       sha256 {SHA256}\n"
        f"manifest     sha256 {MANIFEST_SHA256}\n"
        "RESULT: PASS\n"
    )


def test_findings_stand_below_their_gate() -> None:
    """
    Rule, path, what is wrong; the remedy once a rule.
    """
    found = (
        Finding("name-dot-component", "a/./b", "a dot", 7, "x", "y"),
        Finding("name-dot-component", "c/./d"),
        Finding("name-empty"),
    )
    assert list(text.gate(judged("paths", found, ("a note",)))) == [
        "paths        FAIL",
        "  name-empty: ",
        "  name-dot-component: a/./b: a dot: seen x, need y (offset 7)",
        "  name-dot-component: c/./d: ",
        f"  hint: name-empty: {rules.RULES['name-empty'].remedy}",
        f"  hint: name-dot-component: {rules.RULES['name-dot-component'].remedy}",
    ]


def test_twenty_findings_of_a_rule_are_shown() -> None:
    """
    The rest is counted: an archive of a million members may have a million findings.
    """
    lines = list(text.findings(tuple(Finding("name-dot-component", str(number)) for number in range(23))))
    assert (len(lines), lines[-2]) == (22, "  name-dot-component: and 3 more")
    assert "more" not in "".join(
        text.findings(tuple(Finding("name-dot-component", str(number)) for number in range(20)))
    )


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (GateResult("tests", blocked="no", notes=("do b",)), ["tests        BLOCKED  no", "  hint: do b"]),
        (GateResult("tests", skipped="stopped"), ["tests        NOT RUN  stopped"]),
        (GateResult("tests", notes=("a", "b")), ["tests        PASS     a; b"]),
    ],
)
def test_the_line_of_a_gate(result: GateResult, expected: list[str]) -> None:
    """
    What stopped it, why it did not run, or what it has to say.
    """
    assert expected == list(text.gate(result))


def test_what_could_not_be_judged() -> None:
    """
    There is nothing to name, and the verdict is BLOCKED.
    """
    assert text.render(blocked("no such file")).splitlines()[1:] == [
        "archive      BLOCKED  no such file",
        "  hint: do something",
        "RESULT: BLOCKED",
    ]


@pytest.mark.parametrize(
    ("isolation", "expected"),
    [
        ("strict", "RESULT: PASS"),
        ("landlock", "RESULT: PASS"),
        ("process", "RESULT: PASS (isolation: process)"),
        ("none", "RESULT: PASS (isolation: none)"),
    ],
)
def test_a_level_that_does_not_isolate_is_named_in_the_result(isolation: str, expected: str) -> None:
    """
    Nobody takes such a PASS for one under isolation.
    """
    assert text.render(replace(passed(), isolation=isolation)).splitlines()[-1] == expected


def test_the_summary_names_report_workspace_and_notes() -> None:
    """
    Where things lie, between the gates and the verdict.
    """
    record = replace(passed(), workspace="/kept", notes=("a note",))
    assert list(text.summary(record, "reports/PASS_report.md"))[2:] == [
        "workspace    kept in /kept",
        "report       reports/PASS_report.md",
        "note         a note",
        "RESULT: PASS",
    ]


@pytest.mark.parametrize("foreign", NASTY)
def test_foreign_text_is_only_text(foreign: str) -> None:
    """
    It breaks no line, moves no cursor, and no line but the last one looks like a verdict.
    """
    shown = text.render(nasty(foreign)) + "\n".join(text.summary(failed(), foreign))
    lines = shown.split("\n")
    assert all(line.isprintable() for line in lines)
    assert [line for line in lines if line.lstrip().startswith("RESULT")] == ["RESULT: FAIL", "RESULT: PASS"]
    words = {*rules.GATES, "audit", "bundle", "manifest", "workspace", "note", "report", "RESULT:"}
    assert [line for line in lines if line and line.split()[0] not in words and not line.startswith("  ")] == []

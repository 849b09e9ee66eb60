"""
Tests of waivers: which findings may be accepted, and what that changes.
"""

from __future__ import annotations

import pytest

from phase2_gate.core import profile, rules
from phase2_gate.core.errors import ProfileError
from phase2_gate.core.findings import Finding
from phase2_gate.core.report import GateResult, Verdict, Verification, Waived, waive
from phase2_gate.core.waivers import Waiver, waiver

HOOK = Finding("tests-hook", "conftest.py", "a hook")
FAILED = Finding("tests-failed", "test_a.py", "no")
TESTS = rules.of_gate("tests")


def test_what_may_be_waived() -> None:
    """
    Exactly these rules, as docs/decisions/0007 says: none of structure, integrity, isolation or proof.
    """
    waivable = {slug for slug, rule in rules.RULES.items() if rule.waivable}
    assert waivable == {"clean-litter", "tests-settings", "tests-uncollected", "tests-hook"}


def test_a_waiver_is_a_rule_and_a_reason() -> None:
    """
    Blanks around the reason are not part of it.
    """
    assert waiver("tests-hook", " it adds a column ", "x") == Waiver("tests-hook", "it adds a column")


@pytest.mark.parametrize("rule", [slug for slug, rule in rules.RULES.items() if not rule.waivable])
def test_no_other_rule_can_be_waived(rule: str) -> None:
    """
    Whatever the reason.
    """
    with pytest.raises(ProfileError, match=rf"^x: this rule cannot be waived: seen '{rule}', need one of clean-"):
        waiver(rule, "because", "x")


@pytest.mark.parametrize(
    ("rule", "reason", "message"),
    [
        ("tests-hooks", "because", "no such rule: seen 'tests-hooks'"),
        ("", "because", "no such rule: seen ''"),
        ("tests-hook", "", "the reason for 'tests-hook'"),
        ("tests-hook", "  ", "the reason for 'tests-hook'"),
        ("tests-hook", "a\nRESULT: PASS", "the reason for 'tests-hook'"),
        ("tests-hook", "a\x1b[2J", "the reason for 'tests-hook'"),
    ],
)
def test_nothing_is_waived_by_mistake(rule: str, reason: str, message: str) -> None:
    """
    Unknown rules, no reason, and reasons that are no line of text are errors.
    """
    with pytest.raises(ProfileError, match=f"^x: {message}"):
        waiver(rule, reason, "x")


def test_a_profile_file_may_waive() -> None:
    """
    As a table of rules and reasons.
    """
    parsed = profile.parse({"waivers": {"tests-hook": "it adds a column"}}, default_name="mine")
    assert parsed.waivers == (Waiver("tests-hook", "it adds a column"),)


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"tests-failed": "x"}, "profile: waivers: this rule cannot be waived"),
        ({"tests-hook": 1}, "profile: waivers.tests-hook: seen 1"),
        ([], "profile: waivers: seen"),
    ],
)
def test_a_profile_file_is_held_to_the_same(table: object, key: str) -> None:
    """
    Its errors name the key.
    """
    with pytest.raises(ProfileError, match=f"^{key}"):
        profile.parse({"waivers": table}, default_name="mine")


def test_waived_findings_stay_in_the_record() -> None:
    """
    They are set apart with the reason, and do not make the gate fail.
    """
    result = waive(GateResult("tests", TESTS, (HOOK,)), [Waiver("tests-hook", "why")])
    assert result == GateResult("tests", TESTS, waived=(Waived(HOOK, "why"),))
    assert result.state == "pass"
    verification = Verification(TESTS, (result,))
    assert (verification.verdict, verification.findings) == (Verdict.PASS, ())
    assert verification.waived == (Waived(HOOK, "why"),)


@pytest.mark.parametrize("waivers", [[], [Waiver("clean-litter", "why")]])
def test_other_findings_are_untouched(waivers: list[Waiver]) -> None:
    """
    A waiver of another rule changes nothing.
    """
    result = GateResult("tests", TESTS, (HOOK, FAILED))
    assert waive(result, waivers) == result


def test_the_rest_still_fails() -> None:
    """
    One finding that counts is a FAIL, however many do not.
    """
    result = waive(GateResult("tests", TESTS, (HOOK, FAILED)), [Waiver("tests-hook", "why")])
    assert (result.state, Verification(TESTS, (result,)).verdict) == ("fail", Verdict.FAIL)


def test_what_did_not_run_is_still_blocked() -> None:
    """
    A waiver is about findings, not about rules that nobody judged.
    """
    result = waive(GateResult("tests", ("tests-hook",), (HOOK,), skipped="x"), [Waiver("tests-hook", "why")])
    assert Verification(TESTS, (result,)).verdict is Verdict.BLOCKED


@pytest.mark.parametrize("rule", ["tests-failed", "manifest-digest-mismatch", "archive-comment"])
def test_the_verdict_looks_again(rule: str) -> None:
    """
    A finding that may not be waived counts, even when somebody put it among those which are.
    """
    gate = GateResult("tests", TESTS, waived=(Waived(Finding(rule), "why"),))
    assert Verification(TESTS, (gate,)).verdict is Verdict.FAIL

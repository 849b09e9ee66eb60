"""
Tests of the verdict.
"""

from __future__ import annotations

import pytest

from phase2_gate.core import report, rules
from phase2_gate.core.findings import Finding
from phase2_gate.core.record import Host, Record, Subject
from phase2_gate.core.report import GateResult, Verdict, Verification

DIGESTS = rules.of_gate("digests")
_WRONG = (Finding("manifest-digest-mismatch", "a"),)


@pytest.mark.parametrize(
    ("required", "gates", "verdict"),
    [
        (DIGESTS, (GateResult("digests", DIGESTS),), Verdict.PASS),
        (DIGESTS, (GateResult("digests", DIGESTS, _WRONG),), Verdict.FAIL),
        (DIGESTS, (GateResult("digests", DIGESTS, blocked="no room"),), Verdict.BLOCKED),
        (DIGESTS, (GateResult("digests", DIGESTS, _WRONG, blocked="no room"),), Verdict.FAIL),
        (DIGESTS, (GateResult("digests", (), skipped="earlier gate"),), Verdict.BLOCKED),
        (DIGESTS, (), Verdict.BLOCKED),
        ((), (GateResult("digests", DIGESTS),), Verdict.BLOCKED),
        ((*DIGESTS, "manifest-empty"), (GateResult("digests", DIGESTS),), Verdict.BLOCKED),
    ],
)
def test_verdict(required: tuple[str, ...], gates: tuple[GateResult, ...], verdict: Verdict) -> None:
    """
    Only what ran completely and found nothing is a PASS; a finding outweighs what could not be judged.
    """
    assert Verification(required, gates).verdict is verdict


@pytest.mark.parametrize(
    ("gate", "state"),
    [
        (GateResult("tests", findings=_WRONG, blocked="x", skipped="y"), "fail"),
        (GateResult("tests", blocked="x", skipped="y"), "blocked"),
        (GateResult("tests", skipped="y"), "not run"),
        (GateResult("tests"), "pass"),
    ],
)
def test_state_of_a_gate(gate: GateResult, state: str) -> None:
    """
    The heaviest of what happened.
    """
    assert gate.state == state


def test_exit_codes() -> None:
    """
    PASS is 0, FAIL is 1, BLOCKED is 3.
    """
    assert {verdict.name: verdict.exit_code for verdict in Verdict} == {"PASS": 0, "FAIL": 1, "BLOCKED": 3}


def test_a_judged_gate_ran_all_its_rules() -> None:
    """
    Its findings come sorted.
    """
    late, early = Finding("manifest-digest-mismatch", "b"), Finding("manifest-digest-mismatch", "a")

    assert report.judged("digests", [late, early]) == GateResult("digests", DIGESTS, (early, late))


def test_a_gate_cut_short_says_why() -> None:
    """
    The rules that did not run are missing from the record.
    """
    gate = report.cut_short("digests", (), (), "no manifest")

    assert (gate, Verification(DIGESTS, (gate,)).unjudged) == (GateResult("digests", skipped="no manifest"), DIGESTS)


def test_the_record_takes_its_verdict_from_the_gates() -> None:
    """
    The last line of a report says the verdict, and how weak the confinement was.
    """
    verification = Verification(DIGESTS, (GateResult("digests", DIGESTS),))
    record = Record("verify", "1", Subject("a.zip", "bundle"), "generic", verification, Host("x", "y"), "t", 0.0)

    assert (record.verdict, record.result) == (Verdict.PASS, "RESULT: PASS")

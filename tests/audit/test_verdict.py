"""
Properties of the verdict: over any results of gates, PASS says that everything was looked at and nothing was found.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phase2_gate.core import rules, verify
from phase2_gate.core.findings import Finding
from phase2_gate.core.report import GateResult, Verdict, Verification, cut_short, judged

ALL = tuple(rules.RULES)

_results = st.builds(
    GateResult,
    gate=st.sampled_from(rules.GATES),
    ran=st.lists(st.sampled_from(ALL), max_size=8).map(tuple),
    findings=st.lists(st.builds(Finding, st.sampled_from(ALL)), max_size=1).map(tuple),
    blocked=st.sampled_from(("", "", "no")),
    skipped=st.sampled_from(("", "", "no")),
    notes=st.just(()),
    waived=st.just(()),
)
_verifications = st.builds(
    Verification,
    required=st.lists(st.sampled_from(ALL), max_size=6).map(tuple),
    gates=st.lists(_results, max_size=6).map(tuple),
)


@given(_verifications)
def test_pass_needs_every_required_rule_and_no_objection(verification: Verification) -> None:
    """
    All required rules ran, there are some, none was broken, no gate was blocked; and then it is a PASS.
    """
    ran = {slug for gate in verification.gates for slug in gate.ran}
    deserved = (
        len(verification.required) > 0
        and set(verification.required) <= ran
        and not any(gate.findings for gate in verification.gates)
        and not any(gate.blocked for gate in verification.gates)
    )
    assert (verification.verdict is Verdict.PASS) is deserved


@given(_verifications)
def test_a_finding_is_a_fail_and_nothing_else_is(verification: Verification) -> None:
    """
    A FAIL is the bundle's fault, whatever else could not be judged.
    """
    broken = any(gate.findings for gate in verification.gates)
    assert (verification.verdict is Verdict.FAIL) is broken


@given(_verifications, _results)
def test_more_knowledge_never_takes_a_fail_back(verification: Verification, more: GateResult) -> None:
    """
    One more gate can make a PASS worse, and a FAIL no better.
    """
    later = Verification(verification.required, (*verification.gates, more))
    if verification.verdict is Verdict.FAIL:
        assert later.verdict is Verdict.FAIL
    if more.findings or more.blocked:
        assert later.verdict is not Verdict.PASS


@given(st.permutations(range(len(rules.GATES))), st.integers(0, len(rules.GATES) - 1))
def test_a_gate_that_is_left_out_is_no_pass(order: list[int], left_out: int) -> None:
    """
    In whatever order the gates come, all nine of them are needed.
    """
    required = verify.required(canonical=True, gates=rules.GATES)
    gates = tuple(judged(rules.GATES[index], []) for index in order)
    assert Verification(required, gates).verdict is Verdict.PASS
    fewer = tuple(gate for gate in gates if gate.gate != rules.GATES[left_out])
    assert Verification(required, fewer).verdict is Verdict.BLOCKED
    cut = tuple(gate if gate.gate != rules.GATES[left_out] else cut_short(gate.gate, (), (), "no") for gate in gates)
    assert Verification(required, cut).verdict is Verdict.BLOCKED


@given(st.sampled_from(ALL))
def test_a_rule_that_did_not_run_is_no_pass(slug: str) -> None:
    """
    One is enough.
    """
    ran = tuple(other for other in ALL if other != slug)
    verification = Verification(ALL, (GateResult("archive", ran),))
    assert (verification.verdict, verification.unjudged) == (Verdict.BLOCKED, (slug,))


@pytest.mark.parametrize(("verdict", "code"), [(Verdict.PASS, 0), (Verdict.FAIL, 1), (Verdict.BLOCKED, 3)])
def test_exit_codes(verdict: Verdict, code: int) -> None:
    """
    0 is PASS and nothing else; 2 is left to usage errors.
    """
    assert verdict.exit_code == code


def test_nothing_at_all_is_blocked() -> None:
    """
    Neither no gates, nor no demands, is a PASS.
    """
    assert Verification((), ()).verdict is Verdict.BLOCKED
    assert Verification((), (judged("archive", []),)).verdict is Verdict.BLOCKED
    assert Verification(ALL, ()).verdict is Verdict.BLOCKED

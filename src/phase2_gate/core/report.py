"""
The record of one judgement, and the one place that computes a verdict.

Invariants:
 1. The verdict is a function of the record: of the rules that had to run, the rules that ran, what they found, and
    what could not be judged. Nothing else decides, and nobody sets it.
 2. PASS needs every required rule to have run without a finding; a rule that did not run is never a PASS.
 3. A waived finding stays in the record; that its rule may be waived is looked at again here.
 4. A finding is FAIL even when something else could not be judged: more knowledge cannot take it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from . import rules
from .findings import Finding, ordered
from .typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .waivers import Waiver


class Verdict(Enum):
    """
    The outcome of a judgement.
    """

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    """Every required rule ran, none was broken."""
    FAIL = "FAIL"
    """The bundle breaks a rule."""
    BLOCKED = "BLOCKED"
    """We could not judge."""

    @property
    def exit_code(self) -> int:
        """
        The exit status of a process with this verdict: 0, 1 or 3 (2 is a usage error).
        """
        return {"PASS": 0, "FAIL": 1, "BLOCKED": 3}[self.value]


class Waived(NamedTuple):
    """
    A finding that does not count.
    """

    finding: Finding
    """What was found."""
    reason: str
    """Why the auditor accepts it."""


class GateResult(NamedTuple):
    """
    What one gate did.
    """

    gate: str
    """One of `phase2_gate.core.rules.ALL_GATES`."""
    ran: tuple[str, ...] = ()
    """The slugs of the rules that were judged."""
    findings: tuple[Finding, ...] = ()
    """What broke them and counts, sorted."""
    blocked: str = ""
    """Why the gate could not judge; empty when it could."""
    skipped: str = ""
    """Why the gate did not run; empty when it did."""
    notes: tuple[str, ...] = ()
    """What a reader should know besides, one line each."""
    waived: tuple[Waived, ...] = ()
    """What was found and does not count, sorted."""

    @property
    def state(self) -> str:
        """
        ``fail``, ``blocked``, ``not run`` or ``pass``, in this order of weight.
        """
        if self.findings:
            return "fail"
        if self.blocked:
            return "blocked"
        return "not run" if self.skipped else "pass"


def judged(gate: str, findings: Iterable[Finding], notes: tuple[str, ...] = ()) -> GateResult:
    """
    The result of a gate that judged all of its rules.
    """
    return GateResult(gate, rules.of_gate(gate), ordered(tuple(findings)), notes=notes)


def cut_short(gate: str, ran: Iterable[str], findings: Iterable[Finding], why: str) -> GateResult:
    """
    The result of a gate that had to stop, because nothing beyond some point can be believed.

    Args:
        gate: Its name.
        ran: The rules that were judged nevertheless.
        findings: What was found so far.
        why: What stopped it, one clause.
    """
    return GateResult(gate, tuple(ran), ordered(tuple(findings)), skipped=why)


def waive(result: GateResult, waivers: Iterable[Waiver]) -> GateResult:
    """
    The result of a gate of which some findings do not count.

    Args:
        result: What the gate did.
        waivers: What the auditor accepts.
    """
    reasons = {waiver.rule: waiver.reason for waiver in waivers}
    if not reasons:
        return result
    return result._replace(
        findings=tuple(finding for finding in result.findings if finding.rule not in reasons),
        waived=tuple(Waived(finding, reasons[finding.rule]) for finding in result.findings if finding.rule in reasons),
    )


class Verification(NamedTuple):
    """
    The gates of one judgement and the verdict that follows from them.
    """

    required: tuple[str, ...]
    """The slugs of every rule that has to run for a PASS, settled before the first gate runs."""
    gates: tuple[GateResult, ...]
    """What the gates did, in their order."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """
        All findings that count, gate by gate.
        """
        return tuple(finding for gate in self.gates for finding in gate.findings)

    @property
    def waived(self) -> tuple[Waived, ...]:
        """
        All findings that do not count, gate by gate.
        """
        return tuple(waived for gate in self.gates for waived in gate.waived)

    @property
    def unjudged(self) -> tuple[str, ...]:
        """
        The required rules that did not run.
        """
        ran = {slug for gate in self.gates for slug in gate.ran}
        return tuple(slug for slug in self.required if slug not in ran)

    @property
    def verdict(self) -> Verdict:
        """
        The verdict, by the invariants above.
        """
        if self.findings or not all(rules.RULES[waived.finding.rule].waivable for waived in self.waived):
            return Verdict.FAIL
        if not self.required or self.unjudged or any(gate.blocked for gate in self.gates):
            return Verdict.BLOCKED
        return Verdict.PASS


def required_rules(gates: Iterable[str]) -> tuple[str, ...]:
    """
    Every rule of `gates`: what a judgement that goes through them has to run.
    """
    return tuple(slug for gate in gates for slug in rules.of_gate(gate))

"""
What is mutated, and by which tests the mutants are to be found.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["ROOT", "SUBJECTS", "TARGETS", "Target"]

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Target:
    """
    One module.
    """

    subject: str
    """What it is part of, for the command line."""
    module: str
    """Its name below ``phase2_gate.runtime``."""
    shipped: tuple[str, ...]
    """Names of shipped test files that look closely at it, the closest first."""
    further: tuple[str, ...] = ()
    """Further arguments for pytest."""

    @property
    def path(self) -> Path:
        """
        Where the module's source is.
        """
        return ROOT.joinpath("src", "phase2_gate", "runtime", *self.module.split(".")).with_suffix(".py")

    @property
    def tests(self) -> tuple[str, ...]:
        """
        Arguments for pytest.
        """
        return (*(f"src/phase2_gate/runtime/tests/test_{name}.py" for name in self.shipped), *self.further)


_BRUTE = ("tests/runtime/test_policy.py::test_the_matcher_agrees_with_a_brute_force_one",)

TARGETS = (
    Target("enforcer", "governance.envelope_enforcer", ("envelope_enforcer", "paths", "denials")),
    Target("enforcer", "governance.rule_index", ("envelope_enforcer", "patterns")),
    Target("enforcer", "governance.decision", ("envelope_enforcer", "granted_files")),
    Target("matcher", "governance.patterns", ("patterns", "envelope"), _BRUTE),
    Target("matcher", "governance.segments", ("patterns",), _BRUTE),
    Target("matcher", "governance.paths", ("paths", "patterns")),
    Target("journal", "canonical", ("canonical",)),
    Target("journal", "orchestration.record", ("record", "mission_journal", "journal_verify")),
    Target(
        "journal", "orchestration.run_state", ("journal_header", "mission_journal", "journal_scan", "journal_verify")
    ),
    Target("journal", "orchestration.journal_scan", ("journal_scan", "journal_verify", "journal_header")),
    Target("journal", "orchestration.journal_verify", ("journal_header", "checkpoint", "journal_verify")),
    Target("guard", "governance.guard_watch", ("guard_watch", "stops")),
    Target("guard", "governance.self_mod_protection", ("self_mod_protection",)),
)
SUBJECTS = tuple(dict.fromkeys(target.subject for target in TARGETS))

"""
A slice of `tests.sweeps.mutations`.
"""

from __future__ import annotations

from phase2_gate.core import profile, verify
from phase2_gate.core.report import Verdict
from phase2_gate.core.source import MemorySource
from tests.sweeps import mutations


def test_the_bundle_itself_passes() -> None:
    """
    What is changed is canonical to begin with.
    """
    judgement = verify.judge(MemorySource(mutations.BUNDLE), profile.GENERIC, require_canonical=True)

    assert (judgement.verification.verdict, judgement.difference) == (Verdict.PASS, "")


def test_the_layout_covers_every_byte() -> None:
    """
    Each byte is put down to one field.
    """
    assert len(mutations.layout(mutations.BUNDLE)) == len(mutations.BUNDLE)


def test_no_small_change_passes_unseen() -> None:
    """
    Nothing passes where the canonical form is demanded; else only changes of fields that mean nothing.
    """
    outcomes = [mutations.judged(*change) for change in mutations.changes(step=53, data_changes=100)]

    assert [outcome for outcome in outcomes if mutations.is_wrong(outcome)] == []
    assert len(outcomes) > 3000

"""
A slice of `tests.sweeps.races`.
"""

from __future__ import annotations

import pytest

from phase2_gate.audit import extract as module
from tests.sweeps import races


@pytest.mark.skipif(not module._HAS_DIRECTORY_DESCRIPTORS, reason="needs descriptors of directories")
@pytest.mark.parametrize("name", races.ATTACKS)
def test_nobody_wins_the_race(name: str) -> None:
    """
    The result is wholly one bundle, or a refusal; nothing is written outside.
    """
    outcomes = races.race(races.ATTACKS[name], 40)

    assert [outcome for outcome in outcomes if outcome.startswith("WRONG")] == []
    assert sum(outcomes.values()) == 40

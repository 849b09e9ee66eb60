"""
A slice of `tests.sweeps.command_races`.
"""

from __future__ import annotations

import pytest

from phase2_gate.audit import extract as module
from tests.sweeps import command_races


@pytest.mark.skipif(not module._HAS_DIRECTORY_DESCRIPTORS, reason="needs descriptors of directories")
@pytest.mark.parametrize("name", command_races.ATTACKS)
@pytest.mark.parametrize(("command", "rounds"), [("extract", 5), ("audit", 2)])
def test_nobody_wins_the_race_against_a_command(command: str, rounds: int, name: str) -> None:
    """
    The command ends with one bundle, whole, or with a refusal; nothing is written outside.
    """
    outcomes = command_races.race(command, name, rounds)

    assert [outcome for outcome in outcomes if outcome.startswith("WRONG")] == []
    assert sum(outcomes.values()) - outcomes["attacks"] == rounds

"""
From what the caller asked for to the level in force.

What was asked for is given or refused, never lowered. `auto` is the strongest isolating level whose self-test holds;
levels that do not isolate are only ever chosen by name.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phase2_gate.core.errors import IsolationError
from phase2_gate.isolation.launcher import seatbelt
from phase2_gate.isolation.level import Carrier, Level
from phase2_gate.isolation.selftest import Proof, prove
from phase2_gate.isolation.view import demand_hidden

if TYPE_CHECKING:
    from pathlib import Path

    from phase2_gate.isolation.command import Limits

AUTO = "auto"
"""The choice of the strongest isolating level that works here."""
CHOICES = (AUTO, *(level.value for level in Level))
"""What a caller may ask for."""
_MEANS = (
    (Level.STRICT, Carrier.NAMESPACES),
    (Level.STRICT, Carrier.BUBBLEWRAP),
    (Level.LANDLOCK, Carrier.NAMESPACES),
    (Level.SANDBOX_EXEC, Carrier.NAMESPACES),
)
"""The isolating levels and what makes them, the best first."""
_WAY_OUT = "for a bundle that you would run anyway, say so with --isolation process (limits only) or none"


@dataclass(frozen=True, slots=True)
class Chosen:
    """
    The level in force, and why.
    """

    level: Level
    """How the bundle's code is confined."""
    asked: str
    """What the caller asked for, one of `CHOICES`."""
    proof: Proof | None
    """The self-test that holds it up, None for a level that does not isolate."""
    notes: tuple[str, ...] = ()
    """Stronger levels and better carriers that did not work, and why."""

    @property
    def carrier(self) -> Carrier:
        """
        What makes the box; void at the levels below `Level.STRICT`.
        """
        return Carrier.NAMESPACES if self.proof is None else self.proof.carrier

    @property
    def title(self) -> str:
        """
        The level as reports name it: ``strict``, or ``none (requested)``.
        """
        return self.level.value if self.level.isolating else f"{self.level.value} (requested)"


def choose(
    asked: str, python: str, readable: tuple[Path, ...], limits: Limits | None = None, *, floor: Level | None = None
) -> Chosen:
    """
    Settle the level of an audit, before anything of the bundle runs.

    Args:
        asked: One of `CHOICES`.
        python: The interpreter that will run the bundle's code.
        readable: The directories it needs.
        limits: The limits that will be in force.
        floor: With `auto`, the level to take when nothing isolating works; for a caller who runs the bundle's code
            anyway.

    Returns:
        The level, with the self-test that holds it up.

    Raises:
        IsolationError: What was asked for is not to be had here; nothing was run.
    """
    if asked != AUTO and not Level(asked).isolating:
        return Chosen(Level(asked), asked, None)
    try:
        demand_hidden(readable)
    except IsolationError as error:
        if asked == AUTO and floor is not None:
            return Chosen(floor, asked, None, (error.message,))
        raise IsolationError(error.message, hint="; ".join(filter(None, (error.hint, _WAY_OUT)))) from error
    notes: list[str] = []
    for level, carrier in _MEANS:
        # a program of another system is no candidate, unless it was asked for by name
        elsewhere = level is Level.SANDBOX_EXEC and not os.path.exists(seatbelt.PROGRAM)
        if asked != level.value and (asked != AUTO or elsewhere):
            continue
        try:
            return Chosen(level, asked, prove(level, python, readable, limits, carrier), tuple(notes))
        except IsolationError as error:
            notes.append(error.message if error.message.startswith(f"isolation: {level}:") else _named(level, error))
    if asked == AUTO and floor is not None:
        return Chosen(floor, asked, None, tuple(notes))
    raise IsolationError("; ".join(notes), hint=_WAY_OUT)


def _named(level: Level, error: IsolationError) -> str:
    return error.message.replace("isolation:", f"isolation: {level}:", 1)

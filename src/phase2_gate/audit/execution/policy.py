"""
What the auditor demands of an execution, and what an execution gave.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phase2_gate.isolation.command import Limits
from phase2_gate.isolation.level import Carrier, Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from phase2_gate.core.findings import Finding
    from phase2_gate.isolation.command import Completed


@dataclass(frozen=True, slots=True)
class Policy:
    """
    How the bundle's code is run.
    """

    level: Level = Level.PROCESS
    """How it is confined; never taken from the bundle."""
    carrier: Carrier = Carrier.NAMESPACES
    """What makes the box at level `Level.STRICT`."""
    imports: Limits = field(default_factory=lambda: Limits(wall_seconds=20.0))
    """Limits of the import gate."""
    tests: Limits = field(default_factory=lambda: Limits(wall_seconds=120.0))
    """Limits of the test gate."""


@dataclass(frozen=True, slots=True)
class TestPolicy:
    """
    What the auditor demands of the test suite.
    """

    __test__ = False  # pytest, when it collects a module that imports this

    paths: tuple[str, ...] = ()
    """Where tests are looked for, relative to the workspace; empty: where the bundle's own settings say."""
    minimum: int = 1
    """How many tests must have passed."""
    max_skipped: float = 0.5
    """The share of test functions that may go without a pass."""
    plugins: tuple[str, ...] = ()
    """pytest plugins of the interpreter that the auditor wants loaded."""
    progress: Callable[[TestOutcome], None] | None = None
    """Told of each test as its record arrives, for a terminal; decides nothing."""


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """
    What was seen of one test.
    """

    __test__ = False  # pytest, when it collects a module that imports this

    name: str
    """Its node id, as pytest gives it."""
    outcome: str
    """``passed``, ``failed``, ``error``, ``skipped``, ``xfailed``, ``xpassed``, ``deselected`` or ``missing``."""
    detail: str = ""
    """The reason of a skip, or the last line of a failure."""


@dataclass(frozen=True, slots=True)
class Execution:
    """
    What came of one gate.
    """

    command: tuple[str, ...]
    """The command that ran."""
    completed: Completed
    """What came of the process, its output included."""
    findings: tuple[Finding, ...]
    """What is wrong; empty only when everything demanded was seen."""
    tests: tuple[TestOutcome, ...] = ()
    """Every test that was seen, in the order of collection."""
    notes: tuple[str, ...] = ()
    """What the report should say besides."""

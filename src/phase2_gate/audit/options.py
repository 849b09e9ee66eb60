"""
What the auditor asks for, beyond the profile.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ..core.signed import Demand
from ..isolation.level import Level
from .execution.policy import TestOutcome
from .requirements import Requirements


@dataclass(frozen=True, slots=True)
class Options:
    """
    How an audit is done. Nothing of it ever comes from the bundle.
    """

    python: str = field(default_factory=lambda: sys.executable)
    """The interpreter that runs the bundle's code, with pytest installed."""
    requirements: Requirements | None = None
    """Packages of which a throw-away environment is made for the tests; None to run on `python` itself."""
    isolation: str = "auto"
    """How that code is confined, one of `phase2_gate.isolation.choose.CHOICES`."""
    floor: Level | None = None
    """With ``auto``, what is good enough when nothing isolates; only for callers who run the bundle's code anyway."""
    require_canonical: bool = False
    """Whether other bytes than `phase2-gate build` would write are a finding."""
    signed: Demand | None = None
    """Looks at the builder's signature of this bundle, before all else; None when none is demanded."""
    keep: bool = False
    """Whether the extracted files stay."""
    watch: Callable[[TestOutcome], None] | None = None
    """Told of each test as it ends, for a display; decides nothing."""
    journal_directory: Path | None = None
    """Where the journal goes: the report directory, or None for no journal."""

"""
Stand-ins for what runs code, so that the gates around it can be tested in every outcome.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from phase2_gate.audit import dynamic
from phase2_gate.audit.execution import imports, suite
from phase2_gate.audit.execution.interpreter import Interpreter
from phase2_gate.audit.execution.policy import Execution, TestOutcome
from phase2_gate.core.findings import Finding
from phase2_gate.isolation.choose import Chosen
from phase2_gate.isolation.command import Completed
from phase2_gate.isolation.level import Level
from phase2_gate.isolation.selftest import Proof
from tests.values import replace

ENDED = Completed(
    returncode=0,
    signal=None,
    stdout=b"out",
    stderr=b"err",
    record=b"",
    timed_out=False,
    output_exceeded=False,
    record_exceeded=False,
    seconds=0.5,
    level=Level.STRICT,
    layers=("namespaces", "seccomp"),
    notes=("a note",),
)
"""A run that went well."""

PASSED = (TestOutcome("tests/test_a.py::test_value", "passed"),)
"""The one test of the good bundle."""


@dataclass
class Stage:
    """
    What the stand-ins answer, and what they were asked.
    """

    imports: tuple[Finding, ...] = ()
    """What the import gate finds."""
    tests: tuple[Finding, ...] = ()
    """What the test gate finds."""
    outcomes: tuple[TestOutcome, ...] = PASSED
    """What was seen of each test."""
    interpreter: Interpreter = field(
        default_factory=lambda: Interpreter(sys.executable, "3.12.1", "CPython", "8.3.0", ())
    )
    """What the interpreter says of itself."""
    chosen: Chosen | Exception = field(
        default_factory=lambda: Chosen(Level.STRICT, "auto", Proof(Level.STRICT, ("write-file",), (), (), ()))
    )
    """The level in force, or why there is none."""
    act: dict[str, object] = field(default_factory=dict)
    """What happens while a gate runs: an exception is raised, a function is given the workspace."""
    asked: list[object] = field(default_factory=list)
    """What was handed to the stand-ins."""

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        Puts the stand-ins in place.
        """
        monkeypatch.setattr(dynamic, "inspect", self._inspect)
        monkeypatch.setattr(dynamic, "choose", self._choose)
        monkeypatch.setattr(imports, "check", self._imports)
        monkeypatch.setattr(suite, "check", self._tests)

    def _inspect(self, python: str) -> Interpreter:
        self.asked.append(("python", python))
        return self.interpreter

    def _choose(self, asked: str, *_: object, floor: object) -> Chosen:
        self.asked.append(("isolation", asked, floor))
        if isinstance(self.chosen, Exception):
            raise self.chosen
        return self.chosen

    def _imports(self, workspace: Path, modules: object, _: object, policy: object) -> Execution:
        self.asked.append(("imports", modules, policy))
        self._happen("imports", workspace)
        return Execution(("python", "imports"), self._completed(), self.imports)

    def _tests(self, workspace: Path, demanded: object, _: object, policy: object) -> Execution:
        self.asked.append(("tests", demanded, policy))
        self._happen("tests", workspace)
        return Execution(("python", "tests"), self._completed(), self.tests, self.outcomes, ("a key was dropped",))

    def _completed(self) -> Completed:
        return ENDED if isinstance(self.chosen, Exception) else replace(ENDED, level=self.chosen.level)

    def _happen(self, gate: str, workspace: Path) -> None:
        act = self.act.get(gate)
        if isinstance(act, BaseException):
            raise act
        if callable(act):
            act(workspace)

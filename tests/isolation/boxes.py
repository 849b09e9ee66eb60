"""
What the tests of the isolating levels share: whether they work here, and boxes to run code in.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from phase2_gate.audit.execution.interpreter import Interpreter, inspect
from phase2_gate.core.errors import IsolationError
from phase2_gate.isolation.command import Box, Command, Completed, Limits
from phase2_gate.isolation.environment import build
from phase2_gate.isolation.level import Carrier, Level
from phase2_gate.isolation.scratch import private
from phase2_gate.isolation.selftest import Proof, prove
from phase2_gate.isolation.start import run

from ..tools import require


class Kind(NamedTuple):
    """
    A level, and what makes its box.
    """

    level: Level
    carrier: Carrier = Carrier.NAMESPACES

    def __str__(self) -> str:
        return self.level.value if self.carrier is Carrier.NAMESPACES else self.carrier.value


STRICT, CARRIED, LANDLOCK = Kind(Level.STRICT), Kind(Level.STRICT, Carrier.BUBBLEWRAP), Kind(Level.LANDLOCK)


@cache
def python() -> Interpreter:
    """
    The interpreter that runs this suite.
    """
    return inspect(sys.executable)


@cache
def proof(level: Level, carrier: Carrier = Carrier.NAMESPACES) -> Proof | str:
    """
    The self-test of a level on this machine, or why it does not hold.
    """
    try:
        return prove(level, python().path, python().readable, carrier=carrier)
    except IsolationError as error:
        return str(error)


def need(level: Level, carrier: Carrier = Carrier.NAMESPACES) -> None:
    """
    Skip the test where a level does not work.
    """
    if carrier is Carrier.BUBBLEWRAP:
        require("bwrap")
    found = proof(level, carrier)
    if isinstance(found, str):
        pytest.skip(found)


def boxed(kind: Kind, workspace: Path, code: str, limits: Limits | None = None) -> Completed:
    """
    Run Python code in a box.
    """
    need(*kind)
    for directory in (workspace, *workspace.rglob("*")):
        directory.chmod(0o755 if directory.is_dir() else 0o644)
    with private() as scratch:
        return run(
            Command(
                argv=(python().path, "-I", "-B", "-c", code),
                cwd=workspace,
                env=build(scratch),
                box=Box(workspace, scratch, python().readable),
                level=kind.level,
                carrier=kind.carrier,
                limits=limits or Limits(wall_seconds=20.0),
            )
        )

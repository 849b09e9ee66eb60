"""
What the tests of the execution gates share: workspaces, and the interpreter that runs them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from phase2_gate.audit.execution import interpreter
from phase2_gate.audit.execution.interpreter import Interpreter

Workspace = Callable[[dict[str, str]], Path]


@pytest.fixture(scope="session")
def python() -> Interpreter:
    """
    The interpreter that runs this suite.
    """
    return interpreter.inspect(sys.executable)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """
    Makes a workspace out of texts by path.
    """

    def make(files: dict[str, str]) -> Path:
        root = tmp_path / "workspace"
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        return root

    return make

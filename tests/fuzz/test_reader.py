"""
A slice of the fuzzing, without and with atheris.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import vectors
from tests.fuzz import reader
from tests.tools import NO_SKIP


def test_every_vector_goes_through_the_target() -> None:
    """
    The target says of each accepted vector that it passed, and raises for none.
    """
    passed = {path for path, data in vectors.files().items() if reader.target(data)}

    assert passed >= {path for path in vectors.files() if path.startswith("accepted/")}


def test_blind_mutations() -> None:
    """
    A few thousand inputs bring no exception, and nothing that two readers read differently.
    """
    count, passed = reader.run_blindly(60, seed=7, most=3000)

    assert count == 3000
    assert passed < count


def test_the_seeds_are_the_vectors(tmp_path: Path) -> None:
    """
    The corpus begins with every vector.
    """
    reader.seeds(tmp_path / "corpus")

    assert len(list((tmp_path / "corpus").iterdir())) == len(vectors.files())


def test_atheris_runs_the_target(tmp_path: Path) -> None:
    """
    The documented command works, for a moment.
    """
    if importlib.util.find_spec("atheris") is None:
        if os.environ.get(NO_SKIP) == "1":
            pytest.fail(f"atheris is not installed, and {NO_SKIP}=1 forbids to skip")
        pytest.skip("atheris is not installed")
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.fuzz.reader", "-runs=500", str(tmp_path / "corpus")]
    ran = subprocess.run(command, cwd=root, capture_output=True, check=False, timeout=120)

    assert ran.returncode == 0, ran.stderr.decode(errors="replace")

"""
A slice of the fuzzing, blind; the coverage-guided minute is a step of its own in CI (`hatch run fuzz:reader`).
"""

from __future__ import annotations

from pathlib import Path

from tests import vectors
from tests.fuzz import reader


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

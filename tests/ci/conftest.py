"""
The bundles that everything here is shown on.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ..bundles import GOOD, bundle, manifest

BAD = {**GOOD, "tests/test_b.py": b"def test_b():\n    assert 0\n"}
CHANGED = {**GOOD, "pkg/__init__.py": b"VALUE = 2\n"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """
    A directory with a bundle that passes, one whose tests fail, and one that is not what its manifest says.
    """
    directory = tmp_path / "job"
    (directory / "dist").mkdir(parents=True)
    (directory / "dist/good.zip").write_bytes(bundle(GOOD))
    (directory / "dist/bad.zip").write_bytes(bundle(BAD))
    (directory / "dist/changed.zip").write_bytes(bundle(CHANGED, listed=manifest(GOOD)))
    return directory

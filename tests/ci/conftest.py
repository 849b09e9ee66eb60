"""
The bundles that everything here is shown on.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ..bundles import GOOD, bundle, manifest

BAD = {**GOOD, "tests/test_b.py": b"def test_b():\n    assert 0\n"}
CHANGED = {**GOOD, "pkg/__init__.py": b"VALUE = 2\n"}


def plant(directory: Path) -> None:
    """
    Puts modules with the names of others into `directory`; each leaves a trace when it is loaded, and ends in success.
    """
    for name in ("json", "hashlib", "urllib", "subprocess", "glob", "argparse", "phase2_gate", "zlib", "tempfile"):
        trap = f"import os\nopen({str(directory / f'loaded-{name}')!r}, 'w').close()\nos._exit(0)\n"
        (directory / f"{name}.py").write_text(trap, encoding="utf-8")


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

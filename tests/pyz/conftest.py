"""
One archive for all tests of it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts/build_pyz.py"


@pytest.fixture(scope="session")
def pyz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The archive, as the Hatch script builds it.
    """
    output = tmp_path_factory.mktemp("pyz") / "phase2-gate.pyz"
    subprocess.run([sys.executable, "-I", str(SCRIPT), "--output", str(output)], check=True, capture_output=True)
    return output

"""
Programs of others that tests ask; where one is missing its tests are skipped by its name, unless that is forbidden.
"""

from __future__ import annotations

import os
import shutil

import pytest

NO_SKIP = "PHASE2_GATE_NO_SKIP"
"""With this set to 1 in the environment a missing program fails the test, so that CI cannot lose one unseen."""


def require(tool: str) -> str:
    """
    The path of a program.

    Args:
        tool: Its name.
    """
    found = shutil.which(tool)
    if found is not None:
        return found
    if os.environ.get(NO_SKIP) == "1":
        pytest.fail(f"{tool} is not installed, and {NO_SKIP}=1 forbids to skip")
    pytest.skip(f"{tool} is not installed")

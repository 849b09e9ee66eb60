"""
The package index, for the few tests that are about installing from one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import cache

import pytest

from ..tools import NO_SKIP


def require_index() -> None:
    """
    Skips a test where pip reaches no index, or fails it where skipping is forbidden.
    """
    problem = _problem()
    if problem and os.environ.get(NO_SKIP) == "1":
        pytest.fail(f"no package index answers, and {NO_SKIP}=1 forbids to skip: {problem}")
    if problem:
        pytest.skip("no package index answers")


@cache
def _problem() -> str:
    call = ["-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir", "--retries=0", "--timeout=10"]
    with tempfile.TemporaryDirectory() as directory:
        done = subprocess.run(
            [sys.executable, *call, "--dest", directory, "pluggy==1.7.0"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    return done.stderr.strip() if done.returncode else ""

"""
What is built once for all tests with the real Hatch.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.hatch.projects import copy_of_this_project, run


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The wheel of this project.
    """
    root = tmp_path_factory.mktemp("wheel")
    copy = copy_of_this_project(root / "project")
    done = run(copy, sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(root))
    assert done.returncode == 0, done.stderr
    (found,) = root.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A directory in which the wheel is installed.
    """
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*command, str(wheel)], check=True, capture_output=True)
    return target

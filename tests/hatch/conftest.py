"""
What is built once for all tests with the real Hatch.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest

from tests.hatch.projects import copy_of_this_project, run


@pytest.fixture(scope="session")
def still(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A still copy of this project, for others may work in the checkout meanwhile.
    """
    return copy_of_this_project(tmp_path_factory.mktemp("still") / "project")


@pytest.fixture(scope="session")
def wheel(still: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The wheel of this project.
    """
    root = tmp_path_factory.mktemp("wheel")
    done = run(still, sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(root))
    assert done.returncode == 0, done.stderr
    (found,) = root.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A directory in which the wheel is installed; a pure wheel that is unpacked is.
    """
    target = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target

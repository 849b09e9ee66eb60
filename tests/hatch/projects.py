"""
Projects and environments for tests with the real Hatch.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""This checkout."""

_LEFT_OUT = shutil.ignore_patterns(
    ".git",
    ".venv",
    "artifacts",
    "dist",
    "node_modules",
    "__pycache__",
    ".*_cache",
    ".hypothesis",
    ".coverage*",
    "*.egg-info",
)


def copy_of_this_project(target: Path, source: Path = ROOT) -> Path:
    """
    This checkout as it lies on the disk, without what stems from runs.
    """
    shutil.copytree(source, target, ignore=_LEFT_OUT, symlinks=True)
    return target


def run(directory: Path, *command: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """
    Runs a command, with Hatch's own directories below `directory`'s parent and `path` to import from.
    """
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("HATCH_", "PYTHON", "COV"))
    }
    private = directory.parent / "hatch-home"
    environment |= {"HATCH_DATA_DIR": str(private / "data"), "HATCH_CACHE_DIR": str(private / "cache"), "NO_COLOR": "1"}
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    return subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def build_with_hatch(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """
    ``hatch build`` with these arguments.
    """
    return run(directory, sys.executable, "-m", "hatch", "build", *arguments)


def build_with_hatchling(directory: Path, site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """
    ``python -m hatchling build`` with this project installed in `site`.
    """
    return run(directory, sys.executable, "-m", "hatchling", "build", *arguments, path=site)


def build_with_library(directory: Path, code: Path, output: Path) -> str:
    """
    `phase2_gate.build.build`, imported from `code`.

    Returns:
        The digest of the bundle.
    """
    program = (
        "import pathlib, sys; from phase2_gate.build import build; "
        "print(build(pathlib.Path('.'), output=pathlib.Path(sys.argv[1])).sha256)"
    )
    done = run(directory, sys.executable, "-c", program, str(output), path=code)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


PYPROJECT = """\
[build-system]
requires = ["hatchling", "phase2-gate @ {wheel}"]
build-backend = "hatchling.build"

[project]
name = "sample"
version = "1.0"
requires-python = ">=3.11"

[tool.hatch.build]
dev-mode-dirs = ["src"]

[tool.hatch.build.targets.wheel]
packages = ["src/sample"]

[tool.hatch.build.targets.wheel.hooks.phase2bundle]

[tool.hatch.metadata]
allow-direct-references = true

[tool.phase2-gate]
output = "bundles/sample.zip"
sources = {{ "src" = "" }}
"""


def sample_files(wheel: Path) -> dict[str, str]:
    """
    A stranger's project whose only extra build requirement is our `wheel`.
    """
    return {
        ".bundleignore": "/dist/\n/bundles/\n",
        "pyproject.toml": PYPROJECT.format(wheel=wheel.as_uri()),
        "src/sample/__init__.py": '"""A sample."""\n',
        "tests/test_sample.py": "import sample\n\n\ndef test_it() -> None:\n    assert sample.__doc__\n",
    }


def three_lines(wheel: Path) -> str:
    """
    The settings of a project that sets nothing but the target.
    """
    return (
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "sample"\nversion = "1.0"\n'
        f'[tool.hatch.envs.hatch-build]\ndependencies = ["phase2-gate[hatch] @ {wheel.as_uri()}"]\n'
        "[tool.hatch.build.targets.phase2bundle]\n"
    )


SAMPLE_MEMBERS = [
    "manifest.txt",
    ".bundleignore",
    "pyproject.toml",
    "sample/__init__.py",
    "tests/test_sample.py",
]
"""What the sample's bundle holds."""

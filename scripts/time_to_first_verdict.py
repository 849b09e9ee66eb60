"""
How long a newcomer takes from ``pip install`` to ``RESULT: PASS``: ``python scripts/time_to_first_verdict.py``.

In an empty environment and with an empty cache, the commands of the README are run on a small Hatch project, or on one
of yours (``--project DIR``), and timed. The wheel and the environment are made before the clock starts. Needs a package
index, as pip is set up to use one.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent

COMMANDS = (
    ("python", "-m", "pip", "install", "--quiet", "{wheel}"),
    ("phase2-gate", "build", "--output", "../my-project.zip"),
    ("phase2-gate", "audit", "../my-project.zip"),
)
"""What a newcomer types; the README shows the same."""

PROJECT = {
    "pyproject.toml": """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "my-project"
version = "1.0"
""",
    "README.md": "# my-project\n",
    "src/my_project/__init__.py": """\
def double(number: int) -> int:
    return 2 * number
""",
    "tests/test_double.py": """\
from my_project import double


def test_double() -> None:
    assert double(21) == 42
""",
}
"""A small Hatch project: what `hatch new` lays out, with a function and a test."""


class Timed(NamedTuple):
    """
    One command and what it took.
    """

    command: str
    """What was typed."""
    seconds: float
    """From start to end."""


def environment(home: Path, scripts: Path) -> dict[str, str]:
    """
    That of somebody who has only this: an empty home, no cache, and what says where packages are.
    """
    kept = ("PIP_", "SSL_", "REQUESTS_", "CURL_", "LANG", "SYSTEMROOT")
    variables = {name: value for name, value in os.environ.items() if name.startswith(kept)}
    path = os.pathsep.join([str(scripts), os.environ.get("PATH", "")])
    return variables | {"HOME": str(home), "PATH": path, "PIP_NO_CACHE_DIR": "1"}


def measure(project: Path, wheel: Path, scratch: Path) -> tuple[list[Timed], str]:
    """
    Types the commands in a project.

    Args:
        project: Where they are typed.
        wheel: What is installed.
        scratch: A directory for the environment.

    Returns:
        Each command with its time, and the last line of the last one.

    Raises:
        subprocess.CalledProcessError: when a command fails.
    """
    venv.create(scratch / "environment", with_pip=True)
    scripts = scratch / "environment" / ("Scripts" if os.name == "nt" else "bin")
    variables = environment(scratch, scripts)
    timed, last = [], ""
    for words in COMMANDS:
        command = [word.format(wheel=wheel) for word in words]
        began = time.monotonic()
        done = subprocess.run(
            [str(scripts / command[0]), *command[1:]],
            cwd=project,
            env=variables,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        timed.append(Timed(" ".join([*command[:-1], Path(command[-1]).name]), time.monotonic() - began))
        last = (done.stdout.splitlines() or [""])[-1]
    return timed, last


def lines(timed: Sequence[Timed], last: str) -> list[str]:
    """
    What is printed about a measurement.
    """
    total = sum(one.seconds for one in timed)
    machine = f"{platform.python_implementation()} {platform.python_version()}, {platform.platform()}"
    return [
        *(f"{one.seconds:7.1f} s  {one.command}" for one in timed),
        f"{total:7.1f} s  {len(timed)} commands, {last}",
        f"{os.cpu_count()} processors, {machine}",
    ]


def main(arguments: list[str]) -> int:
    """
    Prints the times; 1 unless the verdict was a PASS.
    """
    parser = argparse.ArgumentParser(description="Time the way from pip install to a verdict.")
    parser.add_argument("--project", type=Path, metavar="DIR", help="a project of yours (default: a small one)")
    parser.add_argument("--wheel", type=Path, metavar="FILE", help="what is installed (default: built from here)")
    parsed = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name).resolve()
        wheel = parsed.wheel.resolve() if parsed.wheel else _built(scratch / "wheels")
        project = parsed.project.resolve() if parsed.project else _written(scratch / "my-project")
        timed, last = measure(project, wheel, scratch)
    for line in lines(timed, last):
        sys.stdout.write(f"{line}\n")
    return int(last != "RESULT: PASS")


def _built(directory: Path) -> Path:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(directory), str(ROOT)]
    subprocess.run(command, check=True)
    (wheel,) = directory.glob("*.whl")
    return wheel


def _written(directory: Path) -> Path:
    for name, text in PROJECT.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return directory


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""
Commands of a page, typed one after the other into one shell.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sysconfig
import tomllib
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.docs.pages import ROOT
from tests.tools import require

SECONDS = 600
"""How long one shell may take before something hangs."""

_KEPT = ("LANG", "LC_", "SSL_", "PIP_", "REQUESTS_", "CURL_", "TMPDIR", "SYSTEMROOT", "NODE_EXTRA_")
"""Beginnings of names of variables that say where this machine has things; nothing else is handed on."""


class Outcome(NamedTuple):
    """
    What one command did.
    """

    status: int
    """Its exit status."""
    output: str
    """Standard output and standard error, as a terminal shows them."""


def programs(directory: Path) -> Path:
    """
    A directory of programs that a reader has installed: ours, out of this checkout, and this interpreter.

    Args:
        directory: An existing directory, in which it is made.

    Returns:
        What goes into `PATH`.
    """
    python = _interpreter(directory)
    for name, words in {
        "phase2-gate": "-m phase2_gate",
        "hatch": "-m hatch",
        "pytest": "-m pytest",
        "python": "",
        "python3": "",
    }.items():
        program = directory / "bin" / name
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(str(python))} {words} "$@"\n', "utf-8")
        program.chmod(0o755)
    return directory / "bin"


def _interpreter(directory: Path) -> Path:
    """
    One with our packages, with us out of this checkout, and with the runtime by the name that it has in a bundle.
    """
    environment = directory / "environment"
    venv.create(environment, symlinks=True)
    (directory / "bin").mkdir()
    shutil.copytree(ROOT / "src/phase2_gate/runtime", directory / "site/runtime")
    (site,) = environment.glob("lib/python*/site-packages")
    found = [str(ROOT / "src"), str(directory / "site"), *map(sysconfig.get_path, ("purelib", "platlib"))]
    (site / "reader.pth").write_text("\n".join(dict.fromkeys(found)) + "\n", "utf-8")
    _metadata(directory / "site/phase2_gate-0.dist-info")
    return environment / "bin/python"


def _metadata(target: Path) -> None:
    """
    What an installation says about us: where pytest finds its plugin.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    target.mkdir()
    (target / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 0\n", "utf-8")
    groups = (
        "".join([f"[{group}]\n", *(f"{name} = {value}\n" for name, value in points.items())])
        for group, points in project["entry-points"].items()
    )
    (target / "entry_points.txt").write_text("".join(groups), "utf-8")


def environment(home: Path, *path: Path) -> dict[str, str]:
    """
    The environment of somebody who has just logged in.

    Args:
        home: An empty directory.
        path: Where programs are looked for, before the system's directories.
    """
    kept = {name: value for name, value in os.environ.items() if name.upper().startswith(_KEPT)}
    return kept | {
        "HOME": str(home),
        "PATH": os.pathsep.join([*map(str, path), "/usr/local/bin", "/usr/bin", "/bin"]),
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def run(commands: Sequence[str], directory: Path, variables: Mapping[str, str], scratch: Path) -> list[Outcome]:
    """
    Runs commands in one shell, so that what one of them changes (a variable, the directory) holds for the next.

    Args:
        commands: What is typed.
        directory: Where the shell starts.
        variables: Its environment.
        scratch: An existing directory for what the commands print.

    Raises:
        subprocess.TimeoutExpired: when they hang.
    """
    bash = require("bash")
    lines = []
    for number, command in enumerate(commands):
        # The status of a command is there for the next one, as it is at a prompt.
        lines += [f"{{ {command}\n}} >{shlex.quote(str(scratch / f'{number}.out'))} 2>&1 </dev/null"]
        lines += [f"status=$?; echo $status >{shlex.quote(str(scratch / f'{number}.status'))}; (exit $status)"]
    script = scratch / "typed.sh"
    script.write_text("\n".join(lines) + "\n", "utf-8")
    subprocess.run(
        [bash, "--noprofile", "--norc", str(script)], cwd=directory, env=dict(variables), check=False, timeout=SECONDS
    )
    return [
        Outcome(
            int((scratch / f"{number}.status").read_text("ascii")),
            (scratch / f"{number}.out").read_text("utf-8", "backslashreplace"),
        )
        for number in range(len(commands))
    ]

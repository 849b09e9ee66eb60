"""
What of this distribution travels in a bundle that carries its verifier.

Exactly what an audit needs, standard library only (pytest aside); a test compares the list with what the modules
import. In the bundle it lies under `DIRECTORY`: the launcher of the Phase 2 bundle finds it there, and the directory
itself runs as a program, ``python scripts/phase2_gate --zip BUNDLE``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ..core.errors import BuildError
from ..workspace.walk import File

DIRECTORY = "scripts/phase2_gate"
"""Where the carried copy lies in the bundle."""

MODULES = (
    "__init__.py",
    "__main__.py",
    "_names.py",
    "_version.py",
    "audit/",
    "cli/__init__.py",
    "cli/actions.py",
    "cli/carried.py",
    "cli/demands.py",
    "cli/display.py",
    "cli/gate_script.py",
    "cli/guard.py",
    "cli/judging.py",
    "cli/live.py",
    "cli/options.py",
    "cli/stopping.py",
    "cli/terminal.py",
    "core/",
    "isolation/",
    "library/__init__.py",
    "library/demands.py",
    "library/evidence.py",
    "library/profiles.py",
    "report/",
    "runtime/__init__.py",
    "runtime/canonical.py",
    "runtime/context.py",
    "runtime/durable.py",
    "runtime/errors.py",
    "runtime/orchestration/__init__.py",
    "runtime/orchestration/chain_writer.py",
    "runtime/orchestration/checkpoint.py",
    "runtime/orchestration/journal_file.py",
    "runtime/orchestration/journal_scan.py",
    "runtime/orchestration/journal_verify.py",
    "runtime/orchestration/mission_journal.py",
    "runtime/orchestration/record.py",
    "runtime/orchestration/run_state.py",
    "runtime/timestamp.py",
)
"""Modules, and packages (with a slash) of which every module travels but those of `LEFT_OUT`."""

LEFT_OUT = ("audit/unpack.py", "core/key_material.py", "core/key_text.py", "core/rules/selection.py")
"""Modules of carried packages that only other commands need."""


def files() -> list[File]:
    """
    The files of the carried verifier, by their paths in the bundle.

    Raises:
        BuildError: when the installation is not complete.
    """
    package = Path(__file__).resolve().parent.parent
    return [File(f"{DIRECTORY}/{name}", os.fsencode(package / name)) for name in _names(package)]


def _names(package: Path) -> Iterator[str]:
    for entry in MODULES:
        found = [package / entry] if entry.endswith(".py") else sorted((package / entry).rglob("*.py"))
        if not found or not all(one.is_file() for one in found):
            message = f"carry-verifier: this installation lacks {entry!r}: seen {str(package)!r}"
            raise BuildError(message, hint="install phase2-gate again, from a wheel or a checkout")
        names = (one.relative_to(package).as_posix() for one in found)
        yield from (name for name in names if name not in LEFT_OUT)

"""
The command ``diff``, and what ``build --twice`` adds.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from ..compare import Comparison, again, rendering
from ..core.errors import SelectionError
from ..core.escape import line
from ..library import building
from . import bar, displays, terminal
from .guard import BLOCKED, FAIL, PASS

_EXIT = {"equal": PASS, "different": FAIL, "not judged": BLOCKED}


def diff(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate diff``: whether two bundles, workspaces or directories are equal, and why not.
    """
    displays.demand_text(arguments)
    began = time.monotonic()
    try:
        comparison = building.diff(arguments.a, arguments.b)
    except SelectionError as error:
        # A workspace that cannot be packed has no bundle that could be equal or not.
        terminal.error(error)
        return BLOCKED
    if arguments.format == "json":
        import json

        document = rendering.document(comparison, arguments.a, arguments.b)
        terminal.out(json.dumps(document, indent=2, sort_keys=True))
        return _EXIT[comparison.outcome]
    *lines, result = rendering.text(comparison)
    if arguments.verbose:
        lines += [f"{name:<14} {_kind(path)} {line(path)}" for name, path in (("A", arguments.a), ("B", arguments.b))]
        lines.append(f"{'time':<14} {time.monotonic() - began:.3f} s")
    out = displays.line()
    for each in (result,) if arguments.quiet else (*lines, result):
        out(each)
    return _EXIT[comparison.outcome]


def _kind(path: str) -> str:
    return "directory" if os.path.isdir(path) else "bundle"


def twice(workspace: Path, bundle: Path, *, quiet: bool) -> int:
    """
    What ``phase2-gate build --twice`` does after the first build.
    """
    shown = bar.of_build(quiet=quiet)
    try:
        comparison = again(workspace, bundle, None if shown is None else shown.tell)
    finally:
        if shown is not None:
            shown.close()
    if comparison.outcome == "equal":
        terminal.out("twice        equal: a second build elsewhere, in another environment, gave the same bytes")
        return PASS
    if comparison.outcome == "different":
        terminal.complain("error: a second build of the same files gave another bundle (A is the first)")
    else:
        terminal.complain("error: the bundles of the two builds cannot be compared (A is the first)")
    return show(comparison)


def show(comparison: Comparison) -> int:
    """
    Prints a comparison for people; returns the exit code.
    """
    for each in rendering.text(comparison):
        terminal.out(each)
    return _EXIT[comparison.outcome]

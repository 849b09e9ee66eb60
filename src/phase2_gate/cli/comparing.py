"""
The command ``diff``, and what ``build --twice`` adds.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ..compare import Comparison, again, rendering
from ..core.errors import SelectionError
from ..library import building
from . import terminal
from .guard import BLOCKED, FAIL, PASS

_EXIT = {"equal": PASS, "different": FAIL, "not judged": BLOCKED}


def diff(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate diff``: whether two bundles, workspaces or directories are equal, and why not.
    """
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
    return show(comparison)


def twice(workspace: Path, bundle: Path) -> int:
    """
    What ``phase2-gate build --twice`` does after the first build.
    """
    comparison = again(workspace, bundle)
    if comparison.outcome == "equal":
        terminal.out("twice        equal: a second build elsewhere, in another environment, gave the same bytes")
        return PASS
    terminal.complain("error: a second build of the same files gave another bundle (A is the first)")
    return show(comparison)


def show(comparison: Comparison) -> int:
    """
    Prints a comparison for people; returns the exit code.
    """
    for line in rendering.text(comparison):
        terminal.out(line)
    return _EXIT[comparison.outcome]

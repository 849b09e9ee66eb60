"""
The commands about workspaces: ``build``, ``manifest`` and ``list``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from .. import build as building
from ..build.contents import selected
from ..core import manifest as manifests
from ..core.escape import line
from ..workspace import settings as workspace_settings
from ..workspace.selection import Selection
from . import terminal
from .guard import FAIL, PASS


def build(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate build``: writes the bundle.
    """
    output = None if arguments.output is None else Path(arguments.output)
    built = building.build(Path(arguments.workspace), output=output)
    for path, reason in built.skipped:
        terminal.complain(f"skipped: {line(path)}: {reason}")
    for warning in built.warnings:
        terminal.warn(warning)
    terminal.out(f"built        {line(str(built.path))} ({len(built.members)} members)")
    terminal.out(f"bundle       sha256 {built.sha256}")
    terminal.out(f"manifest     sha256 {built.manifest_sha256}")
    if arguments.twice:
        from . import comparing

        return comparing.twice(Path(arguments.workspace), built.path)
    return PASS


def manifest(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate manifest``: prints it, or compares it with the committed one.
    """
    workspace = Path(arguments.workspace)
    if not arguments.check:
        terminal.raw(building.manifest(workspace))
        return PASS
    differences = building.check_manifest(workspace)
    for difference in differences:
        terminal.out(line(difference))
    if differences:
        terminal.complain(f"error: {manifests.NAME}: not up to date: seen {len(differences)} differences, need none")
        terminal.complain(
            "hint: `hatch build -t phase2bundle` or `phase2-gate build` writes it anew; commit the result"
        )
        return FAIL
    terminal.out(f"{manifests.NAME} is up to date")
    return PASS


def show(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate list``: what would be packed, and what the built-in list leaves out.
    """
    workspace = Path(arguments.workspace)
    selection = selected(workspace, workspace_settings.load(workspace))
    if arguments.format == "json":
        import json

        terminal.out(json.dumps(_document(selection), indent=2, sort_keys=True))
        return PASS
    for member in selection.members:
        mode = "x" if member.executable else "-"
        mapped = "" if member.source == member.path else f"  from {line(member.source)}"
        terminal.out(f"{member.size:>12} {mode} {line(member.path)}{mapped}")
    total = sum(member.size for member in selection.members)
    terminal.out(f"{total:>12} bytes in {len(selection.members)} files, and {manifests.NAME}")
    for path, reason in selection.skipped:
        terminal.complain(f"skipped: {line(path)}: {reason}")
    return PASS


def _document(selection: Selection) -> dict[str, object]:
    return {
        "schema": "phase2-gate/list/1",
        "members": [
            {
                "path": line(member.path),
                "source": line(member.source),
                "size": member.size,
                "executable": member.executable,
            }
            for member in selection.members
        ],
        "skipped": [{"path": line(path), "reason": reason} for path, reason in selection.skipped],
        "total_bytes": sum(member.size for member in selection.members),
    }

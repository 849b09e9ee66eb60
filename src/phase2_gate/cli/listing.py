"""
``phase2-gate list``.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ..build.contents import selected
from ..core import manifest
from ..core.escape import line
from ..workspace import settings
from ..workspace.selection import Member, Selection
from . import terminal
from .guard import PASS


def show(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate list``: what would be packed, and what the built-in list leaves out.
    """
    workspace = Path(arguments.workspace)
    selection = selected(workspace, settings.load(workspace))
    if arguments.format == "json":
        terminal.out(json.dumps(_document(selection), indent=2, sort_keys=True))
        return PASS
    for text in _tree(selection) if arguments.tree else _rows(selection):
        terminal.out(text)
    terminal.out(f"{_total(selection):>12} bytes in {len(selection.members)} files, and {manifest.NAME}")
    for path, reason in selection.skipped:
        terminal.complain(f"skipped: {line(path)}: {reason}")
    return PASS


def _total(selection: Selection) -> int:
    return sum(member.size for member in selection.members)


def _marks(member: Member) -> str:
    return f"{member.size:>12} {'x' if member.executable else '-'}"


def _origin(member: Member) -> str:
    return "" if member.source == member.path else f"  from {line(member.source)}"


def _rows(selection: Selection) -> Iterator[str]:
    for member in selection.members:
        yield f"{_marks(member)} {line(member.path)}{_origin(member)}"


def _tree(selection: Selection) -> Iterator[str]:
    """
    The members below their directories, which come with the sizes and numbers of everything in them.
    """
    sizes: Counter[str] = Counter()
    numbers: Counter[str] = Counter()
    for member in selection.members:
        for directory in _above(member.path):
            sizes[directory] += member.size
            numbers[directory] += 1
    shown: set[str] = set()
    # By component, so that what lies in a directory stands together: "a.b" is sorted before "a/b" as a member.
    for member in sorted(selection.members, key=lambda one: one.path.split("/")):
        for depth, directory in enumerate(_above(member.path)):
            if directory not in shown:
                shown.add(directory)
                files = "1 file" if numbers[directory] == 1 else f"{numbers[directory]} files"
                name = line(directory.rpartition("/")[2])
                yield f"{sizes[directory]:>12}   {'  ' * depth}{name}/ ({files})"
        indent = "  " * member.path.count("/")
        yield f"{_marks(member)} {indent}{line(member.path.rpartition('/')[2])}{_origin(member)}"


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


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
        "total_bytes": _total(selection),
        "total_files": len(selection.members),
    }

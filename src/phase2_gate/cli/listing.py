"""
``phase2-gate list``.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator

from ..build.contents import selected
from ..core import manifest
from ..core.errors import SelectionError
from ..core.escape import line
from ..workspace import places, reading, settings
from ..workspace.selection import Member, Selection
from . import standing, terminal
from .guard import PASS, USAGE


def show(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate list``: what would be packed, and what the built-in list leaves out.
    """
    if arguments.tree and arguments.format == "json":
        terminal.complain("error: --tree: shown as text: seen --format json, need --format text")
        terminal.complain("hint: the document has every path, size and origin")
        return USAGE
    workspace = standing.workspace(arguments.workspace)
    wanted = settings.load(workspace)
    selection = selected(workspace, wanted)
    for warning in places.unmet(workspace, wanted):
        terminal.warn(warning)
    listed = [(member, _size(member)) for member in selection.members]
    if arguments.format == "json":
        terminal.out(json.dumps(_document(selection, listed), indent=2, sort_keys=True))
        return PASS
    for text in _tree(listed) if arguments.tree else _rows(listed):
        terminal.out(text)
    terminal.out(f"{_total(listed):>12} bytes in {len(listed)} files, and {manifest.NAME}")
    for path, reason in selection.skipped:
        terminal.complain(f"skipped: {line(path)}: {reason}")
    return PASS


def _size(member: Member) -> int:
    try:
        return reading.size(member.location)
    except OSError as error:
        message = f"{line(member.source)}: cannot be read: {error.strerror}"
        raise SelectionError(message, hint="list again when nothing writes to the workspace") from error


def _total(listed: list[tuple[Member, int]]) -> int:
    return sum(size for _, size in listed)


def _marks(member: Member, size: int) -> str:
    return f"{size:>12} {'x' if member.executable else '-'}"


def _origin(member: Member) -> str:
    return "" if member.source == member.path else f"  from {line(member.source)}"


def _rows(listed: list[tuple[Member, int]]) -> Iterator[str]:
    for member, size in listed:
        yield f"{_marks(member, size)} {line(member.path)}{_origin(member)}"


def _tree(listed: list[tuple[Member, int]]) -> Iterator[str]:
    """
    The members below their directories, which come with the sizes and numbers of everything in them.
    """
    sizes: Counter[str] = Counter()
    numbers: Counter[str] = Counter()
    for member, size in listed:
        for directory in _above(member.path):
            sizes[directory] += size
            numbers[directory] += 1
    shown: set[str] = set()
    # By component, so that what lies in a directory stands together: "a.b" is sorted before "a/b" as a member.
    for member, size in sorted(listed, key=lambda one: one[0].path.split("/")):
        for depth, directory in enumerate(_above(member.path)):
            if directory not in shown:
                shown.add(directory)
                files = "1 file" if numbers[directory] == 1 else f"{numbers[directory]} files"
                name = line(directory.rpartition("/")[2])
                yield f"{sizes[directory]:>12}   {'  ' * depth}{name}/ ({files})"
        indent = "  " * member.path.count("/")
        yield f"{_marks(member, size)} {indent}{line(member.path.rpartition('/')[2])}{_origin(member)}"


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


def _document(selection: Selection, listed: list[tuple[Member, int]]) -> dict[str, object]:
    return {
        "schema": "phase2-gate/list/1",
        "members": [
            {
                "path": line(member.path),
                "source": line(member.source),
                "size": size,
                "executable": member.executable,
            }
            for member, size in listed
        ],
        "skipped": [{"path": line(path), "reason": reason} for path, reason in selection.skipped],
        "total_bytes": _total(listed),
        "total_files": len(listed),
    }

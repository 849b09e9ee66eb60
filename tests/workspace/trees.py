"""
Makes directory trees for tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from phase2_gate.workspace import settings
from phase2_gate.workspace.selection import Selection, select
from phase2_gate.workspace.settings import Settings


def make(root: Path, files: Mapping[str, bytes | str]) -> Path:
    """
    Writes `files` below `root` and returns it.
    """
    root.mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def default_settings(**table: object) -> Settings:
    """
    Settings of a workspace that sets `table`, with dashes for underscores, and nothing else.
    """
    return settings.parse({key.replace("_", "-"): value for key, value in table.items()}, "work")


def selected(root: Path, **table: object) -> Selection:
    """
    The selection of `root` under such settings.
    """
    return select(root, default_settings(**table))


def names(selection: Selection) -> list[str]:
    """
    The paths of the members.
    """
    return [member.path for member in selection.members]

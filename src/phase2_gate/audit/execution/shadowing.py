"""
Members that would take the place of something which the interpreter or pytest loads, or that hide what they run.

They are told by their paths alone, before anything runs. Packages that pytest itself uses, such as `pluggy`, may be
bundled: pytest keeps the copy that it has loaded.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from phase2_gate.core.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

_START_UP = frozenset({"sitecustomize", "usercustomize"})
"""Imported by the interpreter itself when it starts."""
_JUDGES = frozenset({"pytest", "_pytest"})
"""What runs the tests."""
_HONEST = frozenset({"test", "__main__", "this", "antigravity"})
"""Names in the standard library that a workspace may use: nothing that runs here imports them."""
_COMPILED = (".pyc", ".pyo", ".so", ".pyd", ".dylib")


def check(paths: Iterable[str]) -> tuple[Finding, ...]:
    """
    What among the members shadows something, or hides what it runs.

    Args:
        paths: The members' paths.
    """
    return tuple(Finding("import-shadowing", path, why) for path in sorted(paths) if (why := _wrong(path)) is not None)


def _wrong(path: str) -> str | None:
    if path.endswith(".pth"):
        return "the interpreter runs lines of such a file when it starts"
    if path.endswith(_COMPILED):
        return "compiled code can't be read, and is preferred to the source beside it"
    parts = path.split("/")
    inside = parts[1:] if parts[0] == "src" else parts
    if any(part.endswith(".dist-info") for part in inside[:1]):
        return "it makes the workspace look like an installed distribution, with plugins that programs load unasked"
    name = _module(inside)
    if name in _START_UP:
        return "the interpreter imports it when it starts"
    if name in _JUDGES:
        return f"it takes the place of {name}, which judges the tests"
    if name in sys.stdlib_module_names and name not in _HONEST:
        return f"it takes the place of {name} of the standard library"
    return None


def _module(parts: list[str]) -> str:
    """
    The name by which a file makes a module at the top: ``json`` for ``json.py`` and for ``json/__init__.py``.
    """
    if parts[1:] == ["__init__.py"]:
        return parts[0]
    return parts[0].removesuffix(".py") if len(parts) == 1 and parts[0].endswith(".py") else ""

"""
What modules import, read from their source.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from importlib.util import resolve_name
from pathlib import Path

import phase2_gate

PACKAGE = Path(phase2_gate.__file__).parent
"""The package whose imports are read."""

_DOTTED = re.compile(r"phase2_gate(?:\.\w+)+")


def closure(roots: Iterable[str]) -> set[str]:
    """
    The modules of this distribution that `roots` import, on whatever way, as paths in the package.

    Imports inside functions count, and so do dotted names in texts: that is how packages load lazily and how programs
    for other processes are written. Docstrings do not.
    """
    pending = list(roots)
    found: dict[str, Path] = {}
    while pending:
        name = pending.pop()
        location = _locate(name)
        if location is None or name in found:
            continue
        found[name] = location
        pending.extend(_imports(name, location))
        pending.append(name.rpartition(".")[0])
    return {location.relative_to(PACKAGE).as_posix() for location in found.values()}


def _locate(name: str) -> Path | None:
    first, *rest = name.split(".")
    if first != "phase2_gate":
        return None
    base = PACKAGE.joinpath(*rest)
    for candidate in (base / "__init__.py", base.with_suffix(".py")):
        if candidate.is_file():
            return candidate
    return None


def _imports(name: str, location: Path) -> Iterator[str]:
    package = name if location.name == "__init__.py" else name.rpartition(".")[0]
    tree = ast.parse(location.read_bytes())
    described = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            source = resolve_name("." * node.level + (node.module or ""), package) if node.level else node.module or ""
            yield source
            yield from (f"{source}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in described:
            yield from _DOTTED.findall(node.value)

"""
The tests that a bundle's files declare, read from their text: nothing of it runs.

What is declared must be found by pytest. A hook, an option or a trick that makes a test disappear shows here.
"""

from __future__ import annotations

import ast
import fnmatch
import os
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from phase2_gate.audit.execution.settings import Settings

_SKIPPED = ("*.egg", ".*", "_darcs", "build", "CVS", "dist", "node_modules", "venv", "{arch}")
"""Directories that pytest does not enter by itself; those that a bundle adds are no excuse."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Declared:
    """
    One test function in a file.
    """

    name: str
    """Its node id without parameters."""
    line: int
    """Where its code begins: at its first decorator."""
    plain: bool
    """Whether all its decorators are pytest's marks, so that the code which runs is the code that stands here."""


def tests(workspace: Path, paths: tuple[str, ...], settings: Settings) -> tuple[Declared, ...]:
    """
    The tests at module level and in classes, in all files that the settings call files of tests.

    Args:
        workspace: The extracted bundle.
        paths: Where tests are looked for, relative to it.
        settings: The bundle's own settings.
    """
    found: dict[str, Declared] = {}
    for file in _files(workspace, paths, settings.patterns("python_files", "test_*.py *_test.py")):
        relative = file.relative_to(workspace).as_posix()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a stranger's invalid escapes are not ours to tell
            try:
                tree = ast.parse(file.read_bytes())
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue  # pytest can't collect it either, and that is a finding of its own
        found.update({test.name: test for test in _of_module(tree, relative, settings)})
    return tuple(found.values())


def _files(workspace: Path, paths: tuple[str, ...], patterns: tuple[str, ...]) -> Iterator[Path]:
    for path in paths:
        top = workspace / path
        if top.is_file():
            yield top
        for directory, inner, names in os.walk(top):
            inner[:] = sorted(name for name in inner if not any(fnmatch.fnmatch(name, skip) for skip in _SKIPPED))
            for name in sorted(names):
                if name.endswith(".py") and any(fnmatch.fnmatch(name, pattern) for pattern in patterns):
                    yield type(workspace)(directory) / name


def _of_module(tree: ast.Module, file: str, settings: Settings) -> Iterator[Declared]:
    functions = settings.patterns("python_functions", "test")
    classes = settings.patterns("python_classes", "Test")
    bound = _last_bound(tree.body)
    if _is_switched_off(bound):
        return
    for name, node in bound.items():
        if isinstance(node, _Function) and _matches(name, functions) and not _is_fixture(node):
            yield _declared(f"{file}::{name}", node)
        elif isinstance(node, ast.ClassDef) and (_is_unittest(node) or _matches(name, classes)):
            yield from _of_class(node, f"{file}::{name}", functions)


def _of_class(node: ast.ClassDef, prefix: str, functions: tuple[str, ...]) -> Iterator[Declared]:
    unittest = _is_unittest(node)
    bound = _last_bound(node.body)
    if _is_switched_off(bound) or (not unittest and {"__init__", "__new__"} & set(bound)):
        return
    wanted = ("test",) if unittest else functions
    for name, body in bound.items():
        if isinstance(body, _Function) and _matches(name, wanted) and not _is_fixture(body):
            yield _declared(f"{prefix}::{name}", body)


def _declared(name: str, node: _Function) -> Declared:
    line = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return Declared(name, line, all("mark" in _dotted(decorator) for decorator in node.decorator_list))


def _last_bound(body: list[ast.stmt]) -> dict[str, ast.stmt]:
    """
    What each name of a body means in the end: a later definition, assignment, import or deletion counts.
    """
    bound: dict[str, ast.stmt] = {}
    for statement in body:
        if isinstance(statement, (_Function, ast.ClassDef)):
            bound[statement.name] = statement
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
                bound[node.id] = statement
            elif isinstance(node, ast.alias):
                bound[(node.asname or node.name).partition(".")[0]] = statement
            elif isinstance(node, (_Function, ast.ClassDef)):
                bound[node.name] = statement  # under a condition: it may be there, or not
    return bound


def _is_switched_off(bound: dict[str, ast.stmt]) -> bool:
    """
    Whether ``__test__`` is set to something false, which is how pytest is told to leave a scope alone.
    """
    node = bound.get("__test__")
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and not node.value.value


def _is_unittest(node: ast.ClassDef) -> bool:
    return any(_dotted(base).rpartition(".")[2].endswith("TestCase") for base in node.bases)


def _is_fixture(node: _Function) -> bool:
    return any("fixture" in _dotted(decorator) for decorator in node.decorator_list)


def _dotted(node: ast.expr) -> str:
    """
    The name that an expression begins with: ``pytest.mark.skip`` for ``@pytest.mark.skip(reason="x")``.
    """
    while isinstance(node, ast.Call):
        node = node.func
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed([*parts, node.id] if isinstance(node, ast.Name) else parts))


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    """
    As pytest compares names: by prefix, or by shell pattern where there is one.
    """
    return any(
        name.startswith(pattern) or ({"*", "?", "["} & set(pattern) and fnmatch.fnmatch(name, pattern))
        for pattern in patterns
    )

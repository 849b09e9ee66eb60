"""
What becomes of the names in the body of a module or class, by its text.

Each is looked up once for every definition of it, and a stranger's file may hold very many: nothing here is done again
for each of them.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
"""What gives a name to code."""


@dataclass(slots=True)
class Fate:
    """
    What becomes of one name in a body.
    """

    last: ast.stmt | None = None
    """The last statement that gives it something new, or takes it away."""
    wrapped: bool = False
    """Whether it is given to something that is made of it."""


def fates(body: list[ast.stmt]) -> dict[str, Fate]:
    """
    What becomes of each name that a body defines, assigns, imports or removes.
    """
    found: dict[str, Fate] = {}
    for statement, _ in flat(body):
        if isinstance(statement, Definition):
            found.setdefault(statement.name, Fate()).last = statement
            continue
        made_of = _made_of(statement)
        for name in _names(statement):
            fate = found.setdefault(name, Fate())
            if name in made_of:
                fate.wrapped = True
            else:
                fate.last = statement
    return found


def flat(body: list[ast.stmt], *, nested: bool = False) -> Iterator[tuple[ast.stmt, bool]]:
    """
    The statements of a body and of the blocks in it, but not those of functions and classes.
    """
    for statement in body:
        yield statement, nested
        if not isinstance(statement, Definition):
            for part in ast.iter_child_nodes(statement):
                if isinstance(part, ast.stmt):
                    yield from flat([part], nested=True)
                elif isinstance(part, (ast.ExceptHandler, ast.match_case)):
                    yield from flat(part.body, nested=True)


def _names(statement: ast.stmt) -> Iterator[str]:
    """
    The names that a statement gives or takes away, apart from those of the blocks in it.
    """
    for part in ast.iter_child_nodes(statement):
        if isinstance(part, (ast.stmt, ast.ExceptHandler, ast.match_case)):
            continue
        for node in ast.walk(part):
            if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
                yield node.id
            elif isinstance(node, ast.alias):
                yield (node.asname or node.name).partition(".")[0]


def _made_of(statement: ast.stmt) -> frozenset[str]:
    """
    The names that are given to something which is made of them, as by a decorator.
    """
    if not isinstance(statement, ast.Assign) or isinstance(statement.value, ast.Name):
        return frozenset()
    targets = {target.id for target in statement.targets if isinstance(target, ast.Name)}
    return frozenset(targets & {node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)})

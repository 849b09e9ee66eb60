"""
The tests that the text of one module declares.

pytest goes by what a name means once a module is imported, this goes by the text. A test that the text itself keeps
from pytest (a later definition of the same name, ``__test__ = False``, a condition) is declared as well, with the
reason: it may be run under another name, through a subclass for example; where it is not, it counts as skipped.
"""

from __future__ import annotations

import ast
import fnmatch
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from phase2_gate.audit.execution.names import Definition, fates, flat

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTIONS = ("test",)
CLASSES = ("Test",)
"""What pytest takes for tests by itself, and so does whoever reads the files."""
_LOOKALIKES = str.maketrans("\u03c4\u0442\u0435\u04bd\u0455\ua731\u03a4\u0422\u13a2", "tteessTTT")
"""Greek, Cyrillic and other letters that a reader takes for one of "test" (Unicode Technical Standard 39)."""

_NEUTRAL = frozenset({"staticmethod", "classmethod", "skipIf", "skipUnless"})
"""Decorators that leave the function as it is, or skip it."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_NESTED = "it stands inside of another statement, which did not define it"
_AGAIN = "another definition of its name follows"
_GONE = "its name is removed or given to something else"


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
    """Whether nothing decorates it but marks and the like, so that the code which runs is the code that stands here."""
    aside: str = ""
    """Why pytest need not find it, by the text alone; empty where it has to."""


@dataclass(frozen=True, slots=True)
class Scope:
    """
    What is known of a module or class when its body is read.
    """

    prefix: str
    """Its node id."""
    functions: tuple[str, ...] = FUNCTIONS
    """The names of test functions, by the bundle's settings."""
    classes: tuple[str, ...] = CLASSES
    """The names of test classes, by the bundle's settings."""
    aside: str = ""
    """Why its tests need not be found."""
    plain: bool = True
    """Whether nothing but marks decorates it."""
    unittest: bool = False
    """Whether it is a class of `unittest`."""


def declared(body: list[ast.stmt], scope: Scope, bases: frozenset[str] = frozenset()) -> Iterator[Declared]:
    """
    The tests in a body, and in the classes in it.

    Args:
        body: The statements.
        scope: Where they stand.
        bases: Classes of `unittest` that the module has defined so far.
    """
    names = fates(body)
    if _is_switched_off(body):
        scope = replace(scope, aside=scope.aside or "`__test__` is false there")
    if scope.prefix.rpartition("::")[1] and not scope.unittest and {"__init__", "__new__"} & set(names):
        scope = replace(scope, aside=scope.aside or "its class has a constructor, so pytest makes no object of it")
    for node, nested in _definitions(body):
        fate = names[node.name]
        own = _aside(node, fate.last)
        inner = replace(scope, aside=scope.aside or (_NESTED if nested else own))
        if isinstance(node, ast.ClassDef):
            unittest = _is_unittest(node, bases)
            bases |= {node.name} if unittest else frozenset()
            yield from _of_class(node, replace(inner, unittest=unittest), bases, outer=scope)
        elif not _is_fixture(node):
            yield from _of_function(node, inner, wrapped=fate.wrapped)


def looks_like(name: str, patterns: tuple[str, ...]) -> bool:
    """
    Whether a name is taken for one that fits, because letters of other alphabets stand in it.
    """
    return not name.isascii() and matches(name.translate(_LOOKALIKES), patterns)


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    """
    As pytest compares names: by prefix, or by shell pattern where there is one.
    """
    return any(
        name.startswith(pattern) or ({"*", "?", "["} & set(pattern) and fnmatch.fnmatch(name, pattern))
        for pattern in patterns
    )


def _of_function(node: _Function, scope: Scope, *, wrapped: bool) -> Iterator[Declared]:
    aside = _by_name(node.name, FUNCTIONS if scope.unittest else scope.functions, FUNCTIONS, "python_functions")
    if aside is None:
        return
    line = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    plain = scope.plain and not wrapped and _only_marks(node)
    yield Declared(f"{scope.prefix}::{node.name}", line, plain, scope.aside or aside)


def _of_class(node: ast.ClassDef, scope: Scope, bases: frozenset[str], *, outer: Scope) -> Iterator[Declared]:
    if outer.unittest:
        return  # pytest does not look for classes there, and neither does unittest
    aside = "" if scope.unittest else _by_name(node.name, scope.classes, CLASSES, "python_classes")
    if aside is not None:
        prefix = f"{outer.prefix}::{node.name}"
        plain = outer.plain and _only_marks(node)
        yield from declared(node.body, replace(scope, prefix=prefix, plain=plain, aside=scope.aside or aside), bases)


def _by_name(name: str, patterns: tuple[str, ...], usual: tuple[str, ...], setting: str) -> str | None:
    """
    Empty for the name of a test, the reason for one that only a reader takes for it, None for any other.
    """
    if matches(name, patterns):
        return ""
    if matches(name, usual):
        return f"the bundle's setting {setting} leaves its name out"
    return "letters of another alphabet make its name look like a test's" if looks_like(name, usual) else None


def _definitions(body: list[ast.stmt]) -> Iterator[tuple[Definition, bool]]:
    for statement, nested in flat(body):
        if isinstance(statement, Definition):
            yield statement, nested


def _aside(node: Definition, last: ast.stmt | None) -> str:
    """
    What becomes of a definition's name later.
    """
    if last is node:
        return ""
    return _AGAIN if isinstance(last, Definition) else _GONE


def _is_switched_off(body: list[ast.stmt]) -> bool:
    """
    Whether ``__test__`` is set to something false, which is how pytest is told to leave a scope alone.
    """
    value: ast.expr | None = None
    for statement in body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == "__test__" for target in targets):
            value = getattr(statement, "value", None)
    return isinstance(value, ast.Constant) and not value.value


def _is_unittest(node: ast.ClassDef, bases: frozenset[str]) -> bool:
    names = {_dotted(base).rpartition(".")[2] for base in node.bases}
    return any(name.endswith("TestCase") or name in bases for name in names)


def _is_fixture(node: _Function) -> bool:
    names = {_dotted(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    return not names.isdisjoint({"fixture", "yield_fixture"})


def _only_marks(node: Definition) -> bool:
    names = (_dotted(decorator).split(".") for decorator in node.decorator_list)
    return all("mark" in parts or parts[-1] in _NEUTRAL for parts in names)


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

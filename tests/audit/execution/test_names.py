"""
Tests of `phase2_gate.audit.execution.names`: what becomes of a name, and what it costs to know.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from phase2_gate.audit.execution.names import fates
from phase2_gate.audit.execution.scope import Scope, declared

TEXTS = {
    "definitions": "def test_a(): pass\n" * 300,
    "definitions that are wrapped": "def test_a(): pass\ntest_a = f(test_a)\n" * 150,
    "one statement": f"{' = '.join(f'test_{number}' for number in range(300))} = f()\n",
}


@pytest.mark.parametrize(
    ("text", "last", "wrapped"),
    [
        ("def a(): pass\n", 1, False),
        ("def a(): pass\ndef a(): pass\n", 2, False),
        ("def a(): pass\na = f(a)\n", 1, True),
        ("def a(): pass\na = b\n", 2, False),
        ("def a(): pass\na = b = f(b)\n", 2, False),
        ("a = f(a)\ndef a(): pass\n", 2, True),
        ("def a(): pass\ndel a\n", 2, False),
        ("def a(): pass\nimport a.b\n", 2, False),
        ("def a(): pass\nif x:\n a = 1\n", 3, False),
        ("def a(): pass\nclass B:\n a = 1\n", 1, False),
        ("a = f(a)\n", None, True),
    ],
)
def test_the_fate_of_a_name(text: str, last: int | None, wrapped: bool) -> None:
    """
    What counts is the last statement that gives it something else than what is made of it.
    """
    fate = fates(ast.parse(text).body)["a"]
    assert (last, wrapped) == (fate.last and fate.last.lineno, fate.wrapped)


@pytest.mark.parametrize("name", TEXTS)
def test_each_statement_is_looked_at_once(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """
    A stranger's file with very many definitions of one name does not hold the verifier up.
    """
    seen: list[ast.AST] = []

    def walk(node: ast.AST) -> Iterator[ast.AST]:
        for found in old(node):
            seen.append(found)
            yield found

    old = ast.walk
    monkeypatch.setattr(ast, "walk", walk)
    tree = ast.parse(TEXTS[name])
    tests = list(declared(tree.body, Scope("test_it.py")))
    assert len(tests) == TEXTS[name].count("def ")
    assert len(seen) <= 2 * len(list(old(tree)))

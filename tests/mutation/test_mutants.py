"""
Mutants are made as the documentation says, and the list of those that may survive fits the source.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from .accepted import Accepted, read_accepted, render_table
from .mutants import _is_near, _mutant, _own, _program
from .targets import ROOT, TARGETS

_SOURCE = '''
def check(value: int | None) -> bool:
    """
    Tell.
    """
    if value and ready:
        raise ValueError
    return [item for item in value if item]
'''


def test_statements_are_left_out_and_conditions_settled() -> None:
    """
    One change at a time, and all of them.
    """
    tree = ast.parse(_SOURCE)
    made = [_mutant("m", _SOURCE, tree, changed) for changed in _own(_SOURCE, tree)]
    assert {(mutant.line, mutant.after) for mutant in made} == {
        (6, "if True:"),
        (6, "if False:"),
        (6, "if True and ready:"),
        (6, "if False and ready:"),
        (6, "if value and True:"),
        (6, "if value and False:"),
        (7, "pass"),
        (8, "pass"),
        (8, "return [item for item in value if True]"),
        (8, "return [item for item in value if False]"),
    }
    assert {mutant.within for mutant in made} == {"check"}
    assert {mutant.key[:3] for mutant in made if mutant.line == 7} == {("m", "check", "raise ValueError")}


def test_what_never_runs_makes_no_mutant() -> None:
    """
    Annotations and docstrings: two texts that differ in them alone are one program.
    """
    other = _SOURCE.replace("int | None", "str").replace("-> bool", "").replace("Tell.", "Do not tell.")
    assert other != _SOURCE
    assert _program(_SOURCE) == _program(other)
    assert _program(_SOURCE) != _program(_SOURCE.replace("item]", "not item]"))


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("core/ReplaceComparisonOperator_Lt_LtE", True),
        ("core/ReplaceComparisonOperator_Lt_Eq", False),
        ("core/ReplaceBinaryOperator_Add_Sub", True),
        ("core/ReplaceBinaryOperator_Add_Pow", False),
        ("core/NumberReplacer", True),
    ],
)
def test_the_nearest_replacements_are_taken(name: str, taken: bool) -> None:  # a table
    """
    What is hardest to notice; everything else that cosmic-ray has is taken whole.
    """
    assert taken is _is_near(name)


@pytest.mark.parametrize("entry", read_accepted(), ids=str)
def test_a_listed_change_is_possible(entry: Accepted) -> None:
    """
    Module and function exist, and hold the line that is changed.
    """
    target = next(target for target in TARGETS if target.module == entry.module)
    node: ast.AST = ast.parse(target.path.read_text(encoding="utf-8"))
    for name in filter(None, entry.within.split(".")):
        node = next(child for child in ast.walk(node) if getattr(child, "name", None) == name)
    text = target.path.read_text(encoding="utf-8")
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        text = "\n".join(text.splitlines()[node.lineno - 1 - len(node.decorator_list) : node.end_lineno])
    assert entry.before in " ".join(text.split())
    assert entry.reason.endswith(".")


def test_every_target_and_its_tests_exist() -> None:
    """
    So that a renamed file does not leave a module untried.
    """
    for target in TARGETS:
        assert target.path.is_file()
        assert all((ROOT / test.partition("::")[0]).is_file() for test in target.tests)


def test_the_table_in_the_docs_is_the_list() -> None:
    """
    Change by change, reason by reason.
    """
    docs = Path(__file__).resolve().parents[2] / "docs" / "mutation.md"
    assert render_table() in docs.read_text(encoding="utf-8")

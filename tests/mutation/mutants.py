"""
Making mutants of one module: cosmic-ray's operators, statements left out, conditions settled.

Two texts that compile to the same program, but for annotations and docstrings, are one; the original's own text is no
mutant. Nothing else is left out, whatever it is likely to give.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Mutant", "make"]

# Of the eleven replacements of an operator, and the seven of a comparison, those that are hardest to notice: the
# opposite one, and the boundary moved by one. Tests that notice these notice the others.
_NEAR = {
    *("Add_Sub", "Sub_Add", "Mul_FloorDiv", "Div_Mul", "FloorDiv_Mul", "Mod_Mul", "Pow_Mul"),
    *("RShift_LShift", "LShift_RShift", "BitOr_BitAnd", "BitAnd_BitOr", "BitXor_BitOr"),
    *("Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is"),
    *("Lt_LtE", "Lt_GtE", "LtE_Lt", "LtE_Gt", "Gt_GtE", "Gt_LtE", "GtE_Gt", "GtE_Lt"),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """
    One changed module.
    """

    module: str
    """Its name below ``phase2_gate.runtime``."""
    line: int
    """Where the change begins."""
    within: str
    """The function or class that holds it, "" at the top."""
    before: str
    """The changed lines as they were, white space collapsed."""
    after: str
    """The same lines changed."""
    source: str
    """The whole text."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """
        What stays the same when lines are added elsewhere.
        """
        return self.module, self.within, self.before, self.after

    def __str__(self) -> str:
        return f"{self.module}:{self.line} in {self.within or 'module'}\n  - {self.before}\n  + {self.after}"


def make(module: str, source: str) -> Iterator[Mutant]:
    """
    Yield every mutant of a module once.

    Args:
        module: Its name below ``phase2_gate.runtime``.
        source: Its text.
    """
    tree = ast.parse(source)
    seen = {_program(source)}
    for changed in itertools.chain(_own(source, tree), _cosmic_ray(source)):
        try:
            program = _program(changed)
        except SyntaxError:
            continue
        if program not in seen:
            seen.add(program)
            yield _mutant(module, source, tree, changed)


def _program(source: str) -> str:
    """
    What a text means, without what never runs: annotations (all are postponed) and docstrings.
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Module)) and ast.get_docstring(node) is not None:
            node.body[0] = ast.Pass()
        match node:
            case ast.FunctionDef():
                node.returns = None
            case ast.arg():
                node.annotation = None
            case ast.AnnAssign():
                node.annotation = ast.Constant("")
            case ast.Expr(ast.Constant(str())):
                node.value = ast.Constant("")
    return ast.dump(tree)


def _own(source: str, tree: ast.Module) -> Iterator[str]:
    """
    Leave out each statement; settle each condition either way.
    """
    for node in ast.walk(tree):
        match node:
            case ast.Expr(ast.Constant()) | ast.Assign([ast.Name("__all__")]):
                continue  # a docstring; a list that a test of its own holds
            case ast.Expr() | ast.Assign() | ast.AugAssign() | ast.Raise() | ast.Return() | ast.Delete():
                yield _spliced(source, node, "pass")
            case ast.If() | ast.While() | ast.IfExp():
                yield from (_spliced(source, node.test, word) for word in ("True", "False"))
            case ast.BoolOp():
                yield from (_spliced(source, value, word) for value in node.values for word in ("True", "False"))
            case ast.comprehension():
                yield from (_spliced(source, test, word) for test in node.ifs for word in ("True", "False"))


def _spliced(source: str, node: ast.expr | ast.stmt, text: str) -> str:
    lines = source.encode().splitlines(keepends=True)
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    start = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
    stop = sum(map(len, lines[: node.end_lineno - 1])) + node.end_col_offset
    data = source.encode()
    return (data[:start] + text.encode() + data[stop:]).decode()


def _cosmic_ray(source: str) -> Iterator[str]:
    plugins = importlib.import_module("cosmic_ray.plugins")
    mutating = importlib.import_module("cosmic_ray.mutating")
    for name in sorted(plugins.operator_names()):
        operator = plugins.get_operator(name)
        if operator.arguments() or not _is_near(name):
            continue  # with arguments: renames of variables, and which ones it does not know by itself
        for occurrence in itertools.count():
            changed: str | None = mutating.mutate_code(source, operator(), occurrence)
            if changed is None:
                break
            yield changed


def _is_near(name: str) -> bool:
    kind, _, change = name.rpartition("/")[2].partition("_")
    return kind not in {"ReplaceBinaryOperator", "ReplaceComparisonOperator"} or change in _NEAR


def _mutant(module: str, source: str, tree: ast.Module, changed: str) -> Mutant:
    old, new = source.splitlines(), changed.splitlines()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    blocks = [block for block in matcher.get_opcodes() if block[0] != "equal"]
    first, last = blocks[0], blocks[-1]
    before = " ".join(" ".join(old[first[1] : last[2]]).split())
    after = " ".join(" ".join(new[first[3] : last[4]]).split())
    line = first[1] + 1
    return Mutant(module, line, _within(tree, line), before, after, changed)


def _within(tree: ast.AST, line: int) -> str:
    names: list[str] = []
    node: ast.AST | None = tree
    while node is not None:
        node = next((child for child in ast.iter_child_nodes(node) if _holds(child, line)), None)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.append(node.name)
    return ".".join(names)


def _holds(node: ast.AST, line: int) -> bool:
    if not isinstance(node, ast.stmt):
        return False
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return first <= line <= (node.end_lineno or first)

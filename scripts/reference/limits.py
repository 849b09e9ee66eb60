"""
The limits of docs/profile.md, from the profile that states their defaults.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import re

from phase2_gate.core.limits import Limits

from . import markdown

_BLOCK = re.compile(r"(<!-- written: limits -->\n).*?(<!-- end -->\n)", re.DOTALL)


def render(page: str) -> str:
    """
    `page` with its table of limits written anew.
    """
    rows = zip(Limits().named().items(), _meanings(), strict=True)
    table = markdown.table(
        ("key", "default", "what it bounds"),
        ((markdown.code(name), str(value), markdown.cell(meaning)) for (name, value), meaning in rows),
    )
    return _BLOCK.sub(lambda found: found[1] + table + found[2], page)


def _meanings() -> list[str]:
    # Python keeps no docstrings of fields; the source has one under each.
    (limits,) = (node for node in ast.parse(inspect.getsource(Limits)).body if isinstance(node, ast.ClassDef))
    return [
        inspect.cleandoc(after.value.value)
        for field, after in itertools.pairwise(limits.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(after, ast.Expr)
        and isinstance(after.value, ast.Constant)
        and isinstance(after.value.value, str)
    ]

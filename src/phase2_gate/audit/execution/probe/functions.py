"""
The code of a function, beneath and above its decorators.
"""

from __future__ import annotations

import functools
from types import CodeType

_DEEPEST = 50
"""Decorators around a function that are looked through."""


def innermost(function: object) -> CodeType | None:
    """
    The code of a function beneath its decorators, as far as they tell what they wrap.
    """
    for _ in range(_DEEPEST):
        hypothesis = getattr(getattr(function, "hypothesis", None), "inner_test", None)
        if isinstance(function, functools.partial):
            deeper: object = function.func
        else:
            deeper = hypothesis or getattr(function, "__wrapped__", None) or getattr(function, "__func__", None)
        if deeper is None:
            break
        function = deeper
    code = getattr(function, "__code__", None)
    return code if isinstance(code, CodeType) else None

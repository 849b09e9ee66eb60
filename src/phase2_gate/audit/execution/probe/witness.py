"""
The second witness: whether a test's own function was entered, and whether something was raised close to it.

pytest's report says what pytest believes. This plugin watches the interpreter itself, from the start of a test until
the code of its function is entered; then it lets go, so that the test runs at full speed.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import CodeType, FrameType

_DEEPEST = 50
"""Decorators around a function that are looked through."""


class Witness:
    """
    Watches the calls of test functions.
    """

    def __init__(self) -> None:
        self._codes: dict[str, CodeType] = {}
        self._seen: dict[str, dict[str, bool]] = {}
        # bound now: a test may replace them
        self._get_profile, self._set_profile = sys.getprofile, sys.setprofile

    def expect(self, item: pytest.Item) -> list[object] | None:
        """
        Remember the code that a test must enter.

        Returns:
            Where that code says it comes from, None for a test without a function, such as a doctest.
        """
        code = innermost(getattr(item, "obj", None)) if isinstance(item, pytest.Function) else None
        if code is None:
            return None
        self._codes[item.nodeid] = code
        return [code.co_filename, code.co_firstlineno, code.co_name]

    def testimony(self, name: str) -> dict[str, bool]:
        """
        What was seen of a test, and forget it.
        """
        return self._seen.pop(name, {})

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, None]:
        """
        Called around the middle phase of each test: as the outermost wrapper.
        """
        code = self._codes.get(item.nodeid)
        if code is None:
            yield
            return
        seen = self._seen.setdefault(item.nodeid, {})
        seen["entered"] = False
        before, restore = self._get_profile(), self._set_profile

        def watch(frame: FrameType, event: str, _: object) -> None:
            if event == "call" and frame.f_code is code:
                seen["entered"] = True
                restore(before)

        restore(watch)
        try:
            yield
        finally:
            if self._get_profile() is watch:
                restore(before)

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, Any, None]:
        """
        Called around the call of a test function: as the innermost wrapper.
        """
        result = yield
        if result.excinfo is not None:
            self._seen.setdefault(pyfuncitem.nodeid, {})["raised"] = True


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
    code: CodeType | None = getattr(function, "__code__", None)
    return code

"""
The second witness: whether a test's own function was entered, and whether something was raised close to it.

pytest's report says what pytest believes. This plugin watches the interpreter itself, from the start of a test until
the code of its function is entered; then it lets go, so that the test runs at full speed. A doctest has no function:
there, each of its examples has to be entered.
"""

from __future__ import annotations

import doctest
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
        self._examples: dict[str, frozenset[tuple[str, str, str]]] = {}
        self._seen: dict[str, dict[str, bool]] = {}
        # bound now: a test may replace them
        self._get_profile, self._set_profile = sys.getprofile, sys.setprofile

    def expect(self, item: pytest.Item) -> list[object] | None:
        """
        Remember the code that a test must enter.

        Returns:
            Where that code says it comes from, None for a test without a function, such as a doctest.
        """
        if examples := examples_of(item):
            self._examples[item.nodeid] = examples
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
        code, expected = self._codes.get(item.nodeid), self._examples.get(item.nodeid)
        if code is None and expected is None:
            yield
            return
        seen = self._seen.setdefault(item.nodeid, {})
        seen["entered"] = False
        if expected is not None and examples_of(item) != expected:
            yield  # no longer what was collected, so whatever runs is not it
            return
        examples = {name for name, _, _ in expected or ()}
        before, restore = self._get_profile(), self._set_profile

        def watch(frame: FrameType, event: str, _: object) -> None:
            if event != "call":
                return
            examples.discard(frame.f_code.co_filename)
            if frame.f_code is code or (code is None and not examples):
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


def examples_of(item: pytest.Item) -> frozenset[tuple[str, str, str]]:
    """
    The examples of a doctest that are to run, none for any other test.

    Returns:
        For each the name under which `doctest` compiles it, its source, and the output that it wants.
    """
    test = getattr(item, "dtest", None)
    if not isinstance(test, doctest.DocTest):
        return frozenset()
    return frozenset(
        (f"<doctest {test.name}[{number}]>", example.source, example.want)
        for number, example in enumerate(test.examples)
        if not example.options.get(doctest.SKIP)
    )


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

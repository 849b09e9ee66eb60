"""
The second witness: whether a test's own function was entered, by whom, and whether it returned.

pytest's report says what pytest believes. This plugin watches the interpreter itself, from the start of a test until
the code of its function is entered; then it lets go, so that the test runs at full speed, and looks at the frame of
that function once more when it has ended. A doctest has no function: there, each of its examples has to be entered.
"""

from __future__ import annotations

import inspect
import opcode
import sys
import unittest.case
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.unittest import TestCaseFunction

from .doctests import examples_of, judges_of
from .functions import innermost

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import CodeType, FrameType

    from .doctests import Examples
    from .expected import Expected

_RETURNS = {opcode.opmap[name] for name in ("RETURN_VALUE", "RETURN_CONST") if name in opcode.opmap}
_YIELDS = inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
_RUN = unittest.TestCase.run.__code__
_ASYNC = unittest.case.__file__.replace("case.py", "async_case.py")  # a module that is loaded late
_DEEPEST = 4
"""Frames between a test method and `unittest.TestCase.run`, at most."""


class Seen:
    """
    A test, and what was seen of it.
    """

    def __init__(self, item: pytest.Item) -> None:
        self.item = item
        self.name = item.nodeid
        self.examples: Examples = examples_of(item)
        self.judges = judges_of(item)
        self.code: CodeType | None = innermost(item.obj) if isinstance(item, pytest.Function) else None
        self.frame: FrameType | None = None
        self.raised = False
        self.testimony: dict[str, object] = {}

    def end(self) -> None:
        """
        Look how the frame of its function ended, and let it go with everything in it.
        """
        frame, self.frame = self.frame, None
        if frame is None:
            return
        if frame.f_code.co_code[frame.f_lasti] not in _RETURNS:
            self.testimony["broke"] = True
        if frame.f_trace is not None:
            self.testimony["traced"] = True


class Witness:
    """
    Watches the calls of test functions.

    Args:
        expected: The code that stands in the files.
        look: Called before each test is called: whether pytest is still in order.
        is_own: Whether code is pytest's or unittest's own.
    """

    def __init__(
        self, expected: Expected, look: Callable[[pytest.Item], None], is_own: Callable[[object], bool]
    ) -> None:
        self._expected = expected
        self._look = look
        self._is_own = is_own
        self._tests: dict[int, Seen] = {}
        # bound now: a test may replace them
        self._get_profile, self._set_profile, self._get_trace = sys.getprofile, sys.setprofile, sys.gettrace

    def expect(self, item: pytest.Item) -> dict[str, object]:
        """
        Remember the code that a test must enter.

        Returns:
            Its name; where that code says it comes from, None for a test without a function, such as a doctest;
            whether it is the code that stands there; how many examples a doctest has.
        """
        seen = self._tests.get(id(item))
        if seen is None:
            seen = self._tests[id(item)] = Seen(item)
        code = seen.code
        return {
            "id": seen.name,
            "place": None if code is None else [code.co_filename, code.co_firstlineno, code.co_name],
            "genuine": code is not None and self._expected.stands_there(code),
            "examples": len(seen.examples),
        }

    def seen(self, item: pytest.Item) -> Seen:
        """
        What was seen of a test.
        """
        return self._tests.get(id(item)) or Seen(item)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_make_collect_report(self) -> Generator[None, Any, None]:
        """
        Called around the search of a file or class: its tests are remembered before any hook of the bundle sees them.
        """
        result = yield
        for node in result.get_result().result or ():
            if isinstance(node, pytest.Item):
                self.expect(node)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, None]:
        """
        Called around the middle phase of each test: as the outermost wrapper.
        """
        self._look(item)
        seen = self.seen(item)
        seen.testimony, seen.raised = {}, False
        if seen.code is None and not seen.examples:
            yield
            return
        seen.testimony["entered"] = False
        if examples_of(item) != seen.examples or judges_of(item) != seen.judges:
            yield  # no longer what was collected, so whatever runs is not it
            return
        before = self._get_profile()
        watch = self._watch(seen, before)
        listeners = _listen(item, seen) if isinstance(item, TestCaseFunction) else {}
        self._set_profile(watch)
        try:
            yield
        finally:
            if self._get_profile() is watch:
                self._set_profile(before)
            for name, listener in listeners.items():
                if vars(item).pop(name, None) is not listener:
                    seen.testimony["redirected"] = True
            seen.end()

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, Any, None]:
        """
        Called around the call of a test function: as the innermost wrapper.
        """
        result = yield
        seen = self.seen(pyfuncitem)
        seen.raised = seen.raised or result.excinfo is not None
        seen.end()

    def _watch(self, seen: Seen, before: Any) -> Callable[[FrameType, str, object], None]:
        code, examples = seen.code, {name for name, _, _ in seen.examples}
        restore, get_trace, is_own = self._set_profile, self._get_trace, self._is_own
        # a class of unittest cleans up while its frame would still hold what the test has made
        is_method = isinstance(seen.item, TestCaseFunction)
        holds = code is not None and not code.co_flags & _YIELDS and not is_method

        def watch(frame: FrameType, event: str, _: object) -> None:
            if event != "call":
                return
            examples.discard(frame.f_code.co_filename)
            if frame.f_code is not code and (code is not None or examples):
                return
            restore(before)
            seen.testimony["entered"] = True
            if get_trace() is not None:
                seen.testimony["traced"] = True
            if holds:
                seen.frame = frame
            # whoever goes on with a coroutine is not who called it
            if code is not None and not code.co_flags & inspect.CO_COROUTINE:
                stranger = _stranger(frame.f_back, is_own, _RUN if is_method else None)
                if stranger is not None:
                    seen.testimony["caller"] = [stranger.co_filename, stranger.co_firstlineno, stranger.co_name]
                if is_method and not _reports_to(frame, seen.item):
                    seen.testimony["redirected"] = True

        return watch


def _stranger(frame: FrameType | None, is_own: Callable[[object], bool], last: CodeType | None) -> CodeType | None:
    """
    The code that calls a test although it belongs neither to pytest nor to unittest.

    Args:
        frame: The frame of the caller.
        is_own: Whether code is pytest's or unittest's own.
        last: Where unittest begins; None for a function, whose direct caller counts.
    """
    for _ in range(_DEEPEST):
        if frame is None or frame.f_code is last:
            return None
        code = frame.f_code
        if not is_own(code) and code.co_filename != _ASYNC:
            return code
        if last is None:
            return None
        frame = frame.f_back
    return None if frame is None else frame.f_code


def _reports_to(frame: FrameType, item: pytest.Item) -> bool:
    """
    Whether the class of a test method, when it is entered, tells pytest what comes of it (Python 3.11 or newer).
    """
    case = frame.f_locals.get(frame.f_code.co_varnames[0]) if frame.f_code.co_varnames else None
    outcome = getattr(case, "_outcome", None)
    return outcome is None or getattr(outcome, "result", item) is item


def _listen(item: TestCaseFunction, seen: Seen) -> dict[str, object]:
    """
    Notice what `unittest` tells pytest of a test, at the moment when it does; the attributes that this takes.
    """

    def listening(tell: Callable[..., None]) -> Callable[..., None]:
        def told(case: object, *rest: Any) -> None:
            error = rest[-1] if rest else None
            seen.raised = seen.raised or error is not None
            tell(case, *rest)

        return told

    def succeeded(case: Any) -> None:
        seen.testimony["succeeded"] = True
        success(case)

    seen.testimony["succeeded"] = False
    success = item.addSuccess
    heard = {"addError": listening(item.addError), "addFailure": listening(item.addFailure), "addSuccess": succeeded}
    vars(item).update(heard)
    return {**heard}

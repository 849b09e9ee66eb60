"""
Who decides about results: hooks, classes of tests, and methods of `unittest`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from _pytest.unittest import TestCaseFunction

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from types import CodeType

_DECIDING = (
    *("pytest_cmdline_main", "pytest_collection", "pytest_runtestloop", "pytest_make_collect_report"),
    *("pytest_pycollect_makemodule", "pytest_pycollect_makeitem"),
    *("pytest_runtest_protocol", "pytest_runtest_call", "pytest_pyfunc_call"),
    *("pytest_runtest_makereport", "pytest_runtest_logreport"),
)
"""The hooks that decide which tests there are, whether they run, and what came of them."""
_METHODS = ("__call__", "run", "_callTestMethod")
"""The methods by which `unittest` runs a test."""


class Hooks:
    """
    Tells what of the bundle's decides about results.

    Args:
        emit: Writes one event.
        home: The workspace.
        is_own: Whether code is pytest's own.
    """

    def __init__(self, emit: Callable[..., None], home: str, is_own: Callable[[object], bool]) -> None:
        self._emit = emit
        self._home = home
        self._is_own = is_own
        self._seen: list[list[Any]] = []
        # the objects themselves are kept, because a number may be given to another object later
        self._known: list[object] = []
        self._classes: list[type] = []

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_load_initial_conftests(self, early_config: pytest.Config) -> Generator[None, Any, None]:
        """
        Called before the first file of the bundle is loaded: what is there now is the auditor's.
        """
        self._seen = _deciding(early_config)
        self._known = [implementation for found in self._seen for implementation in found]
        self._classes = [pytest.Function, *_below(pytest.Function)]
        yield

    def look(self, config: pytest.Config) -> None:
        """
        Tell each implementation of a deciding hook that has come since, and is not pytest's own.
        """
        found = _deciding(config)
        if found == self._seen:
            return
        self._seen = found
        for index, name in enumerate(_DECIDING):
            for implementation in found[index]:
                if not any(implementation is known for known in self._known):
                    self._known.append(implementation)
                    code = getattr(implementation.function, "__code__", None)
                    if not self._is_own(code):
                        self._tell(f"hook {name}", code)

    def look_at(self, item: pytest.Item) -> None:
        """
        Tell what decides about one test: its class, and the class of `unittest` that it belongs to.
        """
        kind = type(item)
        if isinstance(item, pytest.Function) and not any(kind is known for known in self._classes):
            self._classes.append(kind)
            self._tell(f"class {kind.__name__} of a test", getattr(vars(kind).get("runtest"), "__code__", None))
        if isinstance(item, TestCaseFunction) and not any(item.cls is known for known in self._classes):
            self._classes.append(item.cls)
            for name in _METHODS:
                code = getattr(getattr(item.cls, name, None), "__code__", None)
                if code is None or code.co_filename.startswith(self._home):
                    self._tell(f"method {item.cls.__name__}.{name}", code)

    def _tell(self, name: str, code: CodeType | None) -> None:
        self._emit(event="hook", name=name, file="" if code is None else code.co_filename)


def _deciding(config: pytest.Config) -> list[list[Any]]:
    return [getattr(config.pluginmanager.hook, name).get_hookimpls() for name in _DECIDING]


def _below(kind: type[pytest.Function]) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)

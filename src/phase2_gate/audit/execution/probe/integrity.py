"""
Whether pytest is still what it was before any code of the bundle ran.
"""

from __future__ import annotations

import os
import sys
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import _pytest
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PACKAGES = ("_pytest", "pluggy")
_DECIDING = (
    *("pytest_cmdline_main", "pytest_collection", "pytest_runtestloop", "pytest_make_collect_report"),
    *("pytest_pycollect_makemodule", "pytest_pycollect_makeitem"),
    *("pytest_runtest_protocol", "pytest_runtest_call", "pytest_pyfunc_call"),
    *("pytest_runtest_makereport", "pytest_runtest_logreport"),
)
"""The hooks that decide which tests there are, whether they run, and what came of them."""


class Originals:
    """
    The functions of pytest as they were, to be compared later.

    Args:
        emit: Writes one event.
    """

    def __init__(self, emit: Callable[..., None]) -> None:
        self._emit = emit
        self._told: set[str] = set()
        # the modules are kept: the workspace may have a copy of pluggy that takes the name
        self._modules = [item for item in sorted(sys.modules.items()) if item[0].partition(".")[0] in _PACKAGES]
        self._kept = list(_functions(self._modules))

    @pytest.hookimpl
    def pytest_load_initial_conftests(self) -> None:
        """
        Called before the first file of the bundle is loaded, and after pytest has replaced what it replaces itself.
        """
        self._kept = list(_functions(self._modules))

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_sessionfinish(self) -> Iterator[None]:
        """
        Called around the end of the run: as the outermost wrapper, and before pytest puts back what it replaced.
        """
        yield
        self.compare()

    def compare(self) -> None:
        """
        Tell each function that is another one now, or has other code; once.
        """
        for name, home, key, value, function, code in self._kept:
            if name not in self._told and (home.get(key) is not value or function.__code__ is not code):
                self._told.add(name)
                self._emit(event="altered", name=name)


def _functions(
    modules: list[tuple[str, ModuleType]],
) -> Iterator[tuple[str, Any, str, object, FunctionType, object]]:
    """
    Every function and method of pytest: its name, where it is kept, the object kept there, the function, its code.
    """
    for name, module in modules:
        for home_name, home in [(name, vars(module)), *_classes(name, vars(module))]:
            for key, value in list(home.items()):
                # a static method or class method keeps its function inside, a property its getter
                function = getattr(value, "__func__", None) or getattr(value, "fget", None) or value
                if isinstance(function, FunctionType):
                    yield f"{home_name}.{key}", home, key, value, function, function.__code__


def _classes(module: str, names: dict[str, object]) -> Iterator[tuple[str, Any]]:
    for key, value in list(names.items()):
        if isinstance(value, type) and value.__module__ == module:
            yield f"{module}.{key}", vars(value)


class Hooks:
    """
    Tells which hooks that decide about results come from the bundle.

    Args:
        emit: Writes one event.
    """

    def __init__(self, emit: Callable[..., None]) -> None:
        self._emit = emit
        self._home = os.path.dirname(os.path.realpath(_pytest.__file__)) + os.sep
        self._known: list[object] = []

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_load_initial_conftests(self, early_config: pytest.Config) -> Iterator[None]:
        """
        Called before the first file of the bundle is loaded: what is there now is the auditor's.
        """
        # the objects themselves are kept, because a number may be given to another object later
        self._known = [implementation for _, implementation in _deciding(early_config)]
        yield

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """
        Called once, when all of the bundle's plugins and test modules are loaded.
        """
        self._tell(session.config)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """
        Called once, after the last test: a test may have registered something.
        """
        self._tell(session.config)

    def _tell(self, config: pytest.Config) -> None:
        for name, implementation in _deciding(config):
            code = getattr(implementation.function, "__code__", None)
            file = os.path.realpath(code.co_filename) if code is not None else ""
            if not file.startswith(self._home) and not any(implementation is known for known in self._known):
                self._known.append(implementation)
                self._emit(event="hook", name=name, file=file)


def _deciding(config: pytest.Config) -> Iterator[tuple[str, Any]]:
    for name in _DECIDING:
        for implementation in getattr(config.pluginmanager.hook, name).get_hookimpls():
            yield name, implementation

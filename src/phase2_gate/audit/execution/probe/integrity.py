"""
Whether pytest is still what it was before any code of the bundle ran.
"""

from __future__ import annotations

import builtins
import sys
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PACKAGES = ("_pytest", "pluggy", "pytest", "unittest", "doctest")
_LEFT = ("unittest.mock",)
_REPLACED = frozenset({"open", "print", "input", "__import__", "exit", "quit", "help", "breakpoint"})
"""Built-in functions that honest suites replace for a whole run; none of them decides about a result."""


class Originals:
    """
    The functions of pytest as they were, to be compared later.

    Args:
        emit: Writes one event.
        enter: Lets the workspace in.
    """

    def __init__(self, emit: Callable[..., None], enter: Callable[[], None]) -> None:
        self._emit = emit
        self._enter = enter
        self._told: set[str] = set()
        self._kept: list[tuple[str, Any, str, object, object, object]] = []
        self._homes: list[tuple[str, Any, frozenset[str]]] = []
        self._own: dict[int, object] = {}

    @pytest.hookimpl
    def pytest_load_initial_conftests(self) -> None:
        """
        Called when the auditor's plugins are loaded and pytest has replaced what it replaces itself, and before
        anything of the bundle is loaded: keeps what there is.
        """
        modules = [(name, module) for name, module in sorted(sys.modules.items()) if _is_ours(name)]
        self._kept = [*_functions(modules), *_classes_of(modules), *_builtins()]
        self._homes = [(name, home, frozenset(home)) for name, home in _homes(modules)]
        self._own = {id(code): code for _, _, _, _, _, code in self._kept if code is not None}
        self._enter()

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_sessionfinish(self) -> Iterator[None]:
        """
        Called around the end of the run: as the outermost wrapper, and before pytest puts back what it replaced.
        """
        yield
        self.compare()
        self._emit(event="compared")

    def is_own(self, code: object) -> bool:
        """
        Whether code is that of a function of pytest's or unittest's.
        """
        return code is not None and self._own.get(id(code)) is code

    def compare(self) -> None:
        """
        Tell each function or class that is another one now, or has other code, and each that stands before one; once.
        """
        for name, home, key, value, function, code in self._kept:
            if home.get(key) is not value or (code is not None and function.__code__ is not code):  # type: ignore[attr-defined] # a function has one
                self._tell(name)
        for name, home, before in self._homes:
            if len(home) != len(before):
                for key in home.keys() - before:
                    if _stands_before(home, key):
                        self._tell(f"{name}.{key}")

    def _tell(self, name: str) -> None:
        if name not in self._told:
            self._told.add(name)
            self._emit(event="altered", name=name)


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in _PACKAGES and name not in _LEFT


def _homes(modules: list[tuple[str, ModuleType]]) -> Iterator[tuple[str, Any]]:
    """
    Everything of pytest that holds functions: its modules and their classes, by name.
    """
    for name, module in modules:
        yield name, vars(module)
        for key, value in list(vars(module).items()):
            if isinstance(value, type) and value.__module__ == name:
                yield f"{name}.{key}", vars(value)


def _functions(modules: list[tuple[str, ModuleType]]) -> Iterator[tuple[str, Any, str, object, object, object]]:
    """
    Every function and method of pytest: its name, where it is kept, the object kept there, the function, its code.
    """
    for name, home in _homes(modules):
        for key, value in list(home.items()):
            # a static method or class method keeps its function inside, a property its getter
            function = getattr(value, "__func__", None) or getattr(value, "fget", None) or value
            if isinstance(function, FunctionType):
                yield f"{name}.{key}", home, key, value, function, function.__code__


def _classes_of(modules: list[tuple[str, ModuleType]]) -> Iterator[tuple[str, Any, str, object, object, object]]:
    for name, module in modules:
        for key, value in list(vars(module).items()):
            if isinstance(value, type):
                yield f"{name}.{key}", vars(module), key, value, None, None


def _builtins() -> Iterator[tuple[str, Any, str, object, object, object]]:
    home = vars(builtins)
    for key, value in list(home.items()):
        if callable(value) and key not in _REPLACED and key != "_":
            yield f"builtins.{key}", home, key, value, None, None


def _stands_before(home: Any, key: str) -> bool:
    """
    Whether a name that is new in a module or class of pytest takes the place of a built-in or inherited one.
    """
    if isinstance(home, dict):
        return hasattr(builtins, key)
    value = home.get(key)
    return callable(value) or isinstance(value, (property, classmethod, staticmethod))

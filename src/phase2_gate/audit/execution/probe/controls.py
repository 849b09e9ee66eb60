"""
Negative controls: tests of the verifier's own that must fail.

One of each kind, function and doctest, is put into every module that has tests of that kind, after its last one, and
passes through the same hooks and fixtures. Where it is not seen to fail, neither would a failure of the bundle's tests
be. On the terminal it is not shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from _pytest.doctest import DoctestItem, DoctestModule, DoctestTextfile

from .doctests import failing

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_COUNTS_SHOWN = 9
"""The first version of pytest whose progress counts only the tests that it shows."""


class Controls:
    """
    Adds the controls and keeps them.

    Args:
        emit: Writes one event.
        nonce: Makes their names ones that no bundle knows.
    """

    def __init__(self, emit: Callable[..., None], nonce: str) -> None:
        self._emit = emit
        self._name = f"control_{nonce}"
        self._ids: set[str] = set()
        self._deselected: list[pytest.Item] = []

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None, Any, None]:
        """
        Called when all tests are found: adds the controls, and adds them again when an option deselected them.
        """
        last: dict[tuple[pytest.Module, type], int] = {}
        for index, item in enumerate(items):
            module = item.getparent(pytest.Module)
            for kind in (pytest.Function, DoctestItem):
                if module is not None and isinstance(item, kind):
                    last[module, kind] = index
        for (module, _), index in sorted(last.items(), key=lambda entry: -entry[1]):
            control = self._like(items[index], module)
            self._ids.add(control.nodeid)
            self._emit(event="control", id=control.nodeid)
            items.insert(index + 1, control)
        yield
        items.extend(self._deselected)

    def _like(self, item: pytest.Item, module: pytest.Module) -> pytest.Item:
        if isinstance(item, DoctestItem) and isinstance(item.parent, (DoctestModule, DoctestTextfile)):
            name = f"doctest_{self._name}"
            return DoctestItem.from_parent(item.parent, name=name, runner=item.runner, dtest=failing(name))
        return pytest.Function.from_parent(module, name=f"test_{self._name}", callobj=_fail)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """
        Called before the first test: what the terminal counts are the bundle's own tests.
        """
        if int(pytest.__version__.partition(".")[0]) >= _COUNTS_SHOWN:
            session.testscollected -= sum(item.nodeid in self._ids for item in session.items)

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """
        Called for tests that an option such as ``-k`` leaves out.
        """
        self._deselected.extend(item for item in items if item.nodeid in self._ids)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """
        Called for what the terminal shows of a report: nothing, for a control.
        """
        return ("", "", "") if report.nodeid in self._ids else None


def _fail() -> None:
    raise AssertionError("this test of the verifier's fails on purpose")

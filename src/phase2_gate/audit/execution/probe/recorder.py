"""
The plugin that tells what pytest found, what it ran, and what came of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from .hooks import Hooks
    from .integrity import Originals
    from .witness import Witness

_LONGEST = 2000
"""Characters of a foreign text that enter the record."""


class Recorder:
    """
    Reports collection and results.

    Args:
        emit: Writes one event.
        witness: What was seen of a test's own function.
        originals: Tells which parts of pytest are no longer what they were.
        hooks: Tells what of the bundle's decides about results.
    """

    def __init__(self, emit: Callable[..., None], witness: Witness, originals: Originals, hooks: Hooks) -> None:
        self._emit = emit
        self._witness = witness
        self._originals = originals
        self._hooks = hooks
        self._file = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """
        Called for each test that is found.
        """
        self._emit(event="collected", **self._witness.expect(item))

    @pytest.hookimpl(tryfirst=True)
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """
        Called for each file and class that was searched for tests.
        """
        if report.failed:
            self._emit(event="uncollected", id=report.nodeid, detail=last_line(report))
        elif report.skipped:
            self._emit(event="module-skipped", id=report.nodeid, detail=last_line(report))

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """
        Called for tests that will not run because of an option.
        """
        for item in items:
            self._emit(event="deselected", id=item.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """
        Called once, when it is settled which tests run.
        """
        self._originals.compare()
        self._hooks.look(session.config)
        self._emit(event="kept", ids=[item.nodeid for item in session.items])

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
        """
        Called after each phase of each test: as the outermost wrapper, so that the report is final.
        """
        raised = call.excinfo is not None
        result = yield
        report: pytest.TestReport = result.get_result()
        seen = self._witness.seen(item)
        in_call = call.when == "call"
        self._emit(
            event="report",
            id=seen.name,
            when=call.when,
            outcome=report.outcome,
            xfail=hasattr(report, "wasxfail"),
            raised=raised or (in_call and seen.raised),
            detail="" if report.outcome == "passed" else last_line(report),
            **(seen.testimony if in_call else {}),
        )
        file = seen.name.partition("::")[0]
        if file != self._file:
            self._file = file
            self._originals.compare()

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """
        Called once, after the last test: a test may have registered something.
        """
        self._hooks.look(session.config)


def last_line(report: pytest.CollectReport | pytest.TestReport) -> str:
    """
    The line of a report that says what went wrong, or why a test was skipped.
    """
    reason = getattr(report, "wasxfail", "")
    if reason:
        return str(reason)[:_LONGEST]
    longrepr: object = report.longrepr
    if isinstance(longrepr, tuple):  # a skip: file, line, reason
        return str(longrepr[-1])[:_LONGEST]
    crash = getattr(longrepr, "reprcrash", None)
    text = str(getattr(crash, "message", "") or longrepr or "")
    lines = [line for line in text.splitlines() if line.strip()]
    return (lines[0] if crash is not None and lines else lines[-1] if lines else "")[:_LONGEST]

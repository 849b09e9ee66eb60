"""
Runs pytest on a bundle, with a recorder that belongs to the verifier.

Record events, in their order: ``start``; ``collected`` for each test found; ``uncollected`` for each error while
collecting; ``kept`` with the tests that will run; ``deselected``; ``report`` for each phase of each test; ``finish``.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_LONGEST = 2000
"""Characters of a foreign text that enter the record."""


def main(text: str) -> None:
    """
    Run the suite that the settings describe.

    Args:
        text: The settings, as JSON.
    """
    settings = json.loads(text)
    descriptor, nonce = settings["record"], settings["nonce"]
    os.set_inheritable(descriptor, False)
    emit, leave, run = _emitter(descriptor), sys.exit, pytest.main
    emit(event="start", nonce=nonce)
    recorder = Recorder(emit)
    sys.path[:0] = settings["roots"]
    status = int(run(settings["arguments"], plugins=[recorder]))
    emit(event="finish", nonce=nonce, status=status)
    leave(status)


def _emitter(descriptor: int) -> Callable[..., None]:
    """
    A function that writes one event; it holds all it needs, because tests may replace `os.write` and `json.dumps`.
    """
    encode, write = json.JSONEncoder().encode, os.write

    def emit(**event: object) -> None:
        data = encode(event).encode("ascii") + b"\n"
        while data:
            data = data[write(descriptor, data) :]

    return emit


class Recorder:
    """
    The pytest plugin that tells what it sees.

    Args:
        emit: Writes one event.
    """

    def __init__(self, emit: Callable[..., None]) -> None:
        self._emit = emit

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """
        Called for each test that is found.
        """
        self._emit(event="collected", id=item.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """
        Called for each file and class that was searched for tests.
        """
        if report.failed:
            self._emit(event="uncollected", id=report.nodeid, detail=_last_line(report))
        elif report.skipped:
            self._emit(event="module-skipped", id=report.nodeid, detail=_last_line(report))

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
        self._emit(event="kept", ids=[item.nodeid for item in session.items])

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
        """
        Called after each phase of each test: as the outermost wrapper, so that the report is final.
        """
        raised = call.excinfo
        result = yield
        report: pytest.TestReport = result.get_result()
        self._emit(
            event="report",
            id=item.nodeid,
            when=call.when,
            outcome=report.outcome,
            xfail=hasattr(report, "wasxfail"),
            raised=raised is not None,
            detail="" if report.outcome == "passed" else _last_line(report),
        )


def _last_line(report: pytest.CollectReport | pytest.TestReport) -> str:
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

"""
What holds for every test: properties take as long as they need, and CI skips nothing.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

from tests.tools import NO_SKIP

# A deadline measures the machine, not the code.
settings.register_profile("phase2-gate", deadline=None, print_blob=True)
settings.load_profile("phase2-gate")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """
    Turns every skip into a failure where skips are forbidden.
    """
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get(NO_SKIP) == "1":
        report.outcome = "failed"
        report.longrepr = (
            f"{item.nodeid}: skipped, and {NO_SKIP}=1 forbids to skip: {call.excinfo and call.excinfo.value}"
        )
    return report

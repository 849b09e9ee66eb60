"""
What every test is kept from: the continuous integration that may be running it.
"""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _not_in_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    # In GitHub Actions the commands annotate the run; a test that wants it says so.
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)

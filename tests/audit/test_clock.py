"""
Tests of `phase2_gate.audit.clock`.
"""

from __future__ import annotations

import os
import platform
import re
import time
from datetime import UTC, datetime

import pytest

from phase2_gate.audit.clock import Clock, host


def test_the_start_is_a_utc_timestamp_of_rfc_3339() -> None:
    """
    The start is now, in seconds, with the letter of UTC.
    """
    before = datetime.now(UTC).replace(microsecond=0)
    started = Clock().started_at
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", started)
    assert before <= datetime.fromisoformat(started) <= datetime.now(UTC)


def test_seconds_count_from_the_making(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Durations come from the monotonic clock, which nobody sets.
    """
    ticks = iter((10.0, 12.5))
    monkeypatch.setattr(time, "monotonic", lambda: next(ticks))
    monkeypatch.setattr(time, "time", lambda: pytest.fail("the wall clock may jump"))
    assert Clock().seconds == 2.5


@pytest.mark.parametrize("known", [True, False])
def test_the_host_names_system_and_interpreter(monkeypatch: pytest.MonkeyPatch, known: bool) -> None:
    """
    Operating system, release, machine and the verifier's own interpreter; also where there is no uname.
    """
    expected = f"{platform.system()} {platform.release()} {platform.machine()}"
    if not known:
        monkeypatch.delattr(os, "uname", raising=False)
    assert host().platform == expected
    assert host().python == f"{platform.python_implementation().lower()} {platform.python_version()}"

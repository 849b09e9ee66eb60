"""
Tests of `phase2_gate.audit.clock`.
"""

from __future__ import annotations

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


def test_the_host_names_system_and_interpreter() -> None:
    """
    Operating system, machine and the verifier's own interpreter.
    """
    assert host().platform.startswith(platform.system())
    assert host().platform.endswith(platform.machine())
    assert host().python == f"{platform.python_implementation()} {platform.python_version()}"

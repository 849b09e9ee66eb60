"""
A slice of `tests.sweeps.scale`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.sweeps import scale


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="the peak of memory is told by Linux alone")
@pytest.mark.parametrize(("members", "size", "most"), [(3, 40 * scale.MEBIBYTE, 60), (70_000, 7, 100)])
def test_memory_follows_the_members_and_not_the_bytes(tmp_path: Path, members: int, size: int, most: int) -> None:
    """
    A hundred MiB are judged in 60, and seventy thousand members, with ZIP64 end records, in 100.
    """
    scale.write(tmp_path / "a.zip", members, size)

    seen = scale.measure(tmp_path / "a.zip")

    assert (seen.verdict, seen.difference) == ("PASS", "")
    assert seen.peak < most * scale.MEBIBYTE

"""
Tests of `benchmarks.audit_cost`: what it measures, and when it says that the goal is met.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks import audit_cost

from ..bundles import GOOD, bundle


@pytest.mark.parametrize(
    ("bare", "audited", "met"),
    [
        ([2.0], [3.2], True),
        ([2.0], [3.21], False),
        ([2.0, 9.0, 2.0], [3.2, 3.2, 99.0], True),
        ([1.0], [1.0], True),
    ],
)
def test_the_goal(bare: list[float], audited: list[float], met: bool) -> None:
    """
    1.35 times the median of bare pytest and half a second; one slow round decides nothing.
    """
    found, line = audit_cost.verdict(bare, audited)
    assert (found, line.endswith(": met"), line.endswith(": not met")) == (met, met, not met)


def test_a_bundle_that_does_not_pass_is_not_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A number about a failing run would say nothing.
    """
    (tmp_path / "a.zip").write_bytes(bundle(GOOD))
    assert audit_cost.main([str(tmp_path / "a.zip")]) == 3
    assert capsys.readouterr().out == "RESULT: FAIL\n"

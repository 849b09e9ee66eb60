"""
Tests of findings.
"""

from __future__ import annotations

import pytest

from phase2_gate.core.findings import Finding, ordered


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        (Finding("r"), ""),
        (Finding("r", "p", "wrong"), "wrong"),
        (Finding("r", "p", "wrong", 7), "wrong (offset 7)"),
        (Finding("r", "p", "wrong", 7, "1", "2"), "wrong: seen 1, need 2 (offset 7)"),
        (Finding("r", "p", "wrong", None, "1"), "wrong: seen 1"),
        (Finding("r", "p", "", None, None, "2"), "need 2"),
    ],
)
def test_says_itself_in_one_line(finding: Finding, expected: str) -> None:
    """
    Detail, what was seen, what was needed, and where.
    """
    assert finding.message() == expected


def test_order() -> None:
    """
    By path, offset and rule; what is said twice is said once.
    """
    late, early = Finding("a", "x", offset=9), Finding("z", "x", offset=1)
    whole, other = Finding("m"), Finding("b", "x", offset=9)

    assert ordered([late, other, early, whole, late]) == (whole, early, late, other)

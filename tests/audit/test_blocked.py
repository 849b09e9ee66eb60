"""
Tests of `phase2_gate.audit.blocked`.
"""

from __future__ import annotations

import re

import pytest

from phase2_gate.audit.blocked import blocked, internal
from phase2_gate.core.errors import AuditError, SourceError
from phase2_gate.core.report import GateResult


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (SourceError("a: cannot be read"), GateResult("tests", blocked="a: cannot be read")),
        (AuditError("a: bad", hint="do b"), GateResult("tests", blocked="a: bad", notes=("do b",))),
        (OSError(28, "No space left"), GateResult("tests", blocked="[Errno 28] No space left")),
        (
            KeyError("x"),
            GateResult(
                "tests",
                blocked="internal error: KeyError: 'x'",
                notes=("this is a defect of phase2-gate; please report it",),
            ),
        ),
    ],
)
def test_an_exception_becomes_a_gate_that_could_not_judge(error: Exception, expected: GateResult) -> None:
    """
    Message and hint are kept; nothing is claimed to have run.
    """
    assert expected == blocked("tests", error)
    assert (blocked("tests", error).ran, blocked("tests", error).state) == ((), "blocked")


def test_an_unexpected_error_says_where_it_was_raised() -> None:
    """
    The innermost place is named, without directories.
    """

    def inner() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as raised:
        inner()
    expected = r"internal error: ZeroDivisionError \(test_blocked\.py:\d+\)"
    assert re.fullmatch(expected, internal(raised.value))

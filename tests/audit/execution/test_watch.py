"""
Tests of `phase2_gate.audit.execution.watch`: the record's size follows its tests, and progress follows its reports.
"""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from phase2_gate.audit.execution.policy import TestOutcome
from phase2_gate.audit.execution.watch import Watch

RECORD = (
    b'0f {"event": "start", "nonce": "n"}\n'
    b'0f {"event": "collected", "id": "a::b"}\n'
    b'0f {"event": "collected", "id": "a::c"}\n'
    b'0f {"event": "report", "id": "a::b", "when": "setup", "outcome": "passed"}\n'
    b'0f {"event": "report", "id": "a::b", "when": "call", "outcome": "passed"}\n'
    b'0f {"event": "report", "id": "a::c", "when": "setup", "outcome": "skipped", "detail": "no"}\n'
    b'0f {"event": "report" broken\n'
)


@given(cuts=st.lists(st.integers(0, len(RECORD)), max_size=8).map(sorted))
def test_pieces_do_not_matter(cuts: list[int]) -> None:
    """
    However the record is cut, each test raises the cap once and each outcome is told once.
    """
    told: list[TestOutcome] = []
    watch = Watch(100_000, told.append)
    edges = [0, *cuts, len(RECORD)]
    caps = [watch.feed(RECORD[start:end]) for start, end in pairwise(edges)]
    assert caps[-1] == 100_000 + 2 * 8192
    assert [TestOutcome("a::b", "passed"), TestOutcome("a::c", "skipped", "no")] == told


def test_the_cap_has_an_end() -> None:
    """
    A record that names tests without end does not raise the cap without end.
    """
    watch = Watch(1000)
    line = b'0f {"event": "collected", "id": "x"}\n' * 1000
    cap = max(watch.feed(line) for _ in range(50))
    assert cap == 256 * 1024 * 1024
    assert Watch(300 * 1024 * 1024).feed(line) == 300 * 1024 * 1024


def test_a_line_without_end_is_not_kept() -> None:
    """
    What is longer than the cap is no line of the recorder's.
    """
    watch = Watch(10)
    assert watch.feed(b"x" * 100) == 10
    assert watch._rest == b""

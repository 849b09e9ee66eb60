"""
Tests of forward reading.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phase2_gate.core.errors import SourceError
from phase2_gate.core.source import MemorySource, Window

DATA = bytes(range(256)) * 5000


@pytest.mark.parametrize(("offset", "length"), [(-1, 1), (0, 11), (10, 1), (3, -1)])
def test_refuses_to_read_outside(offset: int, length: int) -> None:
    """
    A range that is not there is an error, not fewer bytes.
    """
    with pytest.raises(SourceError, match="read outside"):
        MemorySource(bytes(10)).read_at(offset, length)


@given(st.lists(st.tuples(st.sampled_from(["take", "peek", "some", "hand"]), st.integers(0, 700_000)), max_size=12))
def test_takes_what_lies_there(steps: list[tuple[str, int]]) -> None:
    """
    Whatever the order of calls, bytes come in their order, never from behind the end.
    """
    end = len(DATA) - 1000
    window = Window(MemorySource(DATA), 100, end)
    at = 100
    for call, length in steps:
        expected = DATA[at : min(at + length, end)]
        if call == "take":
            assert window.take(length) == expected
            at += len(expected)
        elif call == "peek":
            assert window.peek(length) == expected
        elif call == "some":
            piece = window.take_some(length)
            assert expected.startswith(piece)
            assert bool(piece) == bool(expected)
            at += len(piece)
        else:
            buffer, start = window.at_hand(length)
            assert DATA[at:end].startswith(buffer[start:])
            assert len(buffer) - start >= len(expected)
        assert (window.position, window.left) == (at, end - at)


def test_the_tap_gets_every_byte_once() -> None:
    """
    Steps back are not given again, and after a leap nothing more is given.
    """
    taken: list[memoryview] = []
    window = Window(MemorySource(DATA), 0, len(DATA), taken.append)
    window.take(300_000)
    window.position = 10
    window.take(400_000)
    window.position = 0
    while window.left:
        window.take(100_000)

    assert window.settle() == len(DATA)
    assert b"".join(taken) == DATA


def test_the_tap_stops_at_a_leap() -> None:
    """
    What was left out was not seen by anybody.
    """
    taken: list[memoryview] = []
    window = Window(MemorySource(DATA), 0, len(DATA), taken.append)
    window.take(10)
    window.position = 1_000_000
    window.take(10)

    assert window.settle() == 0
    assert taken == []


def test_the_tap_gets_what_was_handed_out() -> None:
    """
    Bytes that change between two readings of them are given as whoever judged them saw them.
    """

    class Changing:
        """
        Other bytes at each reading.
        """

        size = Window.PIECE * 2

        def __init__(self) -> None:
            self.readings = 0

        def read_at(self, _offset: int, length: int) -> bytes:
            self.readings += 1
            return bytes([self.readings]) * length

    taken: list[memoryview] = []
    window = Window(Changing(), 0, Changing.size, taken.append)
    seen = window.take(Window.PIECE - 7) + window.take(20)

    assert window.settle() == Window.PIECE + 13
    assert b"".join(taken) == seen == b"\1" * (Window.PIECE - 7) + b"\2" * 20

"""
Tests of the content of members, where no archive can bring them about.
"""

from __future__ import annotations

import zlib

import pytest
from tests.forge import run_stream, stored_stream

from phase2_gate.core import zip_data
from phase2_gate.core.source import MemorySource, Window
from phase2_gate.core.zip_entry import Entry


def _entry(method: int, compressed: int, size: int) -> Entry:
    return Entry("a", 0, compressed, size, 0, method, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("method", "payload", "rule"),
    [(0, b"x" * 300_000, "data-size-mismatch"), (8, stored_stream(b"x" * 60_000), "deflate-unfinished")],
)
def test_data_that_ends_early(method: int, payload: bytes, rule: str) -> None:
    """
    A window that ends within the data is a problem, and never a loop without end.
    """
    window = Window(MemorySource(payload), 0, len(payload) - 10)

    with pytest.raises(zip_data.ContentProblem) as problem:
        zip_data.read(window, _entry(method, len(payload), 300_000))

    assert problem.value.rule == rule


def test_inflation_stops_one_byte_past_the_declared_size() -> None:
    """
    However much a stream would yield, no more than one byte too many is ever made.
    """
    payload = run_stream(b"a", 20_000)
    made: list[bytes] = []
    window = Window(MemorySource(payload), 0, len(payload))

    with pytest.raises(zip_data.ContentProblem, match="more content than declared"):
        zip_data.read(window, _entry(8, len(payload), 200_000), made.append)

    assert sum(map(len, made)) <= 200_000


@pytest.mark.parametrize("method", [0, 8])
def test_the_sink_gets_everything(method: int) -> None:
    """
    What is hashed is what is handed on.
    """
    content = b"a" * (1 + 258 * 2000)
    payload = content if method == 0 else run_stream(b"a", 2000)
    entry = _entry(method, len(payload), len(content))._replace(crc=zlib.crc32(content))
    made: list[bytes] = []

    zip_data.read(Window(MemorySource(payload), 0, len(payload)), entry, made.append)

    assert b"".join(made) == content

"""
Differences of content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phase2_gate.compare import contents
from phase2_gate.compare.differences import Difference
from phase2_gate.compare.side import Item
from phase2_gate.compare.texts import Room


class _Memory:
    """
    A side of one item.
    """

    def __init__(self, data: bytes, *, known: bool = True) -> None:
        self.data = data
        self.item = Item("x", len(data), hashlib.sha256(data).hexdigest() if known else None, 0, 0)
        self.items = (self.item,)

    def pieces(self, item: Item) -> Iterator[bytes]:
        """
        The content, in pieces of seven bytes.
        """
        assert item == self.item
        yield from (self.data[at : at + 7] for at in range(0, len(self.data), 7))


def _differ(a: bytes, b: bytes) -> Difference | None:
    side_a, side_b = _Memory(a), _Memory(b)
    return contents.difference(side_a, side_a.item, side_b, side_b.item, Room())


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (b"\0one", b"\0two!", "content, from byte 1 on: 4 bytes in A, 5 bytes in B"),
        (b"\xffone", b"\xffon", "content, from byte 3 on: 4 bytes in A, 3 bytes in B"),
        (b"a\nb\n", b"a\r\nb\r\n", "content, by the ends of lines alone: 2 LF in A, 2 CR LF in B"),
        (b"a\nb\n", b"a\rb\n", "content, by the ends of lines alone: 2 LF in A, 1 LF, 1 CR in B"),
        (b"a\nb\n", b"a\nb", "content, by the ends of lines alone: 2 LF in A, 1 LF, none at the end in B"),
        (
            b"a\r\nb\n",
            b"a\nb\r\n",
            (
                "content, by the ends of lines alone: "
                "1 CR LF, 1 LF, CR LF in line 1 in A, 1 CR LF, 1 LF, LF in line 1 in B"
            ),
        ),
        (b"a", b"\xef\xbb\xbfa", "content, by a byte order mark alone: 1 bytes in A, 4 bytes in B"),
        (b"a\n", b"", "content: 2 bytes in A, 0 bytes in B"),
    ],
)
def test_the_kind_of_change_is_told(a: bytes, b: bytes, message: str) -> None:
    """
    Sizes and first byte for binary content, the sort of change for text.
    """
    found = _differ(a, b)
    assert found is not None
    assert found.message() == message


def test_equal_contents_do_not_differ() -> None:
    """
    One digest, no difference, and nothing is read.
    """
    assert _differ(b"same", b"same") is None


def test_content_that_cannot_be_believed_differs() -> None:
    """
    Without a digest nothing is called equal, not even with another that has none.
    """
    bad, good = _Memory(b"x", known=False), _Memory(b"x")
    one = contents.difference(bad, bad.item, good, good.item, Room())
    both = contents.difference(bad, bad.item, bad, bad.item, Room())
    assert one is not None
    assert both is not None
    assert one.detail == "content that cannot be believed in A"
    assert both.detail == "content that cannot be believed in A and B"


def test_large_texts_are_compared_as_bytes() -> None:
    """
    Above the limit nobody reads lines.
    """
    found = _differ(b"a" * (contents.MAX_TEXT_BYTES + 1), b"a" * contents.MAX_TEXT_BYTES + b"b")
    assert found is not None
    assert found.lines == ()
    assert found.detail == f"content, from byte {contents.MAX_TEXT_BYTES} on"


def _cut(data: bytes, size: int) -> Iterator[bytes]:
    yield from (data[at : at + size] for at in range(0, len(data), size))


@given(st.binary(max_size=60), st.binary(max_size=60), st.integers(1, 9), st.integers(1, 9))
def test_the_first_difference_does_not_depend_on_pieces(a: bytes, b: bytes, size_a: int, size_b: int) -> None:
    """
    Where two streams part is what comparing byte by byte says, however they are cut.
    """
    same = next((at for at in range(min(len(a), len(b))) if a[at] != b[at]), min(len(a), len(b)))
    expected = None if a == b else same
    assert contents.first_difference(_cut(a, size_a), _cut(b, size_b)) == expected

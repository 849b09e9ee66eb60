"""
Pairing: which item of A is which of B.
"""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from phase2_gate.compare.pairs import match
from phase2_gate.compare.side import Item

_NAMES = st.sampled_from(["a", "A", "b", "caf\u00e9", "cafe\u0301", "d/", "d"])
_DIGESTS = st.sampled_from([None, "1" * 64, "2" * 64])


def _item(path: str, digest: str | None = "1" * 64, place: int = 0) -> Item:
    return Item(path, 1, digest, 0o100644, place)


def test_one_name_is_one_item_whatever_its_content() -> None:
    """
    The name decides first.
    """
    a, b = _item("x"), _item("x", "2" * 64)
    assert match([a], [b]).pairs == [("", a, b)]


def test_a_form_comes_before_a_case_and_a_case_before_the_content() -> None:
    """
    Of several candidates the one with the nearest name is taken.
    """
    nfd = unicodedata.normalize("NFD", "\u00e9")
    a = [_item("\u00e9", place=0)]
    b = [_item("zzz", place=0), _item("\u00c9", place=1), _item(nfd, place=2)]
    assert match(a, b).pairs == [("name-form", a[0], b[2])]
    assert match(a, b[:2]).pairs == [("name-case", a[0], b[1])]
    assert match(a, b[:1]).pairs == [("moved", a[0], b[0])]


def test_what_has_no_content_to_be_believed_was_not_moved() -> None:
    """
    Two items of unknown content are not the same, nor are two directories.
    """
    found = match([_item("a", None), _item("d/", place=1)], [_item("b", None), _item("e/", place=1)])
    assert found.pairs == []
    assert [item.path for item in found.removed] == ["a", "d/"]
    assert [item.path for item in found.added] == ["b", "e/"]


def test_a_name_over_the_limit_is_not_folded() -> None:
    """
    Names that are too long for any bundle are compared as they are: folding them costs the square of their length.
    """
    found = match([_item("e\u0301" * 1000, None)], [_item("\u00e9" * 1000, None)])
    assert found.pairs == []


@given(st.lists(st.tuples(_NAMES, _DIGESTS)), st.lists(st.tuples(_NAMES, _DIGESTS)))
def test_every_item_is_in_one_place(a: list[tuple[str, str | None]], b: list[tuple[str, str | None]]) -> None:
    """
    No item is lost, none stands twice, whatever names and contents repeat.
    """
    items_a = [_item(name, digest, place) for place, (name, digest) in enumerate(a)]
    items_b = [_item(name, digest, place) for place, (name, digest) in enumerate(b)]
    found = match(items_a, items_b)
    assert sorted(item.place for item in [*found.removed, *(one for _, one, _ in found.pairs)]) == list(range(len(a)))
    assert sorted(item.place for item in [*found.added, *(one for _, _, one in found.pairs)]) == list(range(len(b)))

"""
Tests of the one map of names.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phase2_gate.core import collisions
from phase2_gate.core.findings import Finding


def _found(*names: str) -> list[tuple[str, str | None]]:
    """
    Rule and path of each finding; a name that ends with a slash is a directory.
    """
    return [(finding.rule, finding.path) for finding in collisions.find(names)]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), []),
        (("a", "b", "c/d", "c/e", "c/"), []),
        (("a/", "a/b"), []),
        (("a/b", "a/"), []),
        (("a.b", "a/b", "a-b"), []),
        (("a", "a"), [("name-duplicate", "a")]),
        (("a", "a", "a"), [("name-duplicate", "a"), ("name-duplicate", "a")]),
        (("a/", "a/"), [("name-duplicate", "a")]),
        (("a/b", "a/b"), [("name-duplicate", "a/b")]),
        (("README", "readme"), [("name-case-collision", "readme")]),
        (("README", "readme", "Readme"), [("name-case-collision", "readme"), ("name-case-collision", "Readme")]),
        (("A", "a", "a"), [("name-case-collision", "a"), ("name-duplicate", "a")]),
        (("A/x", "a/y"), [("name-case-collision", "a")]),
        (("A/x", "a/x"), [("name-case-collision", "a")]),
        (("A/b/x", "a/b/y", "a/c/z"), [("name-case-collision", "a")]),
        (("A/B/x", "a/b/y"), [("name-case-collision", "a"), ("name-case-collision", "a/b")]),
        (("A/", "a/"), [("name-case-collision", "a")]),
        (("stra\u00dfe", "STRASSE"), [("name-case-collision", "STRASSE")]),
        (("\u00e9", "e\u0301"), [("name-case-collision", "e\u0301")]),
        (("\uff41", "a"), [("name-case-collision", "a")]),
        (("\u212a", "k"), [("name-case-collision", "k")]),
        (("\ufb01", "fi"), [("name-case-collision", "fi")]),
        (("\u0130", "i\u0307"), [("name-case-collision", "i\u0307")]),
        (("\u0130", "i"), []),
        (("a", "a/b"), [("name-kind-collision", "a")]),
        (("a/b", "a"), [("name-kind-collision", "a")]),
        (("a", "a/"), [("name-kind-collision", "a")]),
        (("a", "A/b"), [("name-kind-collision", "A")]),
        (("A/b/c", "a/B"), [("name-case-collision", "a"), ("name-kind-collision", "a/B")]),
        (("", ""), [("name-duplicate", "")]),
        (("\udcff", "\udcfe"), []),
    ],
)
def test_finds_each_collision_once(names: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    """
    A collision is reported at the highest component that differs, on the later name.
    """
    assert expected == _found(*names)


def test_tells_the_earlier_name() -> None:
    """
    A finding shows with what the name collides.
    """
    found = collisions.find(["Docs/a", "docs", "b", "B"])
    expected = (
        Finding("name-kind-collision", "docs", "a file, and a directory of the same name", seen="'Docs'"),
        Finding("name-case-collision", "B", "the same name where case and form are ignored", seen="'b'"),
    )
    assert expected == found


_PARTS = st.sampled_from(["a", "A", "b", "\u00df", "ss", "SS", "\u00e9", "e\u0301", "c.d"])
_PATHS = st.lists(_PARTS, min_size=1, max_size=3).map("/".join)
_NAMES = st.builds(str.__add__, _PATHS, st.sampled_from(["", "/"]))


def _collide(names: list[str]) -> bool:
    """
    The definition, quadratic: two occurrences in the way of each other.
    """
    entries = [(name.removesuffix("/"), name.endswith("/"), True) for name in names]
    for path, _, _ in tuple(entries):
        parts = path.split("/")
        entries += [("/".join(parts[:count]), True, False) for count in range(1, len(parts))]
    for index, (path, is_directory, stated) in enumerate(entries):
        for other, other_is_directory, other_stated in entries[:index]:
            if collisions.fold(path) == collisions.fold(other):
                same = path == other and is_directory and other_is_directory
                if not same or (stated and other_stated):
                    return True
    return False


@given(st.lists(_NAMES, max_size=8))
def test_agrees_with_the_definition(names: list[str]) -> None:
    """
    There is a finding exactly when two names, with all their parents, are in the way of each other.
    """
    assert _collide(names) == bool(collisions.find(names))


@given(st.lists(_NAMES, max_size=6))
def test_the_order_does_not_decide(names: list[str]) -> None:
    """
    Whether names collide does not hang on their order.
    """
    assert bool(collisions.find(names)) == bool(collisions.find(sorted(names))) == bool(collisions.find(names[::-1]))


@given(st.text())
def test_folding_again_changes_nothing_for_ascii(text: str) -> None:
    """
    The quick way for ASCII gives what the general way would.
    """
    if text.isascii():
        assert text.casefold() == collisions.fold(text)


_ODD = st.text(st.sampled_from("aAbB/\n\u00df\u0130"), max_size=5)


@given(st.lists(st.one_of(_NAMES, _PATHS, _ODD), max_size=8), st.sampled_from([1, 2, 3, 256]))
def test_the_quick_way_misses_nothing(names: list[str], portion: int) -> None:
    """
    Whatever the map finds, slashes in front and line breaks within included, is found, however names are portioned.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(collisions, "_PORTION", portion)
        found = collisions.find(names)

    assert tuple(collisions._Map().add_all(names)) == found


def test_a_name_alone_in_its_portion_is_compared() -> None:
    """
    The last of so many names that no other is in its portion, and of another alphabet.
    """
    many = [f"n{number}" for number in range(collisions._PORTION - 1)]

    assert _found(*many, "\u00c9t\u00e9", "\u00e9t\u00e9") == [("name-case-collision", "\u00e9t\u00e9")]
    assert _found(*many, "\u00e9", "\u00e9") == [("name-duplicate", "\u00e9")]
    assert _found(*many, "\u00e9/x", "\u00c9") == [("name-kind-collision", "\u00c9")]


def test_names_are_compared_across_portions() -> None:
    """
    The first and the last of many names are the same name, and the last of them a directory of the first.
    """
    many = [f"n{number}" for number in range(2 * collisions._PORTION)]

    assert collisions.find(many) == ()
    assert _found(*many, "N0") == [("name-case-collision", "N0")]
    assert _found(*many, "n0/x") == [("name-kind-collision", "n0")]

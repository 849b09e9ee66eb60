"""
Tests of the names and types of all members together.
"""

from __future__ import annotations

import pytest

from phase2_gate.core import member_names, paths
from phase2_gate.core.zip_entry import Entry
from phase2_gate.core.zip_tiling import Member


def _members(*names: str) -> list[Member]:
    return [Member(Entry(name, 0, 0, 0, 0, 0, 0, 0, 0o100644 << 16, 0), 0, None) for name in names]


def _found(*names: str) -> list[tuple[str, str | None]]:
    problems = member_names.problems(_members(*names), member_names.look(list(names)), frozenset(), frozenset())
    return [(finding.rule, finding.path) for finding in problems]


@pytest.mark.parametrize("first", ["a", "a/a", "b"])
@pytest.mark.parametrize("depth", [1, 10, 11, paths.MAX_COMPONENTS - 1, paths.MAX_COMPONENTS])
def test_depth_is_counted_however_directories_follow_each_other(depth: int, first: str) -> None:
    """
    As many components as are allowed, and no more, whether each directory holds files of its own or not.
    """
    names = ["/".join(["a"] * count) + "/f" for count in range(1, depth)]

    expected = [] if depth <= paths.MAX_COMPONENTS else [("name-too-long", names[-1])]
    assert expected == _found(f"{first}/g", *names)
    assert expected == _found(*names[-1:])


def test_a_directory_too_deep_is_found_behind_lawful_ones() -> None:
    """
    One component more than is allowed is a finding, after all directories above it were found plain.
    """
    names = ["/".join(["a"] * count) + "/f" for count in range(1, paths.MAX_COMPONENTS + 1)]

    assert [("name-too-long", names[-1])] == _found(*names)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("a/x", "/a/x"), [("name-absolute", "/a/x")]),
        (("/x", "/y"), [("name-absolute", "/x"), ("name-absolute", "/y")]),
        (("a/x", "a//x"), [("name-empty-component", "a//x")]),
        (("a/x", "a/con/x", "a/con/y"), [("name-reserved", "a/con/x"), ("name-reserved", "a/con/y")]),
        (("a/x", "a/../x"), [("name-traversal", "a/../x")]),
        (("a b/x", "a b/y z"), []),
    ],
)
def test_directories_are_judged_whatever_lies_beside_them(
    names: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    """
    A plain directory lends nothing to names that only look as if they lay in it.
    """
    assert expected == _found(*names)


def test_the_look_agrees_with_the_rules_one_by_one() -> None:
    """
    Names of every portion are looked at, and the dirty one is seen wherever it stands.
    """
    many = [f"d/n{number}" for number in range(3 * paths._PORTION)]
    dirty = [*many[:300], "d/x.pyc", *many[300:]]

    assert (many, [], True) == member_names.look(many)
    assert (dirty, [], False) == member_names.look(dirty)
    assert ([*many, "a b"], [len(many)], True) == member_names.look([*many, "a b"])
    assert member_names.look([]) == ([], [], True)


@pytest.mark.parametrize("number", range(paths._PORTION - 2, paths._PORTION + 2))
def test_no_number_of_names_hides_a_collision(number: int) -> None:
    """
    The last name is compared with the others however many stand before it, in whatever alphabet.
    """
    many = [f"n{place}" for place in range(number)]

    assert _found(*many, "\u00c9t\u00e9", "\u00e9t\u00e9") == [("name-case-collision", "\u00e9t\u00e9")]

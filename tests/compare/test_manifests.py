"""
Manifests that do not follow from the members.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from phase2_gate.compare.comparison import bundles
from phase2_gate.core.source import MemorySource

from .archives import Archive, Member

_X, _Y = (f"{hashlib.sha256(data).hexdigest()}  {name}\n".encode() for data, name in ((b"x\n", "x"), (b"y\n", "y")))


def _archive(change: Callable[[Archive], None] | None = None) -> Archive:
    archive = Archive([Member("x", b"x\n"), Member("y", b"y\n")])
    if change is not None:
        change(archive)
    return archive


def _other_content(archive: Archive) -> None:
    archive.member("x").data = b"z\n"


def _stale(archive: Archive) -> None:
    _other_content(archive)
    archive.manifest = lambda _: _X + _Y


def _one_line_short(archive: Archive) -> None:
    archive.manifest = lambda _: _X


def _unreadable(archive: Archive) -> None:
    archive.manifest_member.crc = 7


def _unread_member(archive: Archive) -> None:
    archive.member("y").crc = 7


def _lies_about_unread(archive: Archive) -> None:
    _unread_member(archive)
    archive.manifest = lambda _: _X + _Y.replace(b"0", b"1")


def _manifests(a: Archive, b: Archive) -> list[str]:
    found = bundles(MemorySource(a.to_bytes()), MemorySource(b.to_bytes())).differences
    return [one.message() for one in found if one.kind == "manifest"]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        pytest.param(None, _other_content, [], id="follows"),
        pytest.param(
            None,
            _stale,
            ["it does not follow from the members in B (manifest-digest-mismatch in B)"],
            id="stale",
        ),
        pytest.param(
            _stale,
            _other_content,
            [
                (
                    "content; it does not follow from the members in A (manifest-digest-mismatch in A): "
                    "136 bytes in A, 136 bytes in B"
                )
            ],
            id="stale-against-right",
        ),
        pytest.param(
            None,
            _one_line_short,
            [
                (
                    "content; it does not follow from the members in B (manifest-unlisted-member in B): "
                    "136 bytes in A, 68 bytes in B"
                )
            ],
            id="unlisted",
        ),
        pytest.param(
            None,
            _unreadable,
            [("content that cannot be believed in B; whether it follows from the members in B cannot be told")],
            id="unreadable",
        ),
        pytest.param(None, _unread_member, [], id="a-member-nobody-believes"),
        pytest.param(
            _unread_member,
            _lies_about_unread,
            [
                (
                    "content; whether it follows from the members in A and B cannot be told: "
                    "136 bytes in A, 136 bytes in B"
                )
            ],
            id="another-digest-for-it",
        ),
    ],
)
def test_a_manifest_that_does_not_follow_is_named(
    a: Callable[[Archive], None] | None, b: Callable[[Archive], None] | None, expected: list[str]
) -> None:
    """
    Whether or not the two manifests are the same, whose is wrong is told, and nothing is said that nobody can know.
    """
    assert _manifests(_archive(a), _archive(b)) == expected


def test_a_manifest_wrong_alike_on_both_sides_is_no_cause() -> None:
    """
    What both get wrong in the same way makes no difference.
    """
    one, other = _archive(_stale), _archive(_stale)
    other.member("y").time = 2
    assert _manifests(one, other) == []

"""
Comparisons of two bundles: every seeded difference is named, alone and beside any other, and nothing else is.
"""

from __future__ import annotations

import itertools

import pytest

from phase2_gate.compare import rendering, texts
from phase2_gate.compare.comparison import Comparison, bundles
from phase2_gate.compare.differences import KINDS
from phase2_gate.core.source import MemorySource

from .archives import Member
from .seeds import SEEDS, base


def _compare(*names: str, swap: bool = False) -> Comparison:
    changed = base()
    for name in names:
        SEEDS[name].apply(changed)
    sides = [MemorySource(base().to_bytes()), MemorySource(changed.to_bytes())]
    if swap:
        sides.reverse()
    return bundles(*sides)


def _named(comparison: Comparison) -> set[tuple[str, str | None]]:
    return {(one.kind, one.path) for one in comparison.differences}


@pytest.mark.parametrize("name", SEEDS)
def test_a_seeded_difference_is_named_and_nothing_else(name: str) -> None:
    """
    One change gives its kind, its member and what was seen on both sides.
    """
    comparison = _compare(name)
    seed = SEEDS[name]
    assert {(seed.kind, seed.path)} == _named(comparison)
    assert comparison.outcome == "different"
    assert any(seed.says in one.message() for one in comparison.differences), comparison.differences


@pytest.mark.parametrize("pair", list(itertools.combinations(SEEDS, 2)), ids="+".join)
def test_two_seeded_differences_are_both_named(pair: tuple[str, str]) -> None:
    """
    Two changes give exactly what each gives alone.
    """
    expected = {(SEEDS[name].kind, SEEDS[name].path) for name in pair}
    assert expected == _named(_compare(*pair))


_MIRRORED = {"added": "removed", "removed": "added"}


@pytest.mark.parametrize("name", SEEDS)
def test_the_other_way_round_the_same_is_named(name: str) -> None:
    """
    A and B in each other's place give the same kinds, added and removed in each other's.
    """
    kind = SEEDS[name].kind
    assert {_MIRRORED.get(kind, kind)} == {one.kind for one in _compare(name, swap=True).differences}


def test_all_seeds_together_are_named() -> None:
    """
    Changes do not hide each other, however many there are.
    """
    expected = {(seed.kind, seed.path) for seed in SEEDS.values()}
    assert expected == _named(_compare(*SEEDS))


def test_every_kind_that_has_a_seed_is_a_kind() -> None:
    """
    The table of kinds and the seeds tell of the same things; two kinds need hostile bytes.
    """
    assert set(KINDS) - {"broken-rule", "unexplained"} == {seed.kind for seed in SEEDS.values()}


def test_equal_bytes_are_equal() -> None:
    """
    A bundle equals itself, and content is said to be the same.
    """
    comparison = _compare()
    assert (comparison.outcome, comparison.differences, comparison.same_content) == ("equal", (), True)


@pytest.mark.parametrize(
    ("name", "same"),
    [("time", True), ("order", True), ("compression", True), ("mode", True), ("text", False), ("moved", False)],
)
def test_whether_content_is_the_same_is_told(name: str, same: bool) -> None:
    """
    What no extraction would show leaves the content the same.
    """
    seed = "executable" if name == "mode" else name
    assert same == _compare(seed).same_content


def test_text_is_shown_line_by_line() -> None:
    """
    The lines of a text difference are those of `diff -u`.
    """
    (found,) = _compare("text").differences
    expected = (
        "--- A/text.py",
        "+++ B/text.py",
        "@@ -1,2 +1,2 @@",
        " content of text.py",
        "-second line",
        "+another second line",
    )
    assert expected == found.lines


def test_a_manifest_that_is_right_on_both_sides_is_no_cause() -> None:
    """
    When content changes and the manifest follows, the content alone is named.
    """
    assert {("content", "text.py")} == _named(_compare("text"))


def test_a_manifest_that_does_not_follow_is_a_cause_beside_the_content() -> None:
    """
    Content changed under an old manifest: both are named, and whose manifest is wrong.
    """
    old = base()
    old.ordered()
    lines = old.manifest_member.data
    changed = base()
    SEEDS["text"].apply(changed)
    changed.manifest = lambda _: lines + b"more\n"
    comparison = bundles(MemorySource(base().to_bytes()), MemorySource(changed.to_bytes()))
    assert {("content", "text.py"), ("manifest", "manifest.txt")} == _named(comparison)
    (message,) = (one.message() for one in comparison.differences if one.kind == "manifest")
    assert "does not follow from the members in B (manifest-malformed-line in B)" in message


def test_equal_sums_under_unequal_headers_are_a_broken_rule() -> None:
    """
    A field that contradicts its twin is named by the rule that it breaks, and by the side that breaks it.
    """
    changed = base()
    changed.member("text.py").local_crc = 1
    comparison = bundles(MemorySource(base().to_bytes()), MemorySource(changed.to_bytes()))
    assert {("broken-rule", "text.py")} == _named(comparison)
    assert comparison.differences[0].detail.startswith("only B breaks local-crc-mismatch: ")
    assert [(side, finding.rule) for side, finding in comparison.notes] == [("B", "local-crc-mismatch")]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (b"junk", b"junk", []),
        (b"junk", b"juNK", ["from byte 2 of them on: 4 bytes in A, 4 bytes in B"]),
        (b"junk", b"", ["4 bytes in A, 0 bytes in B"]),
    ],
)
@pytest.mark.parametrize("kind", ["leading-bytes", "trailing-bytes"])
def test_bytes_around_an_archive_are_compared(kind: str, a: bytes, b: bytes, expected: list[str]) -> None:
    """
    The same on both sides are no cause, and of others it is said where they part.
    """
    sides = (base(), base())
    sides[1].member("time").time = 2
    for side, junk in zip(sides, (a, b), strict=True):
        setattr(side, {"leading-bytes": "prefix", "trailing-bytes": "suffix"}[kind], junk)
    comparison = bundles(*(MemorySource(side.to_bytes()) for side in sides))
    assert [one.kind for one in comparison.differences] == [*[kind for _ in expected], "time"]
    assert all(one.message().endswith(end) for one, end in zip(comparison.differences, expected, strict=False))


def test_a_name_given_twice_is_an_addition() -> None:
    """
    Of two members of one name the second is the one that is added.
    """
    changed = base()
    changed.members.append(Member("text.py", b"another body\n"))
    comparison = bundles(MemorySource(base().to_bytes()), MemorySource(changed.to_bytes()))
    assert ("added", "text.py") in _named(comparison)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no directory can be believed"),
        (b"hello, this is no archive", "no directory can be believed"),
        (base().to_bytes()[:-1], "no directory can be believed"),
        (base().to_bytes().replace(b"PK\1\2", b"PK\1\3", 1), "the directory cannot be believed"),
    ],
)
def test_what_cannot_be_read_is_not_judged(data: bytes, why: str) -> None:
    """
    Bytes that are no archive give no cause and no verdict, on either side, and even when they are the same.
    """
    good, bad = MemorySource(base().to_bytes()), MemorySource(data)
    assert f"B: {why}; their bytes differ" in bundles(good, bad).blocked
    assert f"A: {why}; their bytes differ" in bundles(bad, good).blocked
    same = bundles(bad, bad)
    assert (same.outcome, same.same_content) == ("not judged", False)
    assert "their bytes are equal" in same.blocked


def test_no_flipped_byte_is_called_equal_or_left_unexplained() -> None:
    """
    Any bit of any byte of an archive that differs makes it different, or past judging.
    """
    data = base().to_bytes()
    good = MemorySource(data)
    unexplained = []
    for place in range(0, len(data), 7):
        flipped = bytearray(data)
        flipped[place] ^= 1 << place % 8
        comparison = bundles(good, MemorySource(bytes(flipped)))
        assert comparison.outcome != "equal"
        unexplained += [place for one in comparison.differences if one.kind == "unexplained"]
    assert unexplained == []


def test_members_behind_the_room_for_lines_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Every content that differs is a cause, in text and JSON, and that lines are left out is said.
    """
    monkeypatch.setattr(texts, "MAX_TOTAL", 1)
    sides = (base(), base())
    for name in ("text.py", "time", "version"):
        sides[1].member(name).data = b"other\n"
    comparison = bundles(*(MemorySource(side.to_bytes()) for side in sides))
    assert [one.path for one in comparison.differences] == ["text.py", "time", "version"]
    document = rendering.document(comparison, "a", "b")["differences"]
    assert isinstance(document, list)
    shown = [one["lines"] for one in document]
    # The manifest was compared before them.
    assert shown == [[texts.LEFT_OUT]] * 3
    assert list(rendering.text(comparison)).count(f"    {texts.LEFT_OUT}") == 3

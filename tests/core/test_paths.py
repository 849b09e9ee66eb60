"""
Tests of member paths.
"""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phase2_gate.core import paths
from phase2_gate.core.errors import InvalidPathError

GOOD = (
    "a",
    "a.py",
    "src/pkg/__init__.py",
    ".bundleignore",
    ".a/.b",
    "a b/c d.txt",
    "caf\u00e9/\u6587.txt",
    "a-b+c=d,e;f@g#h$i%j&k(l)[m]{n}^o`p!q'r",
    "console",
    "com10",
    "nul_",
    "x" * 255,
    "/".join(["x"] * 100),
    "a~b",
    "longname~1.text",
    "\U0001f600.txt",
)
BAD = {
    "": ["name-empty"],
    "/a": ["name-absolute"],
    "/": ["name-absolute"],
    "//a": ["name-absolute"],
    "//a//b": ["name-absolute", "name-empty-component"],
    "a//b": ["name-empty-component"],
    "a/": ["name-empty-component"],
    "..": ["name-traversal"],
    "a/../b": ["name-traversal"],
    ".": ["name-dot-component"],
    "./a": ["name-dot-component"],
    "...": ["name-trailing-dot-or-space"],
    "a\\b": ["name-backslash"],
    "C:": ["name-drive"],
    "c:/a:b": ["name-colon", "name-drive"],
    "a:b": ["name-drive"],
    "ab:c": ["name-colon"],
    "a\0": ["name-control"],
    "a\nb": ["name-control"],
    "a\u0085b": ["name-control"],
    "a\u2029b": ["name-control"],
    "a?": ["name-forbidden-character"],
    "a.": ["name-trailing-dot-or-space"],
    "a /b": ["name-trailing-dot-or-space"],
    " a": ["name-leading-character"],
    "-a": ["name-leading-character"],
    "~a": ["name-leading-character"],
    "NUL": ["name-reserved"],
    "con.txt": ["name-reserved"],
    "a/LPT\u00b3": ["name-reserved"],
    "aux .c": ["name-reserved"],
    "conout$": ["name-reserved"],
    "GIT~1": ["name-short-alias"],
    "MANIFE~1.TXT": ["name-short-alias"],
    "e\u0301": ["name-not-nfc"],
    "a\u200bb": ["name-invisible"],
    "a\ufeff": ["name-invisible"],
    "a\u3164": ["name-invisible"],
    "a\U000e0100": ["name-invisible"],
    "a\ue000": ["name-unassigned"],
    "a\uffff": ["name-unassigned"],
    "x" * 256: ["name-too-long"],
    "\u00e9" * 128: ["name-too-long"],
    "/".join(["x" * 150] * 7): ["name-too-long"],
    "/".join(["x"] * 101): ["name-too-long"],
    "../a\\b:c\n": ["name-backslash", "name-colon", "name-control", "name-traversal"],
}


@pytest.mark.parametrize("text", GOOD)
def test_accepts_honest_names(text: str) -> None:
    """
    What travels everywhere is a member path as it stands.
    """
    assert (paths.problems(text), paths.parse(text)) == ((), text)


@pytest.mark.parametrize(("text", "expected"), BAD.items(), ids=[repr(text)[:30] for text in BAD])
def test_names_every_rule_that_is_broken(text: str, expected: list[str]) -> None:
    """
    Each rule once, and none that follows from another.
    """
    assert [finding.rule for finding in paths.problems(text)] == expected
    with pytest.raises(InvalidPathError, match=expected[0]):
        paths.parse(text)


def test_refuses_bytes_that_are_not_text() -> None:
    """
    Lone surrogates stand for such bytes; only whoever read them can say what they were.
    """
    assert paths.problems("caf\udce9") == ()
    with pytest.raises(InvalidPathError, match="name-not-utf8"):
        paths.parse("caf\udce9")


@given(st.text(alphabet="aZ09_.+-/ ~:coNnulCM1\u00e9", max_size=14))
def test_the_short_way_is_never_more_lenient(text: str) -> None:
    """
    What is called plain breaks no rule when each is asked.
    """
    if paths.is_plain(text):
        report: list[str] = []
        paths._whole_path(text, lambda rule, _detail, _seen: report.append(rule))
        paths._characters(text, lambda rule, _detail, _seen: report.append(rule))
        for component in text.split("/"):
            paths._component(component, lambda rule, _detail, _seen: report.append(rule))

        assert report == []


@given(st.text(max_size=20))
def test_what_is_accepted_is_normal_and_printable(text: str) -> None:
    """
    An accepted name is in normal form C, and holds nothing that a line cannot show.
    """
    if text and not any("\ud800" <= char <= "\udfff" for char in text) and not paths.problems(text):
        assert unicodedata.normalize("NFC", text) == text
        assert "\n" not in text
        assert "\\" not in text
        assert ".." not in text.split("/")


_COMPONENTS = st.sampled_from(["a", "b.c", "con", "..", "", "-x", "x" * 99, "x" * 100, "x" * 300, "\u00e9", "a b"])


@given(st.lists(st.lists(_COMPONENTS, min_size=1, max_size=120).map("/".join), max_size=4), st.integers(1, 3))
def test_portions_name_what_is_not_plain(names: list[str], size: int) -> None:
    """
    In portions of any size, exactly the places of the paths are named that are not plain by themselves.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(paths, "_PORTION", size)
        portions = list(paths.portions(names))
        found = [place for portion in portions for place in paths.uncommon(portion)]

    assert [place for place, name in enumerate(names) if not paths.is_plain(name)] == found
    assert names == [
        name or names[portion.start + place] for portion in portions for place, name in enumerate(portion.paths)
    ]


def test_what_is_too_long_is_not_taken_apart() -> None:
    """
    A name of a megabyte is passed over, and named as uncommon; what is long and lawful is taken apart.
    """
    lawful = "/".join(["ab"] * 99)
    (portion,) = paths.portions(["a/b", "x/" * 500_000, lawful])

    assert (0, ["a/b", "", lawful], {"a", "b", "", "ab"}) == tuple(portion)
    assert paths.uncommon(portion) == [1, 2]
    assert paths.problems(lawful) == ()

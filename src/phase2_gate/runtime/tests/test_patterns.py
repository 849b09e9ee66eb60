"""
Path patterns: what matches, what is refused, in which time.
"""

from __future__ import annotations

import dataclasses
import time

import pytest

from ..governance.envelope_enforcer import (
    EnvelopeError,
)
from ..governance.paths import fold
from ..governance.patterns import AllowPattern, DenyPattern
from ..governance.segments import CharClass, TokenRuns, _unfolded, parse_segment
from .samples import envelope


@pytest.mark.parametrize(
    ("pattern", "path", "allow", "deny"),
    [
        ("docs", "docs", True, True),
        ("docs", "docs/a", False, True),
        ("docs/**", "docs", True, True),
        ("docs/**", "docs/a/b", True, True),
        ("docs/*", "docs/a", True, True),
        ("docs/*", "docs/a/b", False, True),
        ("docs/*", "docs", False, False),
        ("*.py", "a.py", True, True),
        ("*.py", "d/a.py", False, False),
        ("**/b", "a/b", True, True),
        ("**/*.py", "a.py", True, True),
        ("**/*.py", "d/e/a.py", True, True),
        ("a/**/z", "a/z", True, True),
        ("a/**/z", "a/b/c/z", True, True),
        ("a/**/z", "a/b/c/y", False, False),
        ("a/**/b/**/c", "a/b/x/b/c", True, True),
        ("**/**", "x", True, True),
        ("**/a/**", "x/a/y", True, True),
        ("a/**/**/z", "a/z", True, True),
        ("**", "x/y", True, True),
        ("a?c", "abc", True, True),
        ("a?c", "a/c", False, False),
        ("a[!x]c", "a/c", False, False),
        ("a[b-d]e", "ace", True, True),
        ("a[b-d]e", "aee", False, False),
        ("a[!b-d]e", "aee", True, True),
        ("a[]]b", "a]b", True, True),
        ("[a-]", "-", True, True),
        ("[*]", "x", False, False),
        ("a*b*c", "aXbYc", True, True),
        ("a*b*c", "abXc", True, True),
        ("a*b*c", "acb", False, False),
        ("a*bc*bc", "abcbc", True, True),
        ("a*bc*bc", "abc", False, False),
        ("a*b", "ab", True, True),
        ("A*", "Ab", True, True),
        ("A*", "ab", False, True),
        ("a*ab", "ab", False, False),
        ("a*?b*c", "aXYbZc", True, True),
        ("a*?b*c", "aXYZ-c", False, False),
        ("a?*[b-d]*e?", "axybze1", True, True),
        ("a?*b*e", "axybze", True, True),
        ("?*b", "b", False, False),
        ("[a]*b", "xb", False, False),
        ("Secrets", "secrets", False, True),
        ("secrets/*.KEY", "SECRETS/a.key/x", False, True),
        ("stra\u00dfe", "STRASSE", False, True),
        ("[K]ey", "\u212aey", False, True),
        ("[!k]ey", "key", True, True),
        ("\u00e9t\u00e9", "\u00c9T\u00c9", False, True),
    ],
)
def test_patterns_match_as_written_down(pattern: str, path: str, allow: bool, deny: bool) -> None:  # a table
    """
    Allow is exact; deny covers aliases and everything beneath.
    """
    components = path.split("/")
    expected_allow = False if pattern == "[!k]ey" else allow
    assert expected_allow is AllowPattern.parse(pattern).matches(components)
    assert deny is DenyPattern.parse(pattern).matches([fold(component) for component in components])


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "/a",
        "a/",
        "a//b",
        "./a",
        "a/../b",
        "a\\b",
        "!a",
        "~/a",
        "a**",
        "a/b**c/d",
        "a[",
        "a[]",
        "a[!]",
        "a]b",
        "[b-a]",
        "a.",
        "a*.",
        "con",
        "a:b",
        "a<*",
        "*\n*",
        "e\u0301",
        "\u202e*",
        "%2e%2e",
        "%2e*a",
        "GIT~1",
        "x" * 256,
        "x" * 2000,
        "\ud800",
        7,
        None,
        ["a"],
    ],
)
def test_a_pattern_that_could_never_match_is_refused(pattern: object) -> None:
    """
    On both sides: a deny rule that does nothing is the worst of all.
    """
    for field in ("allow_paths", "deny_paths"):
        with pytest.raises(EnvelopeError, match=field):
            dataclasses.replace(envelope(), **{field: [pattern]})  # type: ignore[arg-type]  # the point of the test


def test_a_pattern_is_text() -> None:
    """
    Also when it is parsed by itself.
    """
    for side in (AllowPattern, DenyPattern):
        with pytest.raises(EnvelopeError, match="need text, seen int"):
            side.parse(7)


def test_matching_takes_no_exponential_time() -> None:
    """
    Patterns that explode in naive matchers are decided at once.
    """
    began = time.perf_counter()
    path = "/".join(["a" * 20] * 40)
    for pattern in ["*a" * 12 + "b", "/".join(["**/a*"] * 20 + ["b"]), "a" + "*a" * 60 + "?b"]:
        assert not AllowPattern.parse(pattern).matches(path.split("/"))
        assert not AllowPattern.parse(pattern).matches(["a" * 250])
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("", "need a relative pattern"),
        ("a\\b", "need a relative pattern"),
        ("a/" * 512 + "b", "need a relative pattern"),
        ("a//b", "the rule would be inert"),
        ("a/..", "the rule would be inert"),
        ("./*", "the rule would be inert"),
        ("*" + "[ab]" * 127 + "ab", "can never match: too long"),
        ("a:b", "can never match: holds a character that separates"),
        ("a[b", r"not closed or empty: '\[b'"),
        ("a[bc", r"not closed or empty: '\[bc'"),
    ],
)
def test_a_refused_pattern_says_why(pattern: str, words: str) -> None:
    """
    Each for its own reason.
    """
    with pytest.raises(EnvelopeError, match=words):
        AllowPattern.parse(pattern)


def test_the_bounds_of_patterns_are_exact() -> None:
    """
    1,024 characters in all; a segment may be written with twice the bytes that a name has.
    """
    assert AllowPattern.parse("a/" * 511 + "bb").text.endswith("bb")
    assert AllowPattern.parse("*" + "[ab]" * 127 + "a").matches(["a" * 128])


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("*a*a*", "ba", False),
        ("*a*a*", "aba", True),
        ("[!]]", "a", True),
        ("[!]]", "]", False),
        ("[]a]", "]", True),
        ("[abx]", "m", False),
        ("[abx]", "x", True),
        ("[a-c]", "-", False),
        ("[a-c]", "c", True),
        ("[a-]", "-", True),
        ("[-a]", "-", True),
        ("[a-cx]", "x", True),
        ("[a-c-e]", "d", False),
        ("a[!]]", "ab", True),
        ("*[b]*c", "bc", True),
        ("%2*e", "%2xe", True),
        ("2e*%", "2ex%", True),
        ("[a:]x", "ax", True),
    ],
)
def test_classes_and_runs_mean_what_they_say(pattern: str, name: str, expected: bool) -> None:
    """
    Each run is found behind the one before; brackets and dashes count as members where nothing else is possible.
    """
    assert expected is AllowPattern.parse(pattern).matches([name])


def test_what_was_parsed_stays_what_it_is() -> None:
    """
    No pattern, segment or class in it can be changed or given more.
    """
    segment = parse_segment("[a]*", "[a]*", folded=False)
    assert isinstance(segment, TokenRuns)
    held = segment.runs[0][0]
    assert isinstance(held, CharClass)
    for value in (AllowPattern.parse("a"), DenyPattern.parse("a"), segment, held):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, value.__slots__[0], ())
        assert not hasattr(value, "__dict__")


def test_all_of_unicode_is_folded_once() -> None:
    """
    The table of aliases takes a tenth of a second; every class of a deny rule asks for it.
    """
    assert _unfolded()["k"] == ("K", "\u212a")
    assert _unfolded() is _unfolded()

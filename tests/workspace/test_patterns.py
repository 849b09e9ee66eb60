"""
Tests of single lines of ignore files; agreement with git is tested in `test_ignore_git`.
"""

from __future__ import annotations

import re

import pytest

from phase2_gate.workspace import brackets, patterns
from phase2_gate.workspace.brackets import DoubtfulPatternError
from phase2_gate.workspace.patterns import Pattern


@pytest.mark.parametrize("text", ["", " ", "    ", "#", "# a", "#!a"])
def test_passes_over_blank_lines_and_comments(text: str) -> None:
    """
    What says nothing is no pattern.
    """
    assert patterns.parse(text, 1) is None


def _parsed(text: str) -> Pattern:
    pattern = patterns.parse(text, 7)
    assert pattern is not None
    return pattern


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", ("a", False, False, True)),
        ("!a", ("!a", True, False, True)),
        ("a/", ("a/", False, True, True)),
        ("!/a/", ("!/a/", True, True, False)),
        ("a/b", ("a/b", False, False, False)),
        ("a   ", ("a", False, False, True)),
        ("a\\ ", ("a\\ ", False, False, True)),
        ("a\\   ", ("a\\ ", False, False, True)),
        ("a\\\\  ", ("a\\\\", False, False, True)),
    ],
)
def test_reads_the_marks_of_a_line(text: str, expected: tuple[str, bool, bool, bool]) -> None:
    """
    Negation, directories only, and whether names or paths are compared.
    """
    pattern = _parsed(text)
    assert expected == (pattern.text, pattern.negated, pattern.directories_only, pattern.by_name)
    assert pattern.line == 7


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("!", "the pattern names nothing"),
        ("/", "the pattern names nothing"),
        ("!/", "the pattern names nothing"),
        ("//", "the pattern names nothing"),
        ("//a", "two slashes in a row match nothing"),
        ("a//", "two slashes in a row match nothing"),
        ("a//b", "two slashes in a row match nothing"),
        ("a\\", "a backslash escapes nothing"),
        ("a\\/b", "a backslash escapes nothing"),
        (" a", "a space stands in front and is a part of the pattern"),
        ("! a", "a space stands in front and is a part of the pattern"),
        ("a\t", "the control character U+0009 is a part of the pattern"),
        ("a\rb", "the control character U+000D is a part of the pattern"),
        ("a\0", "the control character U+0000 is a part of the pattern"),
        ("[", "a set begun by [ never ends"),
        ("[a", "a set begun by [ never ends"),
        ("[]", "a set begun by [ never ends"),
        ("[!]", "a set begun by [ never ends"),
        ("[a\\", "a set begun by [ never ends"),
        ("[a-\\", "a set begun by [ never ends"),
        ("[z-a]", "the range z-a runs backwards and matches nothing"),
        ("[a/b]", "a slash stands in a set, which never matches one"),
        ("[\u00e9]", "a set holds a letter beyond ascii, but takes a single byte of it"),
        ("[[:letters:]]", "a set holds [: without the name of a class and :] behind it"),
        ("[[:alpha]", "a set holds [: without the name of a class and :] behind it"),
        ("[[:]", "a set holds [: without the name of a class and :] behind it"),
        ("[a-[:alpha:]]", "a range in a set ends in a class"),
    ],
)
def test_refuses_what_is_hardly_meant(text: str, reason: str) -> None:
    """
    A line that git reads in a surprising way is an error that says how.
    """
    with pytest.raises(DoubtfulPatternError, match=f"^{re.escape(reason)}$"):
        patterns.parse(text, 1)


@pytest.mark.parametrize(
    "text",
    [".", "..", "./", "/.", "!..", "./a.txt", "../a", "a/../b", "a/.", "a/..", "a/./", "!/./a", "\\./a", "a/\\.\\./b"],
)
def test_refuses_components_that_no_path_has(text: str) -> None:
    """
    As two slashes in a row: such a line says nothing, and hardly anybody means that.
    """
    with pytest.raises(DoubtfulPatternError, match=r"^a component \. or \.\. matches nothing: need the path "):
        patterns.parse(text, 1)


@pytest.mark.parametrize(
    ("text", "path"), [(".a", ".a"), ("...", "..."), ("..a/b.", "..a/b."), ("\\\\./a", "\\./a"), (".?/a", "../a")]
)
def test_dots_beside_other_characters_are_plain(text: str, path: str) -> None:
    """
    Names may begin and end with them.
    """
    assert re.fullmatch(_parsed(text).expression, path)


@pytest.mark.parametrize("text", ["a/**b", "a**/b", "a/***/b", "/a**"])
def test_refuses_stars_that_look_like_any_depth(text: str) -> None:
    """
    Two stars beside other characters stop at a slash, which is hardly meant.
    """
    with pytest.raises(DoubtfulPatternError, match=r"^\*\* beside other characters"):
        patterns.parse(text, 1)


@pytest.mark.parametrize(
    ("text", "matches", "others"),
    [
        ("[abc]", "abc", "dA/"),
        ("[!abc]", "dA]", "abc/"),
        ("[^abc]", "dA]", "abc/"),
        ("[a-c]", "abc", "d-"),
        ("[a-]", "a-", "b"),
        ("[-a]", "a-", "b"),
        ("[]a]", "]a", "b"),
        ("[!]a]", "b", "]a"),
        ("[\\]a]", "]a", "\\"),
        ("[\\a-\\c]", "abc", "d\\"),
        ("[[a]", "[a", "]"),
        ("[[:digit:]x]", "09x", "ay"),
        ("[[:upper:][:digit:]]", "AZ0", "a"),
        ("[[:blank:]]", " ", "a"),
        ("[a-c-e]", "abc-e", "d"),
        ("[+--]", "+,-", "."),
    ],
)
def test_translates_sets(text: str, matches: str, others: str) -> None:
    """
    A set takes exactly its bytes, and never a slash.
    """
    expression, end = brackets.translate(text, 0)
    assert len(text) == end
    assert [True] * len(matches) == [re.fullmatch(expression, char) is not None for char in matches]
    assert [None] * len(others) == [re.fullmatch(expression, char) for char in others]


def test_a_negated_set_takes_a_byte_beyond_ascii() -> None:
    """
    What is not in a negated set matches, whatever byte it is.
    """
    expression, _ = brackets.translate("[!a]", 0)
    assert re.fullmatch(expression, "\xe9")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a", "a"), ("\u00e9", "\xc3\xa9"), ("\udcff", "\xff"), ("", "")],
)
def test_shows_bytes_as_characters(text: str, expected: str) -> None:
    """
    Each byte of a name is one character, whatever it means.
    """
    assert expected == patterns.as_bytes(text)


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("*a*b*", "xxaxxbxx", True),
        ("*a*b", "abab", True),
        ("*a*b", "aba", False),
        ("a*b*a", "aba", True),
        ("a*b*a", "ab", False),
        ("*[ab]?c*", "xaacx", True),
        ("\\**", "*x", True),
        ("\\**", "x", False),
        ("a**", "a", True),
        ("a***b", "axb", True),
        ("*a" * 40 + "*b", "a" * 200, False),
    ],
)
def test_stars_take_what_they_may_in_short_time(text: str, path: str, expected: bool) -> None:
    """
    What stands between stars is settled at its first match, which finds every match and never tries all ways.
    """
    assert (re.fullmatch(_parsed(text).expression, path) is not None) is expected


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("**/a/**/b", "a/b", True),
        ("**/a/**/b", "x/a/y/z/b", True),
        ("**/a/**/b", "xa/b", False),
        ("**/a/**/b", "x/ay/b", False),
        ("a/**/b/**/c", "a/b/x/b/c", True),
        ("a/**/b/c/**/d", "a/b/b/c/d", True),
        ("a/**/b/c/**/d", "a/b/x/c/d", False),
        ("a/**/*b/**/c", "a/xb/b/y/c", True),
        ("a/**/b/**/c", "a/xb/y/c", False),
        ("a/**/b/**/c", "a/b/yc", False),
        ("**/a/" * 40 + "b", "a/" * 200 + "c", False),
    ],
)
def test_any_depth_takes_what_it_may_in_short_time(text: str, path: str, expected: bool) -> None:
    """
    The same for what stands between two ``**``; of a component there is all or nothing.
    """
    assert (re.match(_parsed(text).expression, path) is not None) is expected

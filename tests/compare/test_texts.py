"""
Differences of texts, line by line.
"""

from __future__ import annotations

import re

import pytest

from phase2_gate.compare import texts


def test_line_numbers_are_those_of_the_whole_text() -> None:
    """
    Common lines that were set aside are counted.
    """
    before = [f"line {number}" for number in range(1, 101)]
    after = [*before[:49], "changed", *before[50:]]
    shown = list(texts.unified("\n".join(before) + "\n", "\n".join(after) + "\n", "x", "x"))
    assert shown[:3] == ["--- A/x", "+++ B/x", "@@ -47,7 +47,7 @@"]
    assert shown[3:] == [" line 47", " line 48", " line 49", "-line 50", "+changed", " line 51", " line 52", " line 53"]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("a\nb\n", "c\nb", ["-a", "-b", "+c", "+b", "\\ no end of line"]),
        ("a\nb", "c\nb", ["-a", "+c", " b", "\\ no end of line"]),
        ("x\n\\ no end of line\n", "x", ["-x", "-\\ no end of line", "+x", "\\ no end of line"]),
    ],
)
def test_a_missing_end_of_line_is_shown(a: str, b: str, expected: list[str]) -> None:
    """
    A last line without an end is followed by a remark, as `diff -u` has it, and no line of a text is taken for one.
    """
    assert list(texts.unified(a, b, "x", "x"))[3:] == expected


def test_too_many_lines_are_counted_only() -> None:
    """
    Work is bounded: what is hostile or rewritten is not compared line by line.
    """
    many = "\n".join(["ab"[number % 2] for number in range(5000)]) + "\n"
    assert list(texts.unified(many, "\n".join(reversed(many.split("\n"))), "x", "x")) == ["5001 lines from line 1 on"]


def test_long_differences_are_cut_short() -> None:
    """
    At most so many lines are kept.
    """
    before, after = ("".join(f"{side}{number}\n" for number in range(200)) for side in "ab")
    shown = list(texts.unified(before, after, "x", "x"))
    assert len(shown) == texts.MAX_SHOWN_LINES + 1
    assert shown[-1] == "more lines follow"


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        pytest.param(
            "a" * 1000 + "x" + "b" * 1000 + "\n",
            "a" * 1000 + "y" + "b" * 1000 + "\n",
            ["-... {a}x{b} ...", "+... {a}y{b} ..."],
            id="in-the-middle",
        ),
        pytest.param("x" + "b" * 200 + "\n", "y" + "b" * 199 + "\n", ["-x{b} ...", "+y{b}"], id="just-too-long"),
        pytest.param(
            "x\n" + "c" * 500 + "\n",
            "y\nz\n" + "c" * 500 + "\n",
            ["-x", "+y", "+z", " {c} ..."],
            id="a-common-line",
        ),
        pytest.param(
            "one\n" + "a" * 400 + "1\n",
            "two\n" + "a" * 400 + "2\n",
            ["-one", "-... {a}1", "+two", "+... {a}2"],
            id="the-second-of-two",
        ),
    ],
)
def test_long_lines_are_cut_around_what_differs(a: str, b: str, expected: list[str]) -> None:
    """
    A line may be as long as a text: two hundred characters of it are shown, the place of interest among them.
    """
    shown = list(texts.unified(a, b, "x", "x"))[3:]
    assert len(shown) == len(expected)
    for line, form in zip(shown, expected, strict=True):
        assert len(line) <= 1 + texts.MAX_LINE + 8
        assert form == re.sub(r"([abc])\1+", r"{\1}", line)


def test_long_names_are_cut() -> None:
    """
    A name may have 64 KiB.
    """
    first, second, *_ = texts.unified("a\n", "b\n", "n" * 1000, "n" * 1000)
    assert (first, second) == ("--- A/" + "n" * 195 + " ...", "+++ B/" + "n" * 195 + " ...")


def test_all_texts_share_one_room() -> None:
    """
    When it is full no more lines are made, and that is said.
    """
    room = texts.Room()
    line = "x" * (texts.MAX_TOTAL // 4)
    assert [room.take([line]) for _ in range(4)] == [(line,)] * 4

    assert room.take(iter(lambda: pytest.fail("lines are made that nobody keeps"), "")) == (texts.LEFT_OUT,)

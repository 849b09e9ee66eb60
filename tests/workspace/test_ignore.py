"""
Tests of whole ignore files and of what they say together.
"""

from __future__ import annotations

import pytest

from phase2_gate.core.errors import SelectionError
from phase2_gate.workspace import ignore


def test_reads_lines_whatever_their_ends() -> None:
    """
    A byte order mark and carriage returns are no part of a pattern, and lines are counted from one.
    """
    file = ignore.parse(b"\xef\xbb\xbfa\r\n# b\r\n\r\n!c", "x/.bundleignore")
    assert [(pattern.text, pattern.line) for pattern in file.patterns] == [("a", 1), ("!c", 4)]


def test_names_every_line_that_cannot_be_used() -> None:
    """
    All doubtful lines are told at once, with file and number.
    """
    with pytest.raises(SelectionError) as caught:
        ignore.parse(b"a\n[z-a]\n!\n\xff\n", "x/.bundleignore")
    expected = (
        "x/.bundleignore:2: the range z-a runs backwards and matches nothing: seen '[z-a]'\n"
        "x/.bundleignore:3: the pattern names nothing: seen '!'\n"
        "x/.bundleignore:4: the line is not utf-8: seen b'\\xff'"
    )
    assert expected == str(caught.value)
    assert caught.value.hint


def _rules(**files: str) -> ignore.Rules:
    rules = ignore.Rules()
    for name, content in files.items():
        directory = name.strip("_")
        rules.add(directory, ignore.parse(content.encode(), f"{directory}/.bundleignore".lstrip("/")))
    return rules


def test_tells_which_line_decided() -> None:
    """
    The decision names the file, the line, and the directory above that was matched.
    """
    rules = _rules(_="# rules\nbuild\n!build/keep.log\n", a="!x.log\n")
    decision = rules.decide("build/keep.log")
    assert decision is not None
    assert (str(decision), decision.path, decision.excluded) == (".bundleignore:2: build", "build", True)
    kept = rules.decide("a/x.log")
    assert kept is not None
    assert (str(kept), kept.path, kept.excluded) == ("a/.bundleignore:1: !x.log", "a/x.log", False)
    assert rules.decide("other") is None


def test_without_rules_nothing_is_decided() -> None:
    """
    No file, and a file of comments, say nothing.
    """
    assert ignore.Rules().decide("a/b") is None
    assert _rules(_="# nothing\n").decide("a/b") is None


def test_the_place_of_the_workspace_does_not_matter() -> None:
    """
    A pattern that would match a directory above the workspace matches nothing (pypa/hatch#1964).
    """
    assert _rules(_="tmp\n/home\n").decide("a/secret.env") is None

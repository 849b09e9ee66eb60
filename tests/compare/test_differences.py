"""
The kinds of differences.
"""

from __future__ import annotations

from pathlib import Path

from phase2_gate.compare.differences import CONTENT_KINDS, KINDS, Difference, ordered

PAGE = Path(__file__).parents[2] / "docs" / "diff.md"


def test_the_page_lists_every_kind() -> None:
    """
    Kinds and meanings stand in the documentation, in their order.
    """
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert rows == [f"| `{kind}` | {meaning} |" for kind, meaning in KINDS.items()]


def test_content_kinds_are_kinds() -> None:
    """
    What decides over equal content is a part of the table.
    """
    assert KINDS.keys() > CONTENT_KINDS


def test_differences_come_by_kind_then_path() -> None:
    """
    The order does not depend on how they were found.
    """
    a, b, c = Difference("time", "b", ""), Difference("time", "a", ""), Difference("added", "z", "")
    assert ordered([a, b, c]) == (c, b, a)


def test_a_message_names_the_sides() -> None:
    """
    What was seen where, or the detail alone.
    """
    assert Difference("mode", "x", "mode", "0644", "0755").message() == "mode: 0644 in A, 0755 in B"
    assert Difference("order", None, "the order").message() == "the order"

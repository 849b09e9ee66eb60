"""
Comparisons as text and JSON.
"""

from __future__ import annotations

import json

from phase2_gate.compare import rendering
from phase2_gate.compare.comparison import Comparison
from phase2_gate.compare.differences import Difference
from phase2_gate.core.findings import Finding


def test_members_that_differ_alike_share_a_line() -> None:
    """
    Five are named, the rest counted.
    """
    comparison = Comparison(tuple(Difference("time", f"m{number}", "time", "1", "2") for number in range(7)))
    assert list(rendering.text(comparison)) == [
        "time           7 members (m0, m1, m2, m3, m4 and 2 more): time: 1 in A, 2 in B",
        "Every file has the same name and content in both; only the form differs.",
        "RESULT: DIFFERENT",
    ]


def test_lines_of_a_text_difference_follow_their_member() -> None:
    """
    They are indented, and escaped.
    """
    comparison = Comparison((Difference("content", "x\x1b", "content", "1 bytes", "2 bytes", ("-a\x1b[2J", "+b")),))
    assert list(rendering.text(comparison)) == [
        "content        x\\x1b: content: 1 bytes in A, 2 bytes in B",
        "    -a\\x1b[2J",
        "    +b",
        "RESULT: DIFFERENT",
    ]


def test_only_so_many_texts_are_shown() -> None:
    """
    The twenty-first difference is named without its lines, and how many there are is said.
    """
    many = tuple(Difference("content", f"m{number:02}", "content", f"{number}", "0", ("-x",)) for number in range(25))
    lines = list(rendering.text(Comparison(many)))
    assert lines.count("    -x") == 20
    assert [line for line in lines if line.startswith("content")][-1] == "content        m24: content: 24 in A, 0 in B"
    assert lines[-2] == "note           5 more texts differ that are not shown line by line"


def test_notes_and_reasons_are_shown() -> None:
    """
    What makes values doubtful is told, and why nothing was judged.
    """
    notes = (("B", Finding("archive-gap", "a", "bytes")), ("A", Finding("archive-empty", None, "no byte")))
    assert list(rendering.text(Comparison((), notes, "B: not believed"))) == [
        "note           B breaks archive-gap: a: bytes",
        "note           A breaks archive-empty: no byte",
        "blocked        B: not believed",
        "RESULT: BLOCKED",
    ]


def test_the_document_holds_everything() -> None:
    """
    The JSON form names the same, and can be encoded.
    """
    found = Difference("mode", "run.sh", "mode", "0100644", "0100755")
    comparison = Comparison((found, Difference("end-records", None, "x")), (("A", Finding("archive-gap", "a", "b")),))
    document = rendering.document(comparison, "a.zip", "b.zip")
    assert json.loads(json.dumps(document)) == {
        "schema": "phase2-gate/diff/1",
        "a": "a.zip",
        "b": "b.zip",
        "outcome": "different",
        "same_content": True,
        "blocked": "",
        "differences": [
            {"kind": "mode", "path": "run.sh", "detail": "mode", "a": "0100644", "b": "0100755", "lines": []},
            {"kind": "end-records", "path": None, "detail": "x", "a": None, "b": None, "lines": []},
        ],
        "notes": [{"side": "A", "rule": "archive-gap", "path": "a", "detail": "b"}],
    }

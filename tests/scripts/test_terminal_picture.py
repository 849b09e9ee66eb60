"""
A screen as SVG: each word where it stands, and foreign text as text.
"""

from __future__ import annotations

from xml.etree import ElementTree

from scripts.terminal_picture import Span, svg

_TEXT = "{http://www.w3.org/2000/svg}text"


def test_words_stand_in_their_columns() -> None:
    """
    Words with one blank between them stay together; what stands further apart is placed by itself.
    """
    lines = [[Span("tests        "), Span("PASS", "#00ff00", bold=True), Span("     1 passed  ")], [], [Span("end")]]
    drawn = list(ElementTree.fromstring(svg(lines, 40, "x")).iter(_TEXT))  # noqa: S314 - ours
    assert [element.text for element in drawn] == ["tests", "PASS", "1 passed", "end"]
    assert [element.get("x") for element in drawn] == ["16.0", "125.2", "200.8", "16.0"]
    assert [element.get("font-weight") for element in drawn] == [None, "700", None, None]
    assert len({element.get("y") for element in drawn}) == 2


def test_text_stays_text() -> None:
    """
    What looks like markup is shown, the title too.
    """
    picture = ElementTree.fromstring(svg([[Span("<script>&")]], 10, "<b>"))  # noqa: S314 - ours
    assert [element.text for element in picture.iter(_TEXT)] == ["<script>&"]
    assert picture.findtext("{http://www.w3.org/2000/svg}title") == "<b>"

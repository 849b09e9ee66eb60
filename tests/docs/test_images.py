"""
The pictures of the docs: small, shown, inert, and of what the tool prints today.
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from phase2_gate.core import rules
from tests.docs.pages import PAGES, ROOT

IMAGES = sorted((ROOT / "docs/images").iterdir())
DRAWN = [path for path in IMAGES if path.suffix == ".svg"]


def test_they_are_small() -> None:
    """
    A clone does not grow by them.
    """
    assert {path.suffix for path in IMAGES} == {".svg", ".webp"}
    assert sum(path.stat().st_size for path in IMAGES) < 200_000


def test_each_is_shown_and_described() -> None:
    """
    No picture without a page, none without words for whoever does not see it.
    """
    shown = {
        name: words
        for page in PAGES
        for words, name in re.findall(r"!\[(.*?)\]\((?:docs/)?images/(.*?)\)", page.read_text("utf-8"))
    }
    assert set(shown) == {path.name for path in IMAGES}
    assert all(len(words) > 20 for words in shown.values())


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: path.name)
def test_terminals_show_the_gates_of_today(path: Path) -> None:
    """
    Every gate in its order, and a result; made anew by `hatch run docs:pictures`.
    """
    text = path.read_text("utf-8")
    drawn = [element.text for element in ElementTree.fromstring(text).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 - ours
    assert tuple(word for word in dict.fromkeys(drawn) if word in rules.GATES) == rules.GATES
    assert any(str(word).startswith("RESULT: ") for word in drawn)
    assert not re.search(r"<script|href|url\(|@import", text)

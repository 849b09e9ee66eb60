"""
The site's table of contents names every page, once.
"""

from __future__ import annotations

import re

from tests.docs.pages import PAGES, ROOT

_NAV = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:\n")[2]


def test_every_page_is_in_the_navigation() -> None:
    """
    But for single decisions, which docs/decisions/README.md lists.
    """
    docs = ROOT / "docs"
    pages = {page.relative_to(docs).as_posix() for page in PAGES if page.is_relative_to(docs)}
    named = re.findall(r": (\S+\.md)$", _NAV, re.MULTILINE)
    assert len(named) == len(set(named))
    assert {page for page in pages if not re.match(r"decisions/\d", page)} == set(named)


def test_nothing_is_asked_of_other_servers() -> None:
    """
    No fonts, and no plugin that loads scripts; `scripts/check_site.py` looks at what was built.
    """
    text = (ROOT / "mkdocs.yml").read_text("utf-8")
    assert "  font: false" in text
    assert re.findall(r"^plugins:\n((?:  - .*\n)+)", text, re.MULTILINE) == ["  - search\n"]

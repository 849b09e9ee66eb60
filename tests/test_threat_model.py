"""
docs/threat-model.md names tests that exist, rules that exist, and promises nothing that nobody can keep.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from phase2_gate.core import rules

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_named_tests_exist(file: str, name: str) -> None:
    """
    Whoever follows a promise finds the test that holds it.
    """
    text = (ROOT / file).read_text(encoding="utf-8")
    assert re.search(rf"^def {name or 'test_'}", text, re.MULTILINE)


def test_promises_have_tests() -> None:
    """
    The table is not empty, and the demonstrated limit is in it.
    """
    names = [name for _, name in NAMED]
    assert len(names) > 15
    assert "test_the_limit_that_is_known" in names


@pytest.mark.parametrize("slug", re.findall(r"`((?:tests|import|workspace)-[a-z-]+)`", PAGE))
def test_named_rules_exist(slug: str) -> None:
    """
    A slug on the page is one of the table.
    """
    assert slug in rules.RULES


@pytest.mark.parametrize(
    "word",
    ["tamper-proof", "tamperproof", "unforgeable", "bulletproof", "100 %", "100%", "guarantee", "perfectly", "secure "],
)
def test_no_word_promises_too_much(word: str) -> None:
    """
    Nothing here is proof against everything.
    """
    assert word not in PAGE.lower()

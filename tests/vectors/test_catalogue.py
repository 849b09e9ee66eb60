"""
The catalogue answers every row, by rules that there are and decisions that were written down.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from phase2_gate.core import rules

DOCS = Path(__file__).parents[2] / "docs"


def _rows() -> list[list[str]]:
    text = (DOCS / "archive-catalogue.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if re.match(r"\| [0-9]+ \|", line)]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_row_is_there_once() -> None:
    """
    147 anomalies, in order.
    """
    assert [int(row[0]) for row in _rows()] == list(range(1, 148))


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row[0])
def test_every_row_has_an_answer(row: list[str]) -> None:
    """
    Each names a rule of the table, or says why it is accepted; a decision that is named is a page.
    """
    answer = row[-1]
    slugs = list(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", answer))
    decisions = re.findall(r"\((\d{4})\)", answer)

    assert len(row) == 3
    assert [slug for slug in slugs if slug not in rules.RULES] == []
    assert [number for number in decisions if not list((DOCS / "decisions").glob(f"{number}-*.md"))] == []
    assert slugs or "accepted" in answer or row[0] == "122"


def test_every_static_rule_of_archive_and_paths_is_an_answer() -> None:
    """
    No rule of the two gates stands outside the catalogue.
    """
    text = (DOCS / "archive-catalogue.md").read_text(encoding="utf-8")
    exceptions = {"archive-changed", "archive-no-members", "deflate-malformed"}
    slugs = {slug for gate in ("archive", "paths") for slug in rules.of_gate(gate)}

    assert {slug for slug in slugs if f"`{slug}`" not in text} == exceptions

"""
Tests of `phase2_gate.core.rules.selection`.
"""

from __future__ import annotations

import re
from pathlib import Path

import phase2_gate
from phase2_gate.core.rules import ALL_GATES, RULES, selection

_SLUG = re.compile(r'(?:Finding|_problem|_refusal)\([^"]*"([a-z]+(?:-[a-z0-9]+)+)"')


def test_no_rule_has_two_tables() -> None:
    """
    A slug means one thing; no gate of an audit judges these.
    """
    assert selection.RULES.keys() & RULES.keys() == set()
    assert selection.GATE not in ALL_GATES
    assert {rule.gate for rule in selection.RULES.values()} == {selection.GATE}


def test_slugs_are_keys_and_texts_are_sentences() -> None:
    """
    Meaning and reason are sentences, the remedy a clause; nothing here can be waived.
    """
    for slug, rule in selection.RULES.items():
        assert (slug, rule.waivable) == (rule.slug, False)
        assert rule.meaning.endswith(".")
        assert rule.why.endswith(".")
        assert rule.remedy
        assert not rule.remedy.endswith(".")


def test_every_rule_of_a_build_is_in_a_table() -> None:
    """
    Whatever slug selecting and building give, `phase2-gate rule` explains; and none is there for nothing.
    """
    package = Path(phase2_gate.__file__).parent
    texts = [path.read_text("utf-8") for name in ("workspace", "build") for path in (package / name).glob("*.py")]
    given = {slug for text in texts for slug in _SLUG.findall(text)}
    assert given >= {"type-symlink", "selection-empty", "git-left-out"}
    assert given - RULES.keys() == selection.RULES.keys()

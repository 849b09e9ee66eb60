"""
Tests of the table of rules, and of the page that is made from it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from phase2_gate.core import rules
from phase2_gate.core.litter import CATEGORIES
from phase2_gate.core.rules import content, entries, execution, names, signature, structure

ROOT = Path(__file__).parents[2]


def test_slugs_are_unique() -> None:
    """
    No rule hides another one of the same name.
    """
    tables = (signature.RULES, structure.RULES + entries.RULES, names.RULES, content.RULES, execution.RULES)
    slugs = [rule.slug for table in tables for rule in table]

    assert sorted(slugs) == sorted(set(slugs))
    assert set(slugs) <= rules.RULES.keys()


@pytest.mark.parametrize("rule", rules.RULES.values(), ids=lambda rule: rule.slug)
def test_every_rule_is_explained(rule: rules.Rule) -> None:
    """
    A slug of lower-case words; what is wrong and why in one sentence each; a remedy that goes on in lower case.
    """
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.slug)
    assert rule.meaning.endswith(".")
    assert rule.why.endswith(".")
    assert rule.remedy
    assert not rule.remedy.endswith(".")


def test_every_gate_has_rules() -> None:
    """
    The gates together judge the whole table.
    """
    assert [gate for gate in rules.ALL_GATES if not rules.of_gate(gate)] == []


def test_no_rule_of_the_signature_can_be_waived() -> None:
    """
    They are judged on demand only, before all others, by gates that every audit goes through besides.
    """
    assert rules.of_gate(rules.SIGNATURE_GATE) == tuple(rule.slug for rule in signature.RULES)
    assert [rule.slug for rule in signature.RULES if rule.waivable] == []
    assert ("signature", *rules.GATES) == rules.ALL_GATES
    assert rules.SIGNATURE_GATE not in rules.GATES


def test_every_kind_of_litter_is_a_rule() -> None:
    """
    What is never packed is a finding by its kind.
    """
    assert {f"clean-{category}" for category in CATEGORIES} == set(rules.of_gate("cleanliness"))


def test_the_page_is_what_the_table_says() -> None:
    """
    docs/rules.md is written by the script, and was.
    """
    script = ROOT / "scripts" / "generate_rules_docs.py"
    if not script.exists():
        pytest.skip("not a checkout")
    ran = subprocess.run([sys.executable, script, "--check"], capture_output=True, check=False, text=True)

    assert (ran.returncode, ran.stderr) == (0, "")

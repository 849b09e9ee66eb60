"""
Tests of `phase2_gate.cli.rule`.
"""

from __future__ import annotations

import pytest

from phase2_gate.cli.main import main
from phase2_gate.core.rules import ALL_GATES, RULES, selection

ALL = {**RULES, **selection.RULES}


def test_all_rules_are_listed_by_gate(capsys: pytest.CaptureFixture[str]) -> None:
    """
    One line each, under their gates, in the order of an audit; those of selecting files come last.
    """
    assert main(["rule"]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == [*ALL_GATES, "selection"]
    assert {line.split()[0] for line in lines if line.startswith(" ")} == set(ALL)
    assert (len(lines), err) == (len(ALL_GATES) + 1 + len(ALL), "")


@pytest.mark.parametrize("slug", ALL)
def test_a_rule_is_explained(capsys: pytest.CaptureFixture[str], slug: str) -> None:
    """
    What it means, why it is one, what to do, where it comes from.
    """
    assert main(["rule", slug]) == 0
    rule = ALL[slug]
    assert capsys.readouterr().out.splitlines() == [
        slug,
        f"gate:       {rule.gate}",
        f"meaning:    {rule.meaning}",
        f"why:        {rule.why}",
        f"remedy:     {rule.remedy}",
        f"waivable:   {'yes' if rule.waivable else 'no'}",
        *(f"reference:  {reference}" for reference in rule.references),
    ]


@pytest.mark.parametrize(
    ("slug", "complaint"),
    [
        ("manifest-mising", "error: manifest-mising: no such rule\nhint: did you mean manifest-missing?\n"),
        ("\x1b[0m\n", "error: \\x1b[0m\\n: no such rule\nhint: `phase2-gate rule` lists all rules\n"),
    ],
)
def test_an_unknown_rule_is_a_usage_error(capsys: pytest.CaptureFixture[str], slug: str, complaint: str) -> None:
    """
    With the nearest name, if one is near; what was typed is escaped.
    """
    assert main(["rule", slug]) == 2
    assert capsys.readouterr() == ("", complaint)

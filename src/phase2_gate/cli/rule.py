"""
``phase2-gate rule``: what a rule means, why it is one, and what to do.
"""

from __future__ import annotations

import argparse
import difflib

from ..core.rules import ALL_GATES, RULES, Rule, of_gate, selection
from . import terminal
from .guard import PASS, USAGE


def show(arguments: argparse.Namespace) -> int:
    """
    Prints one rule, or a line for each.
    """
    if arguments.slug is None:
        for gate in ALL_GATES:
            terminal.out(f"{gate}")
            for slug in of_gate(gate):
                terminal.out(f"  {slug:<28} {RULES[slug].meaning}")
        terminal.out(selection.GATE)
        for slug, rule in selection.RULES.items():
            terminal.out(f"  {slug:<28} {rule.meaning}")
        return PASS
    known = {**RULES, **selection.RULES}
    found = known.get(arguments.slug)
    if found is None:
        terminal.complain(f"error: {arguments.slug}: no such rule")
        near = difflib.get_close_matches(arguments.slug, known, 1)
        terminal.complain(f"hint: did you mean {near[0]}?" if near else "hint: `phase2-gate rule` lists all rules")
        return USAGE
    for line in lines(found):
        terminal.out(line)
    return PASS


def lines(rule: Rule) -> list[str]:
    """
    A rule as lines of text.
    """
    shown = [rule.slug, f"gate:       {rule.gate}", f"meaning:    {rule.meaning}", f"why:        {rule.why}"]
    shown.append(f"remedy:     {rule.remedy}")
    shown.append(f"waivable:   {'yes' if rule.waivable else 'no'}")
    shown.extend(f"reference:  {reference}" for reference in rule.references)
    return shown

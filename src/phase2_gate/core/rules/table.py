"""
The one table of rules: code, vectors, command line, reports and docs all take their slugs from here.
"""

from __future__ import annotations

from . import content, entries, execution, names, signature, structure
from .rule import Rule

RULES: dict[str, Rule] = {
    rule.slug: rule
    for rule in signature.RULES + structure.RULES + entries.RULES + names.RULES + content.RULES + execution.RULES
}
"""Every rule by its slug, in the order of the gates."""


def of_gate(gate: str) -> tuple[str, ...]:
    """
    The slugs of the rules that `gate` judges, in the table's order.

    Args:
        gate: One of `phase2_gate.core.rules.ALL_GATES`.
    """
    return tuple(slug for slug, rule in RULES.items() if rule.gate == gate)

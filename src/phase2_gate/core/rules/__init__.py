"""
The one table of rules: code, vectors, command line, reports and docs all take their slugs from here.
"""

from __future__ import annotations

from . import archive, content, execution, names
from .rule import DYNAMIC_GATES, GATES, STATIC_GATES, Rule

__all__ = ["DYNAMIC_GATES", "GATES", "RULES", "STATIC_GATES", "Rule", "of_gate"]

RULES: dict[str, Rule] = {rule.slug: rule for rule in archive.RULES + names.RULES + content.RULES + execution.RULES}
"""Every rule by its slug, in the order of the gates."""


def of_gate(gate: str) -> tuple[str, ...]:
    """
    The slugs of the rules that `gate` judges, in the table's order.

    Args:
        gate: One of `GATES`.
    """
    return tuple(slug for slug, rule in RULES.items() if rule.gate == gate)

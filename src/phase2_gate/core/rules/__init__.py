"""
The rules of all gates, by slug.
"""

from __future__ import annotations

from .rule import ALL_GATES, DYNAMIC_GATES, GATES, SIGNATURE_GATE, STATIC_GATES, Rule
from .table import RULES, of_gate

__all__ = [
    "ALL_GATES",
    "DYNAMIC_GATES",
    "GATES",
    "RULES",
    "SIGNATURE_GATE",
    "STATIC_GATES",
    "Rule",
    "of_gate",
]

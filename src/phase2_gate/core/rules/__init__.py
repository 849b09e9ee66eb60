"""
The rules of all gates, by slug.
"""

from __future__ import annotations

from .rule import DYNAMIC_GATES, GATES, STATIC_GATES, Rule
from .table import RULES, of_gate

__all__ = ["DYNAMIC_GATES", "GATES", "RULES", "STATIC_GATES", "Rule", "of_gate"]

"""
The budget ledger: exact amounts, reserved before they are spent.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from ..errors import BudgetError
from ..governance.budget import BudgetLedger, parse_amount, render_amount


def test_amounts_are_exact() -> None:
    """
    Micro-dollars, rounded up; floats, signs and NaN refused.
    """
    assert parse_amount("0.0000001") == Decimal("0.000001")
    assert render_amount(parse_amount(3)) == "3.000000"
    for wrong in (0.1, True, None, "x", "-1", "-0", "NaN", "Infinity", Decimal("1e13")):
        with pytest.raises(BudgetError, match="amount"):
            parse_amount(wrong)


def test_the_ledger_reserves_before_it_spends() -> None:
    """
    What is reserved counts; settling below frees, above blocks.
    """
    ledger = BudgetLedger(Decimal("0.3"))
    ledger.reserve("a", "0.1")
    ledger.reserve("b", "0.2")
    with pytest.raises(BudgetError, match=r"at most 0.300000"):
        ledger.reserve("c", "0.000001")
    ledger.settle("a", "0.05")
    ledger.release("b")
    assert ledger.committed == Decimal("0.05")
    for call in (
        lambda: ledger.reserve("a", 0),
        lambda: ledger.settle("a", 0),
        lambda: ledger.release("b"),
        lambda: ledger.restore("a", 0, None),
    ):
        with pytest.raises(BudgetError):
            call()
    ledger.reserve("d", "0.1")
    assert not ledger.overrun
    ledger.settle("d", "0.2")
    assert str(ledger.overrun) == "d"
    with pytest.raises(BudgetError, match="cost more than was reserved"):
        ledger.reserve("e", "0.000001")
    ledger.reserve("free", 0)


def test_a_ledger_is_rebuilt_whatever_the_limit() -> None:
    """
    What happened happened; an unsettled step counts in full.
    """
    ledger = BudgetLedger(Decimal(1))
    ledger.restore("a", "2", None)
    ledger.restore("b", "1", "0.5")
    assert ledger.committed == Decimal("2.5")

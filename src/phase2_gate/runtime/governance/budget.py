"""
The budget: a ledger in decimal micro-dollars that reserves before an operation acts.

What is reserved counts as spent until it is settled or released, so that a crash between the two never makes
money. Settling above the reservation is recorded as it was and blocks everything after it.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal, InvalidOperation

from ..errors import BudgetError

__all__ = ["BudgetLedger", "parse_amount", "render_amount"]

# Micro-dollars: what metered services charge in.
_UNIT = Decimal("0.000001")
_MAX = Decimal(10) ** 12


def parse_amount(value: object) -> Decimal:
    """
    Read an amount in US dollars, rounded up to whole micro-dollars.

    Floats are refused: 0.1 + 0.2 is not 0.3, and NaN is below every limit.

    Raises:
        BudgetError: The value is not a text, integer or decimal from 0 to 10**12.
    """
    if type(value) not in {str, int, Decimal}:
        raise BudgetError(f"amount: need a text, integer or decimal, seen {value!r}")
    try:
        amount = Decimal(value)  # type: ignore[arg-type]  # narrowed by type above
    except InvalidOperation:
        raise BudgetError(f"amount: not a number: {value!r}") from None
    if not amount.is_finite() or amount.is_signed() or amount > _MAX:
        raise BudgetError(f"amount: need 0 to {_MAX:f}, seen {value!r}")
    return amount.quantize(_UNIT, rounding=ROUND_CEILING)


def render_amount(amount: Decimal) -> str:
    """
    Write an amount with six digits after the point; `parse_amount` reads it back.
    """
    return f"{amount.quantize(_UNIT, rounding=ROUND_CEILING):f}"


class BudgetLedger:
    """
    What a run has spent and what it has promised to spend.

    Invariants:

    - ``committed`` is the sum of everything settled and everything reserved.
    - A reservation is accepted only while ``committed`` stays within the limit.
    - An id is reserved at most once, and settled or released at most once after that.

    Args:
        limit: The most that may be committed.
    """

    def __init__(self, limit: Decimal) -> None:
        self.limit = parse_amount(limit)
        self._reserved: dict[str, Decimal] = {}
        self._settled: dict[str, Decimal] = {}
        self._overrun: str | None = None

    @property
    def committed(self) -> Decimal:
        """
        Spent and reserved together.
        """
        return sum(self._reserved.values(), Decimal(0)) + sum(self._settled.values(), Decimal(0))

    @property
    def overrun(self) -> str | None:
        """
        The id that was settled above its reservation, None if there is none.
        """
        return self._overrun

    def reserve(self, key: str, cost: object) -> Decimal:
        """
        Promise an amount.

        Raises:
            BudgetError: It does not fit, the id was used, or an earlier step overran its reservation.
        """
        amount = parse_amount(cost)
        if self._overrun is not None and amount:
            raise BudgetError(f"budget: step {self._overrun!r} cost more than was reserved; nothing more may be spent")
        if key in self._reserved or key in self._settled:
            raise BudgetError(f"budget: {key!r} was reserved before")
        if self.committed + amount > self.limit:
            raise BudgetError(
                f"budget: seen {render_amount(self.committed)} committed and {render_amount(amount)} asked, "
                f"need at most {render_amount(self.limit)}"
            )
        self._reserved[key] = amount
        return amount

    def settle(self, key: str, actual: object) -> Decimal:
        """
        Replace a reservation by what it really cost.

        Raises:
            BudgetError: The id is not reserved.
        """
        amount = parse_amount(actual)
        if self._take(key) < amount:
            self._overrun = key
        self._settled[key] = amount
        return amount

    def release(self, key: str) -> None:
        """
        Give a reservation back: the operation never began.

        Raises:
            BudgetError: The id is not reserved.
        """
        self._take(key)

    def restore(self, key: str, reserved: object, actual: object | None) -> None:
        """
        Put a step of an earlier process back, whatever the limit says: it happened.

        Args:
            key: The id.
            reserved: What was reserved.
            actual: What was settled; None when the step never ended, so that all of it counts as spent.

        Raises:
            BudgetError: The id was used, or an amount is malformed.
        """
        if key in self._reserved or key in self._settled:
            raise BudgetError(f"budget: {key!r} was reserved before")
        self._reserved[key] = parse_amount(reserved)
        if actual is not None:
            self.settle(key, actual)

    def _take(self, key: str) -> Decimal:
        try:
            return self._reserved.pop(key)
        except KeyError:
            raise BudgetError(f"budget: {key!r} is not reserved") from None

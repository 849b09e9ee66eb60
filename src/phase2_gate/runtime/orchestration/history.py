"""
What earlier processes of the same run did: steps by id, read back from the journal.
"""

from __future__ import annotations

from ..errors import IdempotencyConflict
from ..governance.budget import BudgetLedger
from .journal_verify import iter_verified
from .receipt import Receipt, Start
from .record import STARTED

__all__ = ["History"]


class History:
    """
    Operation steps of a run, by id; steps that are no operations are left out.

    Args:
        path: The journal.
        ledger: Where their costs are put back: reserved ones count until they are settled.

    Raises:
        JournalError: The journal cannot be read or is not good.
        BudgetError: An amount in it is malformed.
    """

    def __init__(self, path: str, ledger: BudgetLedger) -> None:
        self._starts: dict[str, Start] = {}
        self._ends: dict[str, Receipt] = {}
        for record in iter_verified(path):
            if record.status == STARTED:
                start = Start.parse(record.inputs)
                if start is not None:
                    self.begun(record.step_id, start)
            elif record.step_id in self._starts:
                self.ended(Receipt.read_back(self._starts[record.step_id], record))
        for step_id, start in self._starts.items():
            end = self._ends.get(step_id)
            ledger.restore(step_id, start.cost, None if end is None else end.cost)

    def begun(self, step_id: str, start: Start) -> None:
        """
        Note that a step was started.
        """
        self._starts[step_id] = start

    def ended(self, receipt: Receipt) -> None:
        """
        Note how a step ended.
        """
        self._ends[receipt.step_id] = receipt

    def find(self, step_id: str, key: str) -> tuple[Start | None, Receipt | None]:
        """
        The start and the end of a step, as far as there are any.

        Raises:
            IdempotencyConflict: The id was used for another request.
        """
        start = self._starts.get(step_id)
        if start is not None and start.key != key:
            raise IdempotencyConflict(f"step {step_id!r}: was used for another request: seen {key}, need {start.key}")
        return start, self._ends.get(step_id)

    def ended_step(self, step_id: str) -> tuple[Start, Receipt] | None:
        """
        A step that has ended; None if there is no such.
        """
        if step_id not in self._ends:
            return None
        return self._starts[step_id], self._ends[step_id]

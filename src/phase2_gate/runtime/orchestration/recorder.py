"""
Recording steps: journal, ledger and memory move together.
"""

from __future__ import annotations

from ..errors import BudgetError, JournalIntegrityError
from ..governance.budget import BudgetLedger
from .history import History
from .mission_journal import MissionJournal
from .receipt import Receipt, Start

__all__ = ["Recorder"]


class Recorder:
    """
    The record of one run, across all processes that worked on it.

    Args:
        journal: The run's journal, open.
        ledger: A fresh ledger; what the journal says was spent is put into it.
        envelope_digest: Digest of the policy in force; must be the journal's.

    Raises:
        JournalError: The journal cannot be read back, or belongs to another envelope.
    """

    def __init__(self, journal: MissionJournal, ledger: BudgetLedger, envelope_digest: str) -> None:
        if journal.header.envelope != envelope_digest:
            raise JournalIntegrityError(
                "envelope-differs", f"seen {envelope_digest}, need {journal.header.envelope}", 0, 0
            )
        self.run_id = journal.header.run_id
        self.ledger = ledger
        try:
            self.history = History(journal.path, ledger)
        except BudgetError as exc:
            raise JournalIntegrityError("not-a-receipt", str(exc)) from None
        self._journal = journal

    def begin(self, step_id: str, start: Start) -> None:
        """
        Reserve the cost and record the start; durable even when commits are grouped.

        Raises:
            BudgetError: The cost does not fit; nothing was recorded.
            JournalError: It could not be recorded; the reservation is given back.
        """
        self.ledger.reserve(step_id, start.cost)
        try:
            self._journal.start(step_id, start.op, start.to_json())
            self._journal.sync()
        except BaseException:
            self.ledger.release(step_id)
            raise
        self.history.begun(step_id, start)

    def end(self, receipt: Receipt) -> Receipt:
        """
        Record the end and settle; returns the receipt.

        Raises:
            JournalError: It could not be recorded; the reservation stays.
        """
        self._journal.finish(receipt.step_id, receipt.status, receipt.to_json())
        self.history.ended(receipt)
        self.ledger.settle(receipt.step_id, receipt.cost)
        return receipt

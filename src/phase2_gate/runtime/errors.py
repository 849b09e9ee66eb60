"""
Every error of the runtime, in one tree.

::

    RuntimeGuardError
    |- CanonicalError            a value or a text has no canonical JSON form (also a ValueError)
    |- ContextError              an execution context is malformed
    |- JournalError
    |  |- JournalIntegrityError  an entry is wrong, or would be: never repaired
    |  |  '- JournalAnchorMismatch   the journal is not the one that a checkpoint was taken from
    |  |- JournalTornTail        the last entry was cut off while it was written
    |  |- JournalLocked          another writer holds the journal
    |  |- JournalUnavailable     the journal cannot be read, written or synced
    |  '- JournalSchemaError     an argument does not fit the entry format
    |- EnvelopeError             a policy is malformed: nothing may run under it
    |- EnvelopeViolation         a request was decided, and denied
    |- PathRefused               the file system showed something else than a plain file or directory
    |- GrantError                a file method was called without a valid grant
    |- BudgetError               the budget ledger was used out of order
    |- GovernanceTampered        the guard's own files changed
    |- OperationError            an operation cannot be planned, applied or undone
    |  |- IdempotencyConflict    one step id, two different requests
    |  '- IndeterminateStep      a crash left a state that is neither before nor after
    '- MissionError              a mission file is malformed or does not fit its journal

Each class has a ``code``; it is stable, the text beside it is not.
"""

from __future__ import annotations


class RuntimeGuardError(Exception):
    """
    The base of all errors that the runtime raises on purpose.
    """

    code = "RUNTIME_GUARD"


class CanonicalError(RuntimeGuardError, ValueError):
    """
    A value cannot be written as canonical JSON, or a text is not canonical JSON.

    Args:
        pointer: JSON pointer (RFC 6901) to the offending node, "" for the whole value.
        detail: What is wrong there.
    """

    code = "NOT_CANONICAL"

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(pointer, detail)
        self.pointer = pointer
        self.detail = detail

    def __str__(self) -> str:
        return f"canonical json at {self.pointer!r}: {self.detail}"


class ContextError(RuntimeGuardError):
    """
    A field of an execution context is not what it must be.
    """

    code = "CONTEXT_INVALID"


class JournalError(RuntimeGuardError):
    """
    The base of the journal's errors.
    """


class JournalIntegrityError(JournalError):
    """
    An entry breaks a rule of the journal.

    Args:
        rule: Slug of the broken rule.
        detail: What was seen and what is needed.
        index: Number of the entry, from 0; None when the rule is about the whole file.
        offset: Byte position of the entry's line.
    """

    code = "JOURNAL_CORRUPT"

    def __init__(self, rule: str, detail: str, index: int | None = None, offset: int | None = None) -> None:
        super().__init__(rule, detail, index, offset)
        self.rule = rule
        self.detail = detail
        self.index = index
        self.offset = offset

    def __str__(self) -> str:
        where = "journal" if self.index is None else f"journal entry {self.index} at byte {self.offset}"
        return f"{where}: {self.rule}: {self.detail}"


class JournalAnchorMismatch(JournalIntegrityError):  # noqa: N818  # the name says what happened
    """
    The journal is consistent, but no continuation of the checkpoint it was compared with.
    """

    code = "JOURNAL_ANCHOR_MISMATCH"


class JournalTornTail(JournalError):  # noqa: N818  # the name says what happened
    """
    The last entry is incomplete.

    Args:
        offset: Byte position where it begins; everything before is good.
        count: How many complete entries stand before it.
    """

    code = "JOURNAL_TORN"

    def __init__(self, offset: int, count: int) -> None:
        super().__init__(offset, count)
        self.offset, self.count = offset, count

    def __str__(self) -> str:
        return f"journal: torn tail at byte {self.offset} after {self.count} complete entries"


class JournalLocked(JournalError):  # noqa: N818  # the name says what happened
    """
    Another handle, of this process or of another one, is writing the journal.
    """

    code = "JOURNAL_LOCKED"


class JournalUnavailable(JournalError):  # noqa: N818  # the name says what happened
    """
    The journal cannot be used: it cannot be opened, or a write or a sync failed earlier.
    """

    code = "JOURNAL_UNAVAILABLE"


class JournalSchemaError(JournalError):
    """
    An argument does not fit the entry format.
    """

    code = "JOURNAL_SCHEMA"


class EnvelopeError(RuntimeGuardError):
    """
    An envelope is malformed, so that nothing may be decided with it.
    """

    code = "ENVELOPE_INVALID"


class EnvelopeViolation(RuntimeGuardError):  # noqa: N818  # the name says what happened
    """
    A request was denied.

    Args:
        code: Stable reason code.
        detail: The decision in words, code included.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return self.detail


class PathRefused(RuntimeGuardError):  # noqa: N818  # the name says what happened
    """
    The file system holds something else at a path than what may be touched.

    Args:
        code: Stable reason code, such as ``LINK`` or ``HARDLINK``.
        path: The path inside the root.
        detail: What was found.
    """

    def __init__(self, code: str, path: str, detail: str) -> None:
        super().__init__(code, path, detail)
        self.code = code
        self.path = path
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.path!r}: {self.code}: {self.detail}"


class GrantError(RuntimeGuardError):
    """
    A file method was called without a grant, with a spent one, or beyond what it covers.
    """

    code = "GRANT_INVALID"


class BudgetError(RuntimeGuardError):
    """
    The budget ledger was used out of order or with an amount it cannot hold.
    """

    code = "BUDGET"


class GovernanceTampered(RuntimeGuardError):  # noqa: N818  # the name says what happened
    """
    Files that guard the run changed while it ran, or something stands in their place.
    """

    code = "GOVERNANCE_TAMPERED"


class OperationError(RuntimeGuardError):
    """
    An operation cannot be planned, applied or undone.
    """

    code = "OPERATION"


class IdempotencyConflict(OperationError):  # noqa: N818  # the name says what happened
    """
    A step id is used again with another request.
    """

    code = "IDEMPOTENCY_CONFLICT"


class IndeterminateStep(OperationError):  # noqa: N818  # the name says what happened
    """
    After a crash the files are neither as before the step nor as after it.
    """

    code = "INDETERMINATE"


class MissionError(RuntimeGuardError):
    """
    A mission file is malformed, or it does not belong to the journal beside it.
    """

    code = "MISSION_INVALID"

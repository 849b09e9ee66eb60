"""
Compensation: undoing a step from its pre-images, as a step of its own.
"""

from __future__ import annotations

from decimal import Decimal

from ..errors import JournalError, OperationError
from ..governance.budget import render_amount
from ..governance.decision import ACCESSES, Decision, PathUse, Request
from .attempt import Kit
from .receipt import Receipt, Start, frozen_states, idempotency_key
from .step_files import read_states, restore

__all__ = ["UNDO_PREFIX", "undo_step"]

UNDO_PREFIX = "undo:"


def undo_step(kit: Kit, step_id: str) -> Receipt:
    """
    Put every path of a step back as it was before it. See `OperationExecutor.compensate`.

    Raises:
        OperationError: There is no such step, it cannot be undone, or undoing it failed, which is recorded.
        EnvelopeViolation: The envelope does not allow changing the files back.
        GovernanceTampered: The guard's files changed.
        JournalError: Something could not be recorded.
    """
    kit.check_guard()
    known = kit.recorder.history.ended_step(step_id)
    if known is None or not known[1].mediated:
        raise OperationError(f"step {step_id!r}: cannot be undone: it did not end, or was unmediated")
    done, end = known
    undo_id = UNDO_PREFIX + step_id
    key = idempotency_key(kit.recorder.run_id, undo_id, done.op, 1, {"undo": step_id})
    start, receipt = kit.recorder.history.find(undo_id, key)
    if receipt is not None:
        return receipt
    paths = sorted({use.path for use in done.uses if use.access != "read"})
    uses = tuple(PathUse(path, access) for path in paths for access in ACCESSES)
    # Decided before anything is recorded: undoing is changing, under the same rules.
    grant = kit.enforcer.authorize(Request(done.op, uses))
    before = {path: done.before[path] for path in paths}
    left = {path: state for path, state in end.after.items() if path in before}
    recovered = start is not None
    if start is None:
        start = Start(key, done.op, uses, render_amount(Decimal(0)), frozen_states({}))
        kit.recorder.begin(undo_id, start)
    decision = Decision(True, "ALLOWED")
    try:
        with kit.root.granted(grant, tag=key) as files:
            for path in paths:
                files.clean(path)
            restore(files, before, left, kit.images, modes=done.modes, again=recovered)
            after = frozen_states(read_states(files, uses))
    except JournalError:
        raise
    except Exception as exc:
        text = f"{type(exc).__name__}: {exc}"
        kit.recorder.end(Receipt(undo_id, key, done.op, "failed", decision, error=text, recovered=recovered))
        raise
    return kit.recorder.end(Receipt(undo_id, key, done.op, "compensated", decision, after=after, recovered=recovered))

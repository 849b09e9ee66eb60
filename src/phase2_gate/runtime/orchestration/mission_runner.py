"""
Running a mission from its first step or from wherever a crash left it.

Journal, pre-images and the mission's own file are closed to the mission's operations when they lie inside the tree,
and so is the directory of the guard itself. A sealed journal is not run again: its receipts are read back.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ..context import ExecutionContext
from ..errors import JournalError, MissionError, RuntimeGuardError
from ..governance.envelope_enforcer import EnvelopeEnforcer
from ..governance.guard_watch import GuardWatch
from ..governance.paths import path_problem
from ..governance.root import Root
from ..governance.self_mod_protection import ProtectedSet
from ..timestamp import utc_now
from .checkpoint import Checkpoint
from .compensation import UNDO_PREFIX
from .executor import OperationExecutor
from .journal_verify import verify
from .mission import Mission
from .mission_journal import MissionJournal
from .pre_images import PreImages
from .receipt import Receipt
from .registry import Registry, builtin_operations

__all__ = ["MissionOutcome", "run_mission"]


@dataclass(frozen=True, slots=True)
class MissionOutcome:
    """
    How a mission ended.
    """

    status: str
    """``completed``, ``failed``, ``compensated``, or for a dry run ``planned`` or ``denied``."""
    receipts: tuple[Receipt, ...]
    """One for each step that got one, in order; those of compensation follow."""
    checkpoint: Checkpoint | None
    """Of the sealed journal, to be kept elsewhere; None for a dry run."""
    error: str | None
    """What stopped it."""


def run_mission(
    mission: Mission,
    repo: str | os.PathLike[str],
    journal_path: str | os.PathLike[str],
    *,
    images: str | os.PathLike[str] | None = None,
    closed: Iterable[str | os.PathLike[str]] = (),
    dry_run: bool = False,
    registry: Registry | None = None,
    report: Callable[[Receipt], None] = lambda _: None,
    clock: Callable[[], datetime] = utc_now,
) -> MissionOutcome:
    """
    Run a mission, or go on with it.

    Args:
        mission: What to do.
        repo: The tree to do it in.
        journal_path: The record; made if it is missing, continued if it is there.
        images: Where pre-images go; beside the journal when None.
        closed: Further files that no step may change: the one that the mission was read from, so that it gives itself
            no wider envelope for the next time.
        dry_run: Decide every step, change and record nothing. Each step is looked at as the tree is now.
        registry: The operations; the built-in ones when None.
        report: Called with each receipt as it comes.
        clock: Where the time comes from.

    Raises:
        JournalError: The journal cannot be used, or is of another mission: nothing more was done.
        RuntimeGuardError: The mission cannot begin.
    """
    # Our own byte code, written while the run goes on, would only have to be told apart from somebody else's.
    sys.dont_write_bytecode = True
    tree, path = os.path.abspath(os.fspath(repo)), os.path.abspath(os.fspath(journal_path))
    store = os.path.abspath(os.fspath(images)) if images is not None else f"{path}.images"
    plan, policy = mission.plan(), mission.envelope.to_json()
    context = ExecutionContext.derive(tree, mission.baseline_commit, plan, policy, mission.bundle, clock=clock)
    registry = registry or builtin_operations()
    protected = _protected(tree, path, store, *closed)
    with Root(tree) as root:
        enforcer = EnvelopeEnforcer(mission.envelope, root, protected, known_ops=registry.names)
        if dry_run:
            with tempfile.TemporaryDirectory() as scratch:
                path, store = os.path.join(scratch, "journal"), os.path.join(scratch, "images")
                with _journal(path, mission, context, clock) as journal:
                    executor = OperationExecutor(journal, enforcer, root, registry, PreImages(store), None)
                    return _dry_run(mission, executor, report)
        sealed = _sealed(path, context)
        if sealed is not None:
            return MissionOutcome(sealed[0], (), sealed[1], "the run was over before; see its journal")
        watch = GuardWatch()
        with _journal(path, mission, context, clock) as journal:
            executor = OperationExecutor(journal, enforcer, root, registry, PreImages(store), watch)
            status, receipts, error = _run_steps(mission, executor, report)
            return MissionOutcome(status, receipts, journal.close(status), error)


def _run_steps(
    mission: Mission, executor: OperationExecutor, report: Callable[[Receipt], None]
) -> tuple[str, tuple[Receipt, ...], str | None]:
    """
    Run the steps up to the first that does not complete; then undo, if the mission says so.
    """
    receipts: list[Receipt] = []
    for step in mission.steps:
        error = _attempt(lambda step=step: executor.run(step.op, step.plain_params(), step_id=step.step_id))  # type: ignore[misc]  # bound now
        receipt = executor.receipt(step.step_id)
        if receipt is not None:
            receipts.append(receipt)
            report(receipt)
            if receipt.status != "completed" and error is None:
                error = receipt.error or str(receipt.decision)
        if error is not None:
            break
    else:
        return "completed", tuple(receipts), None
    if not mission.compensate:
        return "failed", tuple(receipts), error
    status = "compensated"
    for done in reversed(tuple(receipts)):
        problem = None
        if not done.mediated:
            problem = f"step {done.step_id!r} is unmediated and was not undone"
        elif done.before != done.after:
            problem = _attempt(lambda done=done: executor.compensate(done.step_id))  # type: ignore[misc]  # bound now
        if problem is not None:
            status, error = "failed", f"{error}; {problem}"
        undone = executor.receipt(UNDO_PREFIX + done.step_id)
        if undone is not None:
            receipts.append(undone)
            report(undone)
    return status, tuple(receipts), error


def _attempt(action: Callable[[], object]) -> str | None:
    """
    Do something that may fail as a step fails; what cannot be recorded is not such a failure, and is raised.
    """
    try:
        action()
    except JournalError:
        raise
    except (RuntimeGuardError, OSError) as exc:
        return f"{type(exc).__name__}: {exc}"
    return None


def _dry_run(mission: Mission, executor: OperationExecutor, report: Callable[[Receipt], None]) -> MissionOutcome:
    receipts: list[Receipt] = []
    error = None
    for step in mission.steps:
        try:
            receipt = executor.run(step.op, step.plain_params(), step_id=step.step_id, dry_run=True)
        except RuntimeGuardError as exc:
            error = error or f"step {step.step_id!r}: {exc}"
            continue
        receipts.append(receipt)
        report(receipt)
        if not receipt.decision.allowed:
            error = error or f"step {step.step_id!r}: {receipt.decision}"
    return MissionOutcome("planned" if error is None else "denied", tuple(receipts), None, error)


def _journal(path: str, mission: Mission, context: ExecutionContext, clock: Callable[[], datetime]) -> MissionJournal:
    envelope = mission.envelope.digest
    if not os.path.lexists(path):
        return MissionJournal.create(path, context, envelope=envelope, bundle=mission.bundle, clock=clock)
    return MissionJournal.open(path, context, on_torn="recover", envelope=envelope, bundle=mission.bundle, clock=clock)


def _sealed(path: str, context: ExecutionContext) -> tuple[str, Checkpoint] | None:
    """
    Status and checkpoint of a journal that is over; None if there is none yet or it goes on.
    """
    if not os.path.lexists(path):
        return None
    found = verify(path, expect_run_id=context.run_id)
    return None if found.sealed_as is None or found.state == "torn" else (found.sealed_as, found.checkpoint())


def _protected(tree: str, *own: str | os.PathLike[str]) -> ProtectedSet:
    """
    Close the run's own files, and the guard's directory, wherever they lie inside the tree.
    """
    top = Path(tree).resolve()
    closed, patterns = [], []
    for place in (*map(Path, own), Path(__file__).parent.parent):
        resolved = place.resolve()
        if not resolved.is_relative_to(top):
            continue
        inside = resolved.relative_to(top).as_posix()
        if path_problem(inside) is not None:
            raise MissionError(f"{str(place)!r}: lies inside the tree under a name that cannot be protected")
        closed.append(inside)
        # Lock, torn tails, checkpoints: what stands beside it under its name.
        patterns.append("".join(f"[{c}]" if c in "[]" else c for c in inside) + ".*")
    return ProtectedSet(closed, patterns)

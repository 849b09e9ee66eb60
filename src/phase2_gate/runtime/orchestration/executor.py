"""
The executor: the one way by which an operation reaches the disk.

1. Refuse a step id that was used for another request; answer from the journal if the step has ended.
2. Plan, expand trees, decide, read the state before, store pre-images; check the guard's files.
3. Reserve, and record the start with the state before, durably. Until here nothing was changed.
4. Apply, through a single-use grant; read the state after, check the guard again, compare with what was foretold.
5. Record the end, durably; settle.

A failure after the start leaves a step that ended as ``failed``; a crash leaves an open one, and the next attempt
decides from the recorded state before whether it had not begun, had ended, or neither can be told.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ..canonical import Json, canonical_bytes, strict_object
from ..errors import CanonicalError, EnvelopeViolation, GovernanceTampered, OperationError, PathRefused
from ..governance.budget import BudgetLedger, render_amount
from ..governance.decision import Decision, Request
from ..governance.envelope_enforcer import EnvelopeEnforcer
from ..governance.guard_watch import GuardWatch
from ..governance.paths import path_problem
from ..governance.root import Root
from .attempt import Kit, Step, apply_step, failed, recover_step
from .compensation import undo_step
from .mission_journal import MissionJournal
from .operation import Operation, Plan
from .pre_images import PreImages
from .receipt import Receipt, Start, frozen_states, idempotency_key
from .recorder import Recorder
from .registry import Registry
from .step_files import expand, read_modes, read_states, store_pre_images

__all__ = ["OperationExecutor"]

_FREE = render_amount(Decimal(0))


class OperationExecutor:
    """
    Runs operations on one root, under one envelope, recorded in one journal.

    Args:
        journal: The run's journal, open; steps in it are known and never done twice.
        enforcer: Decides.
        root: The tree.
        registry: The operations.
        images: Where pre-images go, outside of what operations can change.
        watch: Checks the guard's own files; None only where there are none to check.

    Raises:
        JournalError: The journal cannot be read back, or belongs to another envelope.
    """

    def __init__(
        self,
        journal: MissionJournal,
        enforcer: EnvelopeEnforcer,
        root: Root,
        registry: Registry,
        images: PreImages,
        watch: GuardWatch | None,
    ) -> None:
        self.ledger = BudgetLedger(enforcer.envelope.budget_limit)
        """What the run has spent and reserved, earlier processes included."""
        recorder = Recorder(journal, self.ledger, enforcer.envelope.digest)
        self._kit = Kit(recorder, enforcer, root, images, watch)
        self._registry = registry
        self._stopped: GovernanceTampered | None = None

    def run(self, op: str, params: Mapping[str, object], *, step_id: str, dry_run: bool = False) -> Receipt:
        """
        Run one operation, or read from the journal how it went.

        Args:
            op: Name of the operation.
            params: Its parameters, a JSON object.
            step_id: Names the step in the run. The same id with the same request is done once.
            dry_run: Plan and decide only; nothing is changed and nothing recorded. The status is then
                ``planned`` or ``denied``.

        Returns:
            The receipt. One that is ``replayed`` may say ``failed``.

        Raises:
            EnvelopeViolation: The request was denied; that is recorded.
            IdempotencyConflict: The step id was used for another request.
            IndeterminateStep: The state afterwards, or after a crash, is not what it must be; recorded as failed.
            GovernanceTampered: The guard's files changed; recorded, and nothing runs any more.
            JournalError: Something could not be recorded: what follows must not run.
            OperationError: The parameters are malformed, or the operation failed, which is recorded.
        """
        if self._stopped is not None:
            raise self._stopped
        operation = self._registry.get(op) if type(op) is str else None
        if operation is None:
            decision = self._kit.enforcer.decide(Request(op))
            raise EnvelopeViolation("OP_UNKNOWN", str(decision))
        try:
            plain = strict_object(canonical_bytes(params))
        except CanonicalError as exc:
            raise OperationError(f"{op}: parameters: {exc}") from None
        recorder = self._kit.recorder
        key = idempotency_key(recorder.run_id, step_id, op, operation.version, plain)
        start, receipt = recorder.history.find(step_id, key)
        if receipt is not None:
            return receipt
        plan = operation.plan(plain)
        try:
            if start is not None and not dry_run:
                return self._again(Step(step_id, operation, plain, plan, start, recovered=True))
            return self._first(step_id, operation, plain, plan, key, dry_run=dry_run)
        except GovernanceTampered as exc:
            self._stopped = exc
            raise

    def compensate(self, step_id: str) -> Receipt:
        """
        Undo a step that has ended: put every path back as it was before, from the pre-images.

        It is a step of its own, ``undo:<step id>``, that ends as ``compensated``; doing it again is harmless.

        Raises:
            OperationError: There is no such step, it cannot be undone, or undoing it failed, which is recorded.
            IndeterminateStep: Somebody changed the files since; nothing was undone.
            EnvelopeViolation: The envelope does not allow changing the files back.
            GovernanceTampered: The guard's files changed; nothing runs any more.
            JournalError: Something could not be recorded.
        """
        if self._stopped is not None:
            raise self._stopped
        return undo_step(self._kit, step_id)

    def receipt(self, step_id: str) -> Receipt | None:
        """
        The receipt of a step that has ended, in this process or an earlier one.
        """
        ended = self._kit.recorder.history.ended_step(step_id)
        return None if ended is None else ended[1]

    def _first(
        self, step_id: str, operation: Operation, params: dict[str, Json], plan: Plan, key: str, *, dry_run: bool
    ) -> Receipt:
        decision, start = self._prepare(operation, plan, key, store=not dry_run)
        if dry_run:
            status = "planned" if decision.allowed else "denied"
            return Receipt(
                step_id,
                key,
                operation.name,
                status,
                decision,
                start.before,
                cost=start.cost,
                mediated=plan.mediated,
                dry_run=True,
            )
        step = Step(step_id, operation, params, plan, start)
        recorder = self._kit.recorder
        recorder.begin(step_id, start)
        try:
            self._kit.check_guard()
        except GovernanceTampered as exc:
            recorder.end(failed(step, exc, {}))
            raise
        if not decision.allowed:
            recorder.end(failed(step, None, {}, decision))
            raise EnvelopeViolation(decision.code, str(decision))
        return apply_step(self._kit, step)

    def _again(self, step: Step) -> Receipt:
        try:
            self._kit.check_guard()
        except GovernanceTampered as exc:
            self._kit.recorder.end(failed(step, exc, {}))
            raise
        return recover_step(self._kit, step)

    def _prepare(self, operation: Operation, plan: Plan, key: str, *, store: bool) -> tuple[Decision, Start]:
        """
        Decide a request and gather what its start records; a denied one records no paths and reserves nothing.
        """
        kit, nothing = self._kit, Start(key, operation.name, (), _FREE, {})
        committed = self.ledger.committed
        request = Request(operation.name, plan.paths, plan.max_cost)
        decision = kit.enforcer.decide(request, committed=committed)
        if self.ledger.overrun is not None:
            detail = f"step {self.ledger.overrun!r} cost more than was reserved"
            decision = Decision(False, "BUDGET_EXCEEDED", "max_budget_usd", None, detail)
        if not decision.allowed or plan.max_cost is None:
            return decision, nothing
        try:
            request = Request(operation.name, expand(kit.root, plan), plan.max_cost)
            decision = kit.enforcer.decide(request, committed=committed)
            if not decision.allowed:
                return decision, nothing
            with kit.root.granted(kit.enforcer.authorize(request, committed=committed), tag=key) as files:
                before = read_states(files, request.paths)
                modes = read_modes(files, request.paths, before)
                if store:
                    store_pre_images(files, request.paths, before, kit.images)
        except PathRefused as exc:
            path = exc.path if path_problem(exc.path) is None else ascii(exc.path)
            return Decision(False, exc.code, None, path, exc.detail), nothing
        cost = render_amount(plan.max_cost)
        return decision, Start(key, operation.name, request.paths, cost, frozen_states(before), frozen_states(modes))

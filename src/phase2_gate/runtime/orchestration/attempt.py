"""
One attempt at a step that is recorded as started: apply it, or after a crash find out how far it came.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..canonical import Json, thaw
from ..errors import (
    EnvelopeViolation,
    GovernanceTampered,
    IndeterminateStep,
    JournalError,
    PathRefused,
)
from ..governance.budget import parse_amount, render_amount
from ..governance.decision import Decision, Request
from ..governance.envelope_enforcer import EnvelopeEnforcer
from ..governance.granted_fs import GrantedFS
from ..governance.guard_watch import GuardWatch
from ..governance.root import Root
from .operation import Effect, Operation, Plan, States
from .pre_images import PreImages
from .receipt import Receipt, Start, frozen_states
from .recorder import Recorder
from .step_files import read_states

__all__ = ["Kit", "Step", "apply_step", "failed", "recover_step"]


@dataclass(frozen=True, slots=True)
class Kit:
    """
    What every step needs.
    """

    recorder: Recorder
    """Where it is recorded."""
    enforcer: EnvelopeEnforcer
    """Who decides."""
    root: Root
    """Where it happens."""
    images: PreImages
    """Where pre-images go."""
    watch: GuardWatch | None
    """Who looks at the guard's own files."""

    def check_guard(self) -> None:
        """
        Compare the guard's own files with what they were.

        Raises:
            GovernanceTampered: They changed.
        """
        if self.watch is not None:
            self.watch.check()


@dataclass(frozen=True, slots=True)
class Step:
    """
    One request on its way.
    """

    step_id: str
    """Names it in the run."""
    operation: Operation
    """What to do."""
    params: dict[str, Json]
    """With which parameters."""
    plan: Plan
    """What it will touch."""
    start: Start
    """What is recorded of its start."""
    recovered: bool = False
    """Whether an earlier process started it."""

    @property
    def before(self) -> dict[str, Json]:
        """
        The recorded state before.
        """
        return {path: thaw(state) for path, state in self.start.before.items()}

    def request(self) -> Request:
        """
        What to ask the enforcer for.
        """
        return Request(self.operation.name, self.start.uses, parse_amount(self.start.cost))


def apply_step(kit: Kit, step: Step) -> Receipt:
    """
    Do what was recorded as started, and record how it ended.

    Raises:
        GovernanceTampered: The guard's files changed meanwhile.
        IndeterminateStep: The state afterwards is not the one the plan foretold.
        Exception: What the operation raised; recorded as a failed step.
    """
    request = step.request()
    decision = Decision(True, "ALLOWED")
    after: States = {}
    try:
        with kit.root.granted(kit.enforcer.authorize(request), tag=step.start.key) as files:
            try:
                effect = step.operation.apply(files, step.params, step.start.uses)
            finally:
                after = _states_or_nothing(files, step)
        kit.check_guard()
        _expect_foretold(step, after)
    except JournalError:
        raise
    except Exception as exc:
        kit.recorder.end(failed(step, exc, after))
        raise
    return kit.recorder.end(_completed(step, decision, effect, after))


def recover_step(kit: Kit, step: Step) -> Receipt:
    """
    Finish a step that an earlier process left open: apply it again if it had not begun, record it if it had ended.

    Raises:
        EnvelopeViolation: It was being denied.
        IndeterminateStep: Neither can be told; recorded as failed.
        Exception: As `apply_step`.
    """
    if step.plan.paths and not step.start.uses:
        decision = Decision(False, "INTERRUPTED", detail="a crash hid why the step was denied")
        kit.recorder.end(failed(step, None, {}, decision))
        raise EnvelopeViolation(decision.code, str(decision))
    before = step.before
    expected = step.operation.expect(step.params, before)
    try:
        with kit.root.granted(kit.enforcer.authorize(step.request()), tag=step.start.key) as files:
            for path in before:
                files.clean(path)
            now = read_states(files, step.start.uses)
    except PathRefused as exc:
        kit.recorder.end(failed(step, exc, {}))
        raise
    if expected is not None and now == expected != before:
        return kit.recorder.end(_completed(step, Decision(True, "ALLOWED"), Effect({}), now))
    reachable = before if expected is None else expected
    if step.plan.repeatable and all(now[path] in (before[path], reachable[path]) for path in now):
        return apply_step(kit, step)
    error = IndeterminateStep(f"step {step.step_id!r}: a crash left a state that is neither before nor after")
    kit.recorder.end(failed(step, error, now))
    raise error


def failed(step: Step, error: Exception | None, after: States, decision: Decision | None = None) -> Receipt:
    """
    The receipt of a step that did not do what it should. All that was reserved counts as spent.
    """
    if decision is None:
        decision = Decision(True, "ALLOWED")
    if isinstance(error, (GovernanceTampered, EnvelopeViolation, PathRefused, IndeterminateStep)):
        decision = Decision(False, error.code, detail=_escaped(error))
    return Receipt(
        step.step_id,
        step.start.key,
        step.operation.name,
        "failed",
        decision,
        step.start.before,
        frozen_states(after),
        cost=step.start.cost,
        mediated=step.plan.mediated,
        error=None if error is None else f"{type(error).__name__}: {_escaped(error)}",
        recovered=step.recovered,
    )


def _completed(step: Step, decision: Decision, effect: Effect, after: States) -> Receipt:
    return Receipt(
        step.step_id,
        step.start.key,
        step.operation.name,
        "completed",
        decision,
        step.start.before,
        frozen_states(after),
        frozen_states(effect.outputs),
        render_amount(effect.cost),
        step.plan.mediated,
        recovered=step.recovered,
        content=effect.content,
    )


def _expect_foretold(step: Step, after: States) -> None:
    expected = step.operation.expect(step.params, step.before)
    if expected is not None and after != expected:
        raise IndeterminateStep(f"step {step.step_id!r}: seen {after} afterwards, need {dict(expected)}")


def _states_or_nothing(files: GrantedFS, step: Step) -> States:
    try:
        return read_states(files, step.start.uses)
    except PathRefused:
        return {}


def _escaped(error: Exception) -> str:
    # File names may carry lone surrogates into messages, and a journal line has a bound.
    return str(error).encode("utf-8", "backslashreplace").decode()[:4096]

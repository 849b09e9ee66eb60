"""
What a step leaves behind: the facts recorded before it, the receipt after it, and both read back from a journal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..canonical import FrozenJson, Json, freeze, sha256_digest, thaw
from ..errors import JournalIntegrityError
from ..governance.decision import ACCESSES, Decision, PathUse
from .operation import States
from .record import StepRecord

__all__ = ["IDEMPOTENCY_DOMAIN", "Receipt", "Start", "idempotency_key"]

IDEMPOTENCY_DOMAIN = "phase2-gate/operation/1"
_MODE = re.compile(r"0[0-7]{3}", re.ASCII)


def idempotency_key(run_id: str, step_id: str, op: str, version: int, params: Mapping[str, Json]) -> str:
    """
    The digest of everything that makes a request this one and no other.
    """
    return sha256_digest(
        {
            "domain": IDEMPOTENCY_DOMAIN,
            "run_id": run_id,
            "step_id": step_id,
            "op": op,
            "version": version,
            "params": dict(params),
        }
    )


@dataclass(frozen=True, slots=True)
class Start:
    """
    What is recorded before a step begins; enough to decide after a crash how far it came.
    """

    key: str
    """Idempotency key."""
    op: str
    """Name of the operation."""
    uses: tuple[PathUse, ...]
    """Every path it may touch, trees expanded."""
    cost: str
    """What was reserved, as text."""
    before: Mapping[str, FrozenJson]
    """State of those paths before."""
    modes: Mapping[str, FrozenJson] = field(default_factory=dict)
    """Permission bits before, in octal, of what would get others when it is put back: see `read_modes`."""

    def to_json(self) -> dict[str, Json]:
        """
        The inputs of the entry that starts the step; the inverse of `parse`.
        """
        return {
            "key": self.key,
            "op": self.op,
            "uses": [use.to_json() for use in self.uses],
            "cost": self.cost,
            "before": thaw(self.before),
            "modes": thaw(self.modes),
        }

    @classmethod
    def parse(cls, inputs: Mapping[str, FrozenJson]) -> Start | None:
        """
        Read the inputs of a start; None when it was not an operation that was started.
        """
        value = thaw(inputs)
        match value:
            case {
                "key": str(key),
                "op": str(op),
                "uses": list(uses),
                "cost": str(cost),
                "before": dict(before),
                "modes": dict(modes),
            } if all(isinstance(mode, str) and _MODE.fullmatch(mode) for mode in modes.values()):
                found = tuple(use for use in map(_use, uses) if use is not None)
                start = cls(key, op, found, cost, _frozen(before), _frozen(modes))
                return start if start.to_json() == value else None
        return None


@dataclass(frozen=True, slots=True)
class Receipt:
    """
    The outcome of one step. Two are equal when the same was done with the same result, however often it took.
    """

    step_id: str
    """The step."""
    key: str
    """Idempotency key of its request."""
    op: str
    """Name of the operation."""
    status: str
    """``completed``, ``failed``, ``compensated``, or ``planned`` for a dry run."""
    decision: Decision
    """What the enforcer said."""
    before: Mapping[str, FrozenJson] = field(default_factory=dict)
    """State of the declared paths before."""
    after: Mapping[str, FrozenJson] = field(default_factory=dict)
    """State of them after; empty if it did not come to that."""
    outputs: Mapping[str, FrozenJson] = field(default_factory=dict)
    """What the operation gave."""
    cost: str = "0.000000"
    """What it cost."""
    mediated: bool = True
    """Whether all its effects were checked."""
    error: str | None = None
    """Type and message of what went wrong."""
    dry_run: bool = False
    """Whether nothing was done."""
    replayed: bool = field(default=False, compare=False)
    """Whether it was read from the journal: the step had ended earlier."""
    recovered: bool = field(default=False, compare=False)
    """Whether a crash was found in the middle of it."""
    content: bytes | None = field(default=None, repr=False, compare=False)
    """What was read; never recorded."""

    def to_json(self) -> dict[str, Json]:
        """
        The outputs of the entry that ends the step.
        """
        return {
            "decision": self.decision.to_json(),
            "after": thaw(self.after),
            "outputs": thaw(self.outputs),
            "cost": self.cost,
            "mediated": self.mediated,
            "error": self.error,
            "recovered": self.recovered,
        }

    @classmethod
    def read_back(cls, start: Start, end: StepRecord) -> Receipt:
        """
        The receipt of a step that ended earlier.

        Raises:
            JournalIntegrityError: The entry is not one that an operation's end leaves.
        """
        match thaw(end.outputs):
            case {
                "decision": {
                    "allowed": bool(allowed),
                    "code": str(code),
                    "rule": rule,
                    "path": path,
                    "detail": str(detail),
                },
                "after": dict(after),
                "outputs": dict(outputs),
                "cost": str(cost),
                "mediated": bool(mediated),
                "error": error,
                "recovered": bool(recovered),
            } if all(item is None or isinstance(item, str) for item in (rule, path, error)):
                return cls(
                    end.step_id,
                    start.key,
                    start.op,
                    end.status,
                    Decision(allowed, code, _text(rule), _text(path), detail),
                    start.before,
                    _frozen(after),
                    _frozen(outputs),
                    cost,
                    mediated,
                    _text(error),
                    replayed=True,
                    recovered=recovered,
                )
        raise JournalIntegrityError("not-a-receipt", f"step {end.step_id!r} did not end as an operation does")


def frozen_states(states: States) -> Mapping[str, FrozenJson]:
    """
    A read-only copy of states.
    """
    return _frozen(dict(states))


def _frozen(value: dict[str, Json]) -> Mapping[str, FrozenJson]:
    frozen = freeze(value)
    return frozen if isinstance(frozen, Mapping) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _use(value: Json) -> PathUse | None:
    match value:
        case {"path": str(path), "access": str(word), "tree": bool(tree)}:
            for access in ACCESSES:
                if access == word:
                    return PathUse(path, access, tree)
    return None

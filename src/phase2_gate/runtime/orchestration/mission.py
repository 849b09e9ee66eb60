"""
Mission files: a run written down, to be reviewed before it starts.

::

    {
      "schema": "phase2-gate/mission/1",
      "baseline_commit": "<40 or 64 hex digits>",
      "bundle": null,
      "envelope": {"allow_ops": [], "allow_paths": [], "deny_paths": [], "max_budget_usd": 0},
      "on_failure": "stop",
      "steps": [{"id": "one", "op": "fs.write", "params": {"path": "a.txt", "text": "a"}}]
    }

Any JSON layout will do; duplicate keys, unknown keys and NaN will not. ``on_failure`` is ``stop`` or ``compensate``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ..canonical import FrozenJson, Json, canonical_bytes, freeze, strict_loads, thaw
from ..errors import CanonicalError, MissionError, RuntimeGuardError
from ..governance.envelope import Envelope
from .compensation import UNDO_PREFIX
from .run_state import RUN_STEP

__all__ = ["MAX_MISSION_BYTES", "MISSION_SCHEMA", "Mission", "MissionStep"]

MISSION_SCHEMA = "phase2-gate/mission/1"
# A mission is read by a person before it runs.
MAX_MISSION_BYTES = 16 << 20

_KEYS = frozenset({"schema", "baseline_commit", "bundle", "envelope", "on_failure", "steps"})


@dataclass(frozen=True, slots=True)
class MissionStep:
    """
    One step of a mission.
    """

    step_id: str
    """Names it in the journal."""
    op: str
    """Name of the operation."""
    params: Mapping[str, FrozenJson]
    """Its parameters."""

    def plain_params(self) -> dict[str, Json]:
        """
        The parameters as plain dicts and lists, a fresh copy.
        """
        return {key: thaw(value) for key, value in self.params.items()}

    def to_json(self) -> dict[str, Json]:
        """
        The step as a JSON value.
        """
        return {"id": self.step_id, "op": self.op, "params": self.plain_params()}


@dataclass(frozen=True, slots=True)
class Mission:
    """
    A whole run, as it was written down.
    """

    baseline_commit: str
    """Where the run starts from."""
    bundle: str | None
    """Digest of the bundle's manifest, None outside a bundle."""
    envelope: Envelope
    """What it may do."""
    compensate: bool
    """Whether a failure undoes the steps before it."""
    steps: tuple[MissionStep, ...]
    """What it does, in order."""

    def plan(self) -> list[Json]:
        """
        The steps as a JSON value: what the run id is derived from, beside the envelope.
        """
        return [step.to_json() for step in self.steps]

    @classmethod
    def parse(cls, data: bytes) -> Mission:
        """
        Read a mission file.

        Raises:
            MissionError: It is malformed, or its envelope is, or has an allow rule that a deny rule covers wholly.
        """
        value = _load(data)
        if not isinstance(value, dict) or set(value) | {"on_failure", "bundle"} != _KEYS:
            seen = sorted(value) if isinstance(value, dict) else type(value).__name__
            raise MissionError(f"mission: need exactly the keys {sorted(_KEYS)}, seen {seen}")
        if value["schema"] != MISSION_SCHEMA:
            raise MissionError(f"mission: schema: need {MISSION_SCHEMA!r}, seen {value['schema']!r}")
        commit, bundle = value["baseline_commit"], value.get("bundle")
        if not isinstance(commit, str) or not (bundle is None or isinstance(bundle, str)):
            raise MissionError("mission: baseline_commit and bundle: need texts")
        on_failure = value.get("on_failure", "stop")
        if on_failure not in ("stop", "compensate"):
            raise MissionError(f"mission: on_failure: need 'stop' or 'compensate', seen {on_failure!r}")
        try:
            envelope = Envelope.from_json(value["envelope"])
        except RuntimeGuardError as exc:
            raise MissionError(f"mission: {exc}") from None
        inert = envelope.inert_rules()
        if inert:
            raise MissionError(f"mission: envelope: allow_paths that deny_paths cover wholly: {list(inert)}")
        return cls(commit, bundle, envelope, on_failure == "compensate", _steps(value["steps"]))


def _steps(value: Json) -> tuple[MissionStep, ...]:
    if not isinstance(value, list) or not value:
        raise MissionError("mission: steps: need a list, not empty")
    steps: list[MissionStep] = []
    for index, item in enumerate(value):
        match item:
            case {"id": str(step_id), "op": str(op), "params": dict(params)} if (
                isinstance(item, dict) and len(item) == 3
            ):
                frozen = freeze(params)
                steps.append(MissionStep(step_id, op, frozen if isinstance(frozen, Mapping) else {}))
            case _:
                raise MissionError(f"mission: steps[{index}]: need exactly the keys id, op and params")
    ids = [step.step_id for step in steps]
    for step_id in ids:
        if step_id == RUN_STEP or step_id.startswith(UNDO_PREFIX) or ids.count(step_id) > 1:
            raise MissionError(f"mission: steps: id {step_id!r}: is reserved or used twice")
    return tuple(steps)


def _load(data: bytes) -> Json:
    """
    Read JSON of any layout into what its canonical form says.
    """
    if len(data) > MAX_MISSION_BYTES:
        raise MissionError(f"mission: too long: seen {len(data)} bytes, need at most {MAX_MISSION_BYTES}")

    def pairs(items: list[tuple[str, Json]]) -> dict[str, Json]:
        value = dict(items)
        if len(value) != len(items):
            raise MissionError(f"mission: duplicate key among {sorted(key for key, _ in items)}")
        return value

    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=pairs)
        return strict_loads(canonical_bytes(value), max_bytes=MAX_MISSION_BYTES)
    except (UnicodeDecodeError, CanonicalError, ValueError, RecursionError) as exc:
        raise MissionError(f"mission: not json: {exc}") from None

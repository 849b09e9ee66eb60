"""
One entry of the journal: the plan's nine fields, one canonical JSON line.

1. A line is canonical JSON with exactly the nine keys, ended by one line feed.
2. ``entry_hash`` is the digest of the canonical bytes of the other eight.
3. ``prev_hash`` is the entry hash of the line before, null on the first line only.
4. A step is two entries: ``started`` (inputs, no outputs, no ``completed_at``), then exactly one of
   ``completed``, ``failed``, ``compensated``, ``interrupted`` (outputs, no inputs, same name and start).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ..canonical import MAX_TEXT_BYTES, FrozenJson, Json, canonical_bytes, freeze, is_sha256, sha256_of, thaw
from ..errors import CanonicalError, JournalSchemaError
from ..timestamp import is_timestamp

__all__ = ["END_STATUSES", "FIELDS", "MAX_LINE_BYTES", "STARTED", "StepRecord", "check_shape"]

STARTED = "started"
END_STATUSES = frozenset({"completed", "failed", "compensated", "interrupted"})
FIELDS = frozenset(
    {
        "step_id",
        "name",
        "status",
        "started_at",
        "completed_at",
        "inputs",
        "outputs",
        "prev_hash",
        "entry_hash",
    }
)
# With its line feed.
MAX_LINE_BYTES = MAX_TEXT_BYTES

_STEP_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}", re.ASCII)
_MAX_NAME = 256


def check_shape(fields: Mapping[str, object]) -> str | None:
    """
    Say what is wrong with the nine fields taken alone, or None.

    The hash and the place in the chain are not looked at.
    """
    if fields.keys() != FIELDS:
        return f"keys: seen {sorted(map(str, fields))}, need exactly the nine of an entry"
    step_id, name, status = fields["step_id"], fields["name"], fields["status"]
    if type(step_id) is not str or _STEP_ID.fullmatch(step_id) is None:
        return f"step_id: seen {step_id!r}, need 1 to 128 of letters, digits and . _ : / @ + -"
    if type(name) is not str or not 0 < len(name) <= _MAX_NAME or not name.isprintable():
        return f"name: seen {name!r}, need 1 to {_MAX_NAME} printable characters"
    if not is_timestamp(fields["started_at"]):
        return f"started_at: seen {fields['started_at']!r}, need rfc 3339 utc with microseconds"
    if not is_sha256(fields["entry_hash"]):
        return f"entry_hash: seen {fields['entry_hash']!r}, need a sha256 digest"
    if fields["prev_hash"] is not None and not is_sha256(fields["prev_hash"]):
        return f"prev_hash: seen {fields['prev_hash']!r}, need a sha256 digest or null"
    return _check_phase(status, fields["completed_at"], fields["inputs"], fields["outputs"])


def _check_phase(status: object, completed_at: object, inputs: object, outputs: object) -> str | None:
    if not isinstance(inputs, Mapping) or not isinstance(outputs, Mapping):
        return "inputs and outputs: need two objects"
    if status == STARTED:
        if completed_at is not None or outputs:
            return "started: need completed_at null and outputs empty"
    elif status in END_STATUSES:
        if not is_timestamp(completed_at) or inputs:
            return f"{status}: need completed_at as rfc 3339 utc and inputs empty"
    else:
        return f"status: seen {status!r}, need started or one of {sorted(END_STATUSES)}"
    return None


@dataclass(frozen=True, slots=True)
class StepRecord:
    """
    One entry, as the plan's appendix A gives it; its mappings are read-only copies, all the way down.

    Raises:
        JournalSchemaError: The fields do not make an entry.
    """

    step_id: str
    """Names the step inside its run."""
    name: str
    """What the step does, for people."""
    status: str
    """``started``, ``completed``, ``failed``, ``compensated`` or ``interrupted``."""
    started_at: str
    """When the step began."""
    completed_at: str | None
    """When it ended; None in the entry that starts it."""
    inputs: Mapping[str, FrozenJson]
    """What the step was given; empty in the entry that ends it."""
    outputs: Mapping[str, FrozenJson]
    """What the step gave; empty in the entry that starts it."""
    prev_hash: str | None
    """Entry hash of the entry before; None for the first."""
    entry_hash: str
    """Digest of the other eight fields."""

    def __post_init__(self) -> None:
        for key in ("inputs", "outputs"):
            try:
                object.__setattr__(self, key, freeze(_plain(key, getattr(self, key))))
            except CanonicalError as exc:
                raise JournalSchemaError(f"entry: {key}: {exc}") from None
        problem = check_shape({key: getattr(self, key) for key in FIELDS})
        if problem is not None:
            raise JournalSchemaError(f"entry: {problem}")

    @classmethod
    def chained(
        cls,
        *,
        step_id: str,
        name: str,
        status: str,
        started_at: str,
        completed_at: str | None,
        inputs: Mapping[str, object],
        outputs: Mapping[str, object],
        prev_hash: str | None,
    ) -> StepRecord:
        """
        Make an entry whose hash fits its fields.

        Raises:
            JournalSchemaError: The fields do not make an entry.
        """
        fields: dict[str, object] = {
            "step_id": step_id,
            "name": name,
            "status": status,
            "started_at": started_at,
            "completed_at": completed_at,
            "inputs": _plain("inputs", inputs),
            "outputs": _plain("outputs", outputs),
            "prev_hash": prev_hash,
        }
        try:
            digest = sha256_of(canonical_bytes(fields))
        except CanonicalError as exc:
            raise JournalSchemaError(f"entry: {exc}") from None
        return cls(step_id, name, status, started_at, completed_at, inputs, outputs, prev_hash, digest)  # type: ignore[arg-type]  # frozen and checked in __post_init__

    def to_json(self) -> dict[str, Json]:
        """
        The nine fields as plain dicts and lists, a fresh copy.
        """
        return {
            "step_id": self.step_id,
            "name": self.name,
            "status": self.status,
            "started_at": self.started_at,
            "completed_at": self.completed_at,
            "inputs": thaw(self.inputs),
            "outputs": thaw(self.outputs),
            "prev_hash": self.prev_hash,
            "entry_hash": self.entry_hash,
        }

    def to_line(self) -> bytes:
        """
        The entry as the journal stores it.

        Raises:
            JournalSchemaError: The line would be longer than an entry may be.
        """
        line = canonical_bytes(self.to_json()) + b"\n"
        if len(line) > MAX_LINE_BYTES:
            raise JournalSchemaError(f"entry: too long: seen {len(line)} bytes, need at most {MAX_LINE_BYTES}")
        return line


def _plain(key: str, value: object) -> dict[str, object]:
    """
    A mapping as a dict of its own; a frozen one is thawed, anything else is left for the encoder to judge.
    """
    if type(value) is MappingProxyType:
        value = thaw(value)
    if type(value) is not dict:
        raise JournalSchemaError(f"entry: {key}: need a dict, seen {type(value).__name__}")
    return value

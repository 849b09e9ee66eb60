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
from typing import cast

from ..canonical import MAX_TEXT_BYTES, FrozenJson, Json, freeze, frozen_bytes, is_sha256, sha256_of, thaw
from ..errors import CanonicalError, JournalSchemaError
from ..timestamp import is_timestamp

__all__ = [
    "END_STATUSES",
    "FIELDS",
    "MAX_LINE_BYTES",
    "STARTED",
    "StepRecord",
    "chain",
    "check_shape",
    "recomputed_hash",
]

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
# Stands for a hash while it cannot be known, in a check of the other fields.
_NO_HASH = "sha256:" + "0" * 64
_HASH_MEMBER_BYTES = len(f'"entry_hash":"{_NO_HASH}",')


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
    elif type(status) is str and status in END_STATUSES:
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
            object.__setattr__(self, key, _frozen(key, getattr(self, key)))
        problem = check_shape(self.fields())
        if problem is not None:
            raise JournalSchemaError(f"entry: {problem}")

    def fields(self) -> dict[str, FrozenJson]:
        """
        The nine fields by name; the dict is fresh, what is in it is read-only.
        """
        return {
            "step_id": self.step_id,
            "name": self.name,
            "status": self.status,
            "started_at": self.started_at,
            "completed_at": self.completed_at,
            "inputs": self.inputs,
            "outputs": self.outputs,
            "prev_hash": self.prev_hash,
            "entry_hash": self.entry_hash,
        }

    def to_json(self) -> dict[str, Json]:
        """
        The nine fields as plain dicts and lists, a fresh copy.
        """
        return {key: thaw(value) for key, value in self.fields().items()}


def chain(
    *,
    step_id: str,
    name: str,
    status: str,
    started_at: str,
    completed_at: str | None,
    inputs: Mapping[str, object],
    outputs: Mapping[str, object],
    prev_hash: str | None,
) -> tuple[StepRecord, bytes]:
    """
    Make an entry whose hash fits its fields, and the line that stores it.

    Raises:
        JournalSchemaError: The fields do not make an entry, or the line would be longer than one may be.
    """
    fields: dict[str, FrozenJson] = {
        "step_id": step_id,
        "name": name,
        "status": status,
        "started_at": started_at,
        "completed_at": completed_at,
        "inputs": _frozen("inputs", inputs),
        "outputs": _frozen("outputs", outputs),
        "prev_hash": prev_hash,
    }
    problem = check_shape({**fields, "entry_hash": _NO_HASH})
    if problem is not None:
        raise JournalSchemaError(f"entry: {problem}")
    try:
        body = frozen_bytes(fields)
    except CanonicalError as exc:
        raise JournalSchemaError(f"entry: {exc}") from None
    digest = fields["entry_hash"] = sha256_of(body)
    at = _hash_place(completed_at)
    line = b'%b"entry_hash":"%b",%b\n' % (body[:at], digest.encode(), body[at:])
    if len(line) > MAX_LINE_BYTES:
        raise JournalSchemaError(f"entry: too long: seen {len(line)} bytes, need at most {MAX_LINE_BYTES}")
    # Not by the constructor, which would copy and check once more what was copied and checked right here.
    record = object.__new__(StepRecord)
    for key, value in fields.items():
        object.__setattr__(record, key, value)
    return record, line


def recomputed_hash(line: bytes, completed_at: object) -> str:
    """
    Digest of the other eight fields, by cutting the ninth out of a line.

    Args:
        line: Canonical and of right shape, without its line feed.
        completed_at: That field of it.
    """
    at = _hash_place(completed_at)
    return sha256_of(line[:at] + line[at + _HASH_MEMBER_BYTES :])


def _hash_place(completed_at: object) -> int:
    """
    Where the member ``entry_hash`` stands in a line: ``completed_at`` alone sorts before it, and is null or of
    fixed length.
    """
    return len('{"completed_at":null,') if completed_at is None else len('{"completed_at":"",') + 27


def _frozen(key: str, value: object) -> Mapping[str, FrozenJson]:
    """
    A read-only copy of a mapping; a frozen one is thawed first, since it may be read-only at the top alone.

    Raises:
        JournalSchemaError: It is no dict, or has no canonical form.
    """
    if type(value) is MappingProxyType:
        value = thaw(value)
    if type(value) is not dict:
        raise JournalSchemaError(f"entry: {key}: need a dict, seen {type(value).__name__}")
    try:
        return cast("Mapping[str, FrozenJson]", freeze(value))
    except CanonicalError as exc:
        raise JournalSchemaError(f"entry: {key}: {exc}") from None

"""
The state machine of a run: what may follow what in a journal. Writer and verifier feed the same one.

- The first entry starts the step ``run`` and names schema, run id, audit id, baseline commit, envelope, bundle.
- Every other step: absent, started, one end. No second start, ever, and no end without a start.
- The end of ``run`` is the seal: it comes when no other step is open, and nothing follows it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from ..canonical import is_sha256
from ..context import ExecutionContext
from ..errors import ContextError
from .record import STARTED

__all__ = ["JOURNAL_SCHEMA", "RUN_STEP", "Header", "RunState"]

JOURNAL_SCHEMA = "phase2-gate/mission-journal/1"
RUN_STEP = "run"


@dataclass(frozen=True, slots=True)
class Header:
    """
    What the first entry says about the run.
    """

    run_id: str
    """Deterministic run id."""
    run_id_audit: str
    """Random id of the attempt, as text."""
    baseline_commit: str
    """Where the run started from."""
    envelope: str | None
    """Digest of the policy, None when there is none."""
    bundle: str | None
    """Digest of the bundle's manifest, None outside a bundle."""

    @classmethod
    def of(cls, context: ExecutionContext, envelope: str | None, bundle: str | None) -> Header:
        """
        The header for a context.
        """
        return cls(context.run_id, str(context.run_id_audit), context.baseline_commit, envelope, bundle)

    def to_json(self) -> dict[str, object]:
        """
        The header as the inputs of the first entry.
        """
        return {
            "schema": JOURNAL_SCHEMA,
            "run_id": self.run_id,
            "run_id_audit": self.run_id_audit,
            "baseline_commit": self.baseline_commit,
            "envelope": self.envelope,
            "bundle": self.bundle,
        }

    @classmethod
    def parse(cls, inputs: Mapping[str, object]) -> Header | None:
        """
        Read the inputs of a first entry; None when they are not exactly a header.
        """
        run_id, audit, commit = inputs.get("run_id"), inputs.get("run_id_audit"), inputs.get("baseline_commit")
        envelope, bundle = inputs.get("envelope"), inputs.get("bundle")
        if type(run_id) is not str or type(audit) is not str or type(commit) is not str:
            return None
        if not (envelope is None or is_sha256(envelope)) or not (bundle is None or is_sha256(bundle)):
            return None
        try:
            context = ExecutionContext("/", commit, run_id, UUID(audit), "1970-01-01T00:00:00.000000Z")
        except (ValueError, ContextError):
            return None
        header = cls.of(context, envelope, bundle)  # type: ignore[arg-type]  # narrowed to str or None above
        return header if header.to_json() == dict(inputs) else None


class RunState:
    """
    Follows a journal entry by entry.

    Memory: the open steps, and eight bytes for each step that was ever started.

    Args:
        started_before: Asked when a step's fingerprint was seen before; reads the journal again and tells
            whether that very id was started. Two ids that share a fingerprint are thus no error.
    """

    def __init__(self, started_before: Callable[[str], bool]) -> None:
        self._started_before = started_before
        # 1,024 sorted buckets by the fingerprint's top bits: short inserts, no boxed integers.
        self._seen: tuple[array[int], ...] = tuple(array("Q") for _ in range(1024))
        self.open: dict[str, Mapping[str, object]] = {}
        """Open steps: id to the entry that started them."""
        self.count = 0
        """How many entries were accepted."""
        self.head: str | None = None
        """Entry hash of the last one."""
        self.header: Header | None = None
        """What the first entry said."""
        self.sealed: str | None = None
        """Status of the seal, None while the run is open."""

    def refuse(self, entry: Mapping[str, object]) -> tuple[str, str] | None:
        """
        Say why an entry of right shape may not come next (rule, detail), or None if it may.
        """
        step_id, status = str(entry["step_id"]), entry["status"]
        if entry["prev_hash"] != self.head:
            return "prev-hash", f"seen {entry['prev_hash']!r}, need {self.head!r}"
        if self.sealed is not None:
            return "after-seal", "an entry follows the end of the run"
        if self.header is None:
            return self._refuse_first(entry)
        if status == STARTED:
            if step_id == RUN_STEP or step_id in self.open or self._is_repeat(step_id):
                return "second-start", f"step {step_id!r} was started before"
        elif step_id not in self.open:
            return "end-without-start", f"step {step_id!r} is not open"
        elif any(entry[key] != self.open[step_id][key] for key in ("name", "started_at")):
            return "end-differs", f"step {step_id!r} ends with another name or start than it began with"
        elif step_id == RUN_STEP and len(self.open) > 1:
            return "seal-open-steps", f"{len(self.open) - 1} steps are still open"
        return None

    def accept(self, entry: Mapping[str, object]) -> None:
        """
        Take an entry that `refuse` let pass.
        """
        step_id, status = str(entry["step_id"]), str(entry["status"])
        if self.header is None:
            inputs = entry["inputs"]
            self.header = Header.parse(inputs) if isinstance(inputs, Mapping) else None
        if status == STARTED:
            self.open[step_id] = entry
            self._remember(step_id)
        else:
            del self.open[step_id]
            if step_id == RUN_STEP:
                self.sealed = status
        self.count += 1
        self.head = str(entry["entry_hash"])

    def _refuse_first(self, entry: Mapping[str, object]) -> tuple[str, str] | None:
        inputs = entry["inputs"]
        if entry["step_id"] != RUN_STEP or entry["status"] != STARTED:
            return "first-entry", f"seen step {entry['step_id']!r}, need the start of {RUN_STEP!r}"
        if not isinstance(inputs, Mapping) or Header.parse(inputs) is None:
            return "first-entry", "inputs are not a journal header"
        return None

    def _place(self, step_id: str) -> tuple[array[int], int, int]:
        mark = hash(step_id) & 0xFFFF_FFFF_FFFF_FFFF
        bucket = self._seen[mark >> 54]
        return bucket, bisect_left(bucket, mark), mark

    def _is_repeat(self, step_id: str) -> bool:
        bucket, index, mark = self._place(step_id)
        return index < len(bucket) and bucket[index] == mark and self._started_before(step_id)

    def _remember(self, step_id: str) -> None:
        bucket, index, mark = self._place(step_id)
        bucket.insert(index, mark)

"""
The execution context: which tree, from which commit, doing what, and which attempt at it.

``run_id`` is derived from everything that decides what will be done (baseline commit, mission, envelope,
bundle) and from nothing else (not the directory, host, user, clock or environment): the same run on
another machine has the same id. ``run_id_audit`` is random and tells two attempts apart.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from .canonical import is_sha256, sha256_digest
from .errors import ContextError
from .timestamp import is_timestamp, render, utc_now

__all__ = ["RUN_ID_DOMAIN", "ExecutionContext"]

# Names what the digest is of, so that no other digest of ours can ever equal a run id.
RUN_ID_DOMAIN = "phase2-gate/run-id/1"

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ExecutionContext:
    """
    What identifies one run.

    Raises:
        ContextError: A field is malformed.
    """

    repo_root: str
    """Absolute path of the tree that the run works on."""
    baseline_commit: str
    """The commit (or the content digest) the run starts from: 40 or 64 lower-case hexadecimal digits."""
    run_id: str
    """Deterministic id: ``sha256:`` and 64 hexadecimal digits."""
    run_id_audit: UUID
    """Random id (version 4) of this attempt."""
    started_at: str
    """When the attempt began: RFC 3339, UTC, microseconds."""

    def __post_init__(self) -> None:
        root = self.repo_root
        if type(root) is not str or "\0" in root or not os.path.isabs(root):
            raise ContextError(f"repo_root: need an absolute path, seen {root!r}")
        if type(self.baseline_commit) is not str or _COMMIT.fullmatch(self.baseline_commit) is None:
            raise ContextError(f"baseline_commit: need 40 or 64 lower-case hex digits, seen {self.baseline_commit!r}")
        if not is_sha256(self.run_id):
            raise ContextError(f"run_id: need 'sha256:' and 64 hex digits, seen {self.run_id!r}")
        if type(self.run_id_audit) is not UUID or self.run_id_audit.version != 4:
            raise ContextError(f"run_id_audit: need a version 4 uuid, seen {self.run_id_audit!r}")
        if not is_timestamp(self.started_at):
            raise ContextError(f"started_at: need rfc 3339 utc with microseconds and 'Z', seen {self.started_at!r}")

    @classmethod
    def derive(
        cls,
        repo_root: str,
        baseline_commit: str,
        mission: object,
        envelope: object,
        bundle_digest: str | None,
        *,
        clock: Callable[[], datetime] = utc_now,
        uuid4: Callable[[], UUID] = uuid.uuid4,
    ) -> ExecutionContext:
        """
        Make a context whose run id follows from what will be done.

        Args:
            repo_root: Absolute path of the tree; not part of the run id.
            baseline_commit: The commit the run starts from.
            mission: The ordered steps with operation names and parameters, as a JSON value.
            envelope: The policy as a JSON value.
            bundle_digest: Digest of the bundle's manifest, None outside a bundle.
            clock: Where the time comes from.
            uuid4: Where the random id comes from.

        Raises:
            ContextError: A field is malformed.
            CanonicalError: The mission or the envelope is not a JSON value.
        """
        if bundle_digest is not None and not is_sha256(bundle_digest):
            raise ContextError(f"bundle_digest: need 'sha256:' and 64 hex digits, seen {bundle_digest!r}")
        run_id = sha256_digest(
            {
                "domain": RUN_ID_DOMAIN,
                "baseline_commit": baseline_commit,
                "mission": mission,
                "envelope": envelope,
                "bundle": bundle_digest,
            }
        )
        return cls(repo_root, baseline_commit, run_id, uuid4(), render(clock()))

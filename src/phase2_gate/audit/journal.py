"""
The journal of an audit: its gates as steps of a mission, in the report directory.

The journal is the runtime's own (`phase2_gate.runtime`), the verifier's copy of it, never the copy in the bundle.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from ..core.errors import AuditError
from ..core.report import GateResult
from ..runtime.context import ExecutionContext
from ..runtime.errors import RuntimeGuardError
from ..runtime.orchestration.mission_journal import MissionJournal

NAME = "journal.jsonl"
"""The file in the report directory."""


class AuditJournal:
    """
    Records gates; a step is open exactly while its gate runs.

    A context manager that closes the file. Only `close` seals the journal: an audit that breaks off stays visibly open.

    Args:
        directory: The report directory, which exists.
        baseline: The digest of the bundle, 64 hex digits.
        mission: What is going to be done, as a JSON value; with the baseline it makes the run id.

    Raises:
        AuditError: when the journal cannot be written.
    """

    def __init__(self, directory: Path, baseline: str, mission: dict[str, object]) -> None:
        try:
            context = ExecutionContext.derive(os.path.abspath(directory), baseline, mission, None, f"sha256:{baseline}")
            self._journal = MissionJournal.create(directory / NAME, context, bundle=f"sha256:{baseline}")
        except RuntimeGuardError as error:
            raise AuditError(f"{directory / NAME}: cannot be written: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._journal.__exit__(kind, error, trace)
        except RuntimeGuardError as problem:
            raise AuditError(f"{self._journal.path}: cannot be written: {problem}") from problem

    def start(self, gate: str) -> None:
        """
        Records that a gate begins, durably.
        """
        try:
            self._journal.start(gate, f"gate {gate}", {})
        except RuntimeGuardError as error:
            raise AuditError(f"{self._journal.path}: cannot be written: {error}") from error

    def finish(self, result: GateResult) -> None:
        """
        Records what a gate that was started has found.
        """
        outputs: dict[str, object] = {
            "state": result.state,
            "rules": len(result.ran),
            "findings": sorted({finding.rule for finding in result.findings}),
            "waived": sorted({waived.finding.rule for waived in result.waived}),
        }
        status = "completed" if result.state == "pass" else "failed"
        try:
            self._journal.finish(result.gate, status, outputs)
        except RuntimeGuardError as error:
            raise AuditError(f"{self._journal.path}: cannot be written: {error}") from error

    def record(self, result: GateResult) -> None:
        """
        Records a gate that is already over.
        """
        self.start(result.gate)
        self.finish(result)

    def close(self, verdict: str) -> str:
        """
        Seals the journal.

        Returns:
            Its checkpoint: origin, size and head in three lines.
        """
        try:
            return self._journal.close("completed" if verdict == "PASS" else "failed", {"verdict": verdict}).to_text()
        except RuntimeGuardError as error:
            raise AuditError(f"{self._journal.path}: cannot be sealed: {error}") from error

"""
A bundle that is judged once, when somebody first asks.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from ..core.errors import AuditError
from ..core.findings import Finding
from ..core.profile import Profile
from ..core.record import Record
from ..core.report import GateResult, Verdict


class JudgedBundle:
    """
    A bundle and what came of judging it.

    Args:
        path: Where it lies.
        profile: What is demanded of it.
        audit: Whether its code is run.
    """

    def __init__(self, path: str, profile: Profile, *, audit: bool) -> None:
        self.path = Path(path)
        """Where it lies."""
        self._profile = profile
        self._audit = audit
        self.room: Path | None = None
        """An empty directory for its files; None until a test may ask for them."""

    @cached_property
    def record(self) -> Record:
        """
        The record of the judgement.
        """
        from ..library import judging

        if self._audit:
            return judging.audit(self.path, profile=self._profile)
        return judging.verify(self.path, profile=self._profile)

    @property
    def verdict(self) -> Verdict:
        """
        The verdict.
        """
        return self.record.verdict

    @property
    def findings(self) -> tuple[Finding, ...]:
        """
        All findings that count.
        """
        return self.record.verification.findings

    def gate(self, name: str) -> GateResult | None:
        """
        What a gate did; None when the judgement did not come to it.
        """
        return next((gate for gate in self.record.verification.gates if gate.gate == name), None)

    @cached_property
    def extracted(self) -> Path:
        """
        Its files, in a fresh directory.

        Raises:
            AuditError: when the verdict is not PASS, or the file is not the one that was judged any more.
        """
        from ..audit.unpack import unpack

        if self.verdict is not Verdict.PASS:
            message = f"{str(self.path)!r}: not extracted: seen the verdict {self.verdict.value}, need PASS"
            raise AuditError(message, hint="look at `findings` first")
        if self.room is None:
            message = f"{str(self.path)!r}: not extracted: nobody made room"
            raise AuditError(message, hint="ask for the fixture `phase2_bundle`")
        place = self.room / "workspace"
        again, _ = unpack(str(self.path), str(place), self._profile)
        if (again.verdict, again.subject.manifest_sha256) != (Verdict.PASS, self.record.subject.manifest_sha256):
            message = f"{str(self.path)!r}: not extracted: the file changed after it was judged"
            raise AuditError(message)
        return place

"""
An audit: the gates of `verify`, then extraction, imports, tests, and a look at what the code did to its workspace.

Steps:
 1. Open the bundle once; everything that follows reads this descriptor.
 2. The builder's signature where it is demanded, then the static gates. Unless every one passed, no code of the bundle
    runs, and the gates behind say so.
 3. Extract into a fresh private directory, comparing every digest again.
 4. Import the modules, then run the tests, each in a process of their own.
 5. Compare the workspace, and the bundle itself, with what was judged.

Whatever stops us that is not the bundle's doing makes its gate blocked, and the verdict BLOCKED.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from .._version import __version__
from ..core import rules, verify
from ..core.digest import Sha256
from ..core.errors import AuditError
from ..core.profile import Profile
from ..core.record import Record, Subject
from ..core.report import GateResult, Verdict, Verification, cut_short
from ..core.source import Source
from ..core.verify import Judgement
from . import signature
from .blocked import blocked
from .clock import Clock, host
from .dynamic import Dynamic
from .journal import AuditJournal
from .options import Options
from .source import digest as source_digest
from .source import opened, subject

Progress = Callable[[GateResult], None]
"""Told of each gate as it ends."""


def _silent(_: GateResult) -> None:
    """
    Nobody is watching.
    """


def audit(path: Path, profile: Profile, options: Options, progress: Progress = _silent) -> Record:
    """
    Judges a bundle and runs it.

    Args:
        path: The bundle.
        profile: What is demanded of it.
        options: How to judge.
        progress: Told of each gate as it ends.

    Returns:
        The record; its verdict is BLOCKED when we could not judge, whatever stopped us.

    Raises:
        AuditError: when the journal cannot be written; nothing is claimed then.
    """
    under_way = _Audit(path.name, profile, options, progress)
    try:
        with opened(path) as source:
            under_way.judge(source)
    except AuditError:
        raise
    except Exception as error:  # noqa: BLE001 - a crash of ours is a verdict too: BLOCKED, with what was found so far
        under_way.stop(error)
    return under_way.record()


class _Audit:
    """
    One audit under way: what is settled so far.
    """

    def __init__(self, name: str, profile: Profile, options: Options, progress: Progress) -> None:
        self._profile = profile
        self._options = options
        self._progress = progress
        self._names = signature.gates(options.signed, rules.GATES)
        self._clock = Clock()
        self._gates: list[GateResult] = []
        self._subject = Subject(name, "bundle")
        self._dynamic: Dynamic | None = None
        self._checkpoint = ""

    def judge(self, source: Source) -> None:
        options = self._options
        judgement = signature.judge(
            source, self._profile, options.signed, require_canonical=options.require_canonical, hash_archive=True
        )
        sha256 = judgement.bundle_sha256 or source_digest(source)
        self._subject = subject(self._subject.name, source, sha256, judgement)
        with ExitStack() as stack:
            journal = self._journal(sha256)
            if journal is not None:
                stack.enter_context(journal)
            for static in judgement.verification.gates:
                if journal is not None:
                    journal.record(static)
                self._ended(static)
            with Dynamic(source, sha256, judgement, self._profile, options) as self._dynamic:
                for gate in rules.DYNAMIC_GATES:
                    if journal is not None:
                        journal.start(gate)
                    result = _run(self._dynamic, gate, judgement)
                    if journal is not None:
                        journal.finish(result)
                    self._ended(result)
            if journal is not None:
                self._checkpoint = journal.close(self._verification().verdict.value)

    def stop(self, error: Exception) -> None:
        gate = self._names[min(len(self._gates), len(self._names) - 1)]
        self._ended(blocked(gate, error))

    def record(self) -> Record:
        dynamic = self._dynamic
        return Record(
            action="audit",
            tool=__version__,
            subject=self._subject,
            profile=self._profile.name,
            verification=self._verification(),
            host=host(),
            started_at=self._clock.started_at,
            seconds=self._clock.seconds,
            interpreter=None if dynamic is None else dynamic.interpreter,
            isolation="" if dynamic is None else dynamic.isolation,
            runs=() if dynamic is None else tuple(dynamic.runs),
            tests=() if dynamic is None else tuple(dynamic.tests),
            checkpoint=self._checkpoint,
            workspace="" if dynamic is None else dynamic.kept,
            notes=() if dynamic is None else tuple(dynamic.notes),
            demands=self._profile,
        )

    def _ended(self, result: GateResult) -> None:
        self._gates.append(result)
        self._progress(result)

    def _verification(self) -> Verification:
        required = verify.required(canonical=self._options.require_canonical, gates=self._names)
        return Verification(required, tuple(self._gates))

    def _journal(self, sha256: Sha256) -> AuditJournal | None:
        options = self._options
        if options.journal_directory is None:
            return None
        mission: dict[str, object] = {
            "action": "audit",
            "tool": __version__,
            "profile": self._profile.name,
            "gates": list(self._names),
            "isolation": options.isolation,
            "require_canonical": options.require_canonical,
        }
        return AuditJournal(options.journal_directory, sha256, mission)


def _run(dynamic: Dynamic, gate: str, judgement: Judgement) -> GateResult:
    if judgement.verification.verdict is not Verdict.PASS:
        return cut_short(gate, (), (), "no code runs before every static gate has passed")
    return dynamic.run(gate)

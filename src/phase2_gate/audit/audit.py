"""
An audit: the gates of `verify`, then extraction, imports, tests, and a look at what the code did to its workspace.

Steps:
 1. Open the bundle once; everything that follows reads this descriptor.
 2. The static gates. Unless every one passed, no code of the bundle runs, and the gates behind say so.
 3. Extract into a fresh private directory, comparing every digest again.
 4. Import the modules, then run the tests, each in a process of their own.
 5. Compare the workspace, and the bundle itself, with what was judged.

Whatever stops us that is not the bundle's doing makes its gate blocked, and the verdict BLOCKED.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .._version import __version__
from ..core import rules, verify
from ..core.digest import Sha256
from ..core.errors import SourceError
from ..core.profile import Profile
from ..core.record import Record, Subject
from ..core.report import GateResult, Verdict, Verification, cut_short
from ..core.source import Source
from ..core.verify import Judgement
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
        The record; its verdict is BLOCKED when we could not judge.

    Raises:
        AuditError: when the journal cannot be written; nothing is claimed then.
    """
    clock = Clock()
    try:
        with opened(path) as source:
            return _audit(source, path.name, profile, options, progress, clock)
    except SourceError as error:
        blocked = GateResult("archive", blocked=str(error), notes=() if error.hint is None else (error.hint,))
        progress(blocked)
        required = verify.required(canonical=options.require_canonical, gates=rules.GATES)
        return Record(
            action="audit",
            tool=__version__,
            subject=Subject(path.name, "bundle"),
            profile=profile.name,
            verification=Verification(required, (blocked,)),
            host=host(),
            started_at=clock.started_at,
            seconds=clock.seconds,
        )


def _audit(source: Source, name: str, profile: Profile, options: Options, progress: Progress, clock: Clock) -> Record:
    judgement = verify.judge(source, profile, require_canonical=options.require_canonical, hash_archive=True)
    sha256 = judgement.bundle_sha256 or source_digest(source)
    journal = _journal(options, sha256, profile)
    gates = list(judgement.verification.gates)
    for static in gates:
        if journal is not None:
            journal.record(static)
        progress(static)
    with Dynamic(source, sha256, judgement, profile, options) as dynamic:
        for gate in rules.DYNAMIC_GATES:
            if journal is not None:
                journal.start(gate)
            result = _dynamic(dynamic, gate, judgement)
            if journal is not None:
                journal.finish(result)
            progress(result)
            gates.append(result)
    required = verify.required(canonical=options.require_canonical, gates=rules.GATES)
    verification = Verification(required, tuple(gates))
    checkpoint = "" if journal is None else journal.close(verification.verdict.value)
    return Record(
        action="audit",
        tool=__version__,
        subject=subject(name, source, sha256, judgement),
        profile=profile.name,
        verification=verification,
        host=host(),
        started_at=clock.started_at,
        seconds=clock.seconds,
        interpreter=dynamic.interpreter,
        isolation=dynamic.isolation,
        runs=tuple(dynamic.runs),
        tests=tuple(dynamic.tests),
        checkpoint=checkpoint,
        workspace=dynamic.kept,
    )


def _dynamic(dynamic: Dynamic, gate: str, judgement: Judgement) -> GateResult:
    if judgement.verification.verdict is not Verdict.PASS:
        return cut_short(gate, (), (), "no code runs before every static gate has passed")
    return dynamic.run(gate)


def _journal(options: Options, sha256: Sha256, profile: Profile) -> AuditJournal | None:
    if options.journal_directory is None:
        return None
    mission: dict[str, object] = {
        "action": "audit",
        "tool": __version__,
        "profile": profile.name,
        "gates": list(rules.GATES),
        "isolation": options.isolation,
        "require_canonical": options.require_canonical,
    }
    return AuditJournal(options.journal_directory, sha256, mission)

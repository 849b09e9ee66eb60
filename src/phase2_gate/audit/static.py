"""
Judging without running anything: bundles as they are, and directories that were extracted from one.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from .._version import __version__
from ..core import rules
from ..core import verify as core
from ..core.errors import SourceError
from ..core.profile import Profile
from ..core.record import Record, Subject
from ..core.report import Verification
from ..core.source import Source
from ..core.typed import TYPE_CHECKING
from ..core.zip_tiling import Member
from . import signature
from .blocked import blocked
from .clock import Clock, host
from .source import WatchedSource, opened, subject

if TYPE_CHECKING:
    from ..core.signed import Demand


def verify(
    path: str | os.PathLike[str],
    profile: Profile,
    *,
    require_canonical: bool = False,
    signed: Demand | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Record:
    """
    Judges a bundle, or a directory against its manifest, without running anything of it.

    Args:
        path: A bundle, or a directory that a bundle was extracted to.
        profile: What is demanded.
        require_canonical: Whether other bytes than `phase2-gate build` would write are a finding; void for directories.
        signed: Looks at the builder's signature; None when none is demanded.
        progress: Is told how many bytes of a bundle were read, and how many there are.

    Returns:
        The record; its verdict is BLOCKED when we could not judge.
    """
    clock = Clock()
    name = os.path.basename(os.path.abspath(path))
    is_directory = os.path.isdir(path)
    try:
        if is_directory:
            return _directory_record(os.fspath(path), name, profile, signed)
        with opened(path) as file:
            source: Source = file
            if progress is not None:
                source = WatchedSource(file, lambda read: progress(read, file.size))
            return judged_record(source, name, profile, require_canonical=require_canonical, signed=signed)[0]
    except Exception as error:  # noqa: BLE001 - whatever stops us is a verdict too: BLOCKED
        kind, gates = ("directory", rules.STATIC_GATES[1:]) if is_directory else ("bundle", rules.STATIC_GATES)
        all_gates = signature.gates(signed, gates)
        required = core.required(canonical=require_canonical and not is_directory, gates=all_gates)
        return _record(clock, Subject(name, kind), profile, Verification(required, (blocked(all_gates[0], error),)))


def _directory_record(path: str, name: str, profile: Profile, signed: Demand | None) -> Record:
    from . import directory

    if signed is not None:
        message = f"{name}: what a builder signs is a bundle: seen a directory"
        raise SourceError(message, hint="judge the bundle itself; `phase2-gate extract` then makes a directory of it")
    clock = Clock()
    verification, about = directory.judge(path, profile)
    return _record(clock, about, profile, verification)


def judged_record(
    source: Source, name: str, profile: Profile, *, require_canonical: bool = False, signed: Demand | None = None
) -> tuple[Record, tuple[Member, ...]]:
    """
    The record of the static gates over an open bundle, and the members that were read.

    Raises:
        SourceError: when the bytes cannot be read.
    """
    clock = Clock()
    judgement = signature.judge(source, profile, signed, require_canonical=require_canonical, hash_archive=False)
    about = subject(name, source, judgement.bundle_sha256, judgement)
    return _record(clock, about, profile, judgement.verification), judgement.members


def _record(clock: Clock, about: Subject, profile: Profile, verification: Verification) -> Record:
    return Record(
        action="verify",
        tool=__version__,
        subject=about,
        profile=profile.name,
        verification=verification,
        host=host(),
        started_at=clock.started_at,
        seconds=clock.seconds,
        demands=profile,
    )

"""
Judging bundles: `phase2_gate.verify` and `phase2_gate.audit`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from ..core.errors import SettingsError
from ..core.profile import Profile
from ..core.record import Record
from ..core.report import GateResult
from ..core.signed import Demand
from . import demands, profiles

_NONE: Mapping[str, str] = MappingProxyType({})


def verify(
    path: str | os.PathLike[str],
    *,
    profile: str | os.PathLike[str] | Profile = "generic",
    require_canonical: bool = False,
    require_signature: str | os.PathLike[str] | None = None,
    signature: str | os.PathLike[str] | None = None,
    waive: Mapping[str, str] = _NONE,
) -> Record:
    """
    Judges a bundle, or a directory that one was extracted to, without running anything of it.

    As ``phase2-gate verify``.

    Args:
        path: The bundle or directory.
        profile: What is demanded: a built-in name, the path of a TOML file, or a profile.
        require_canonical: Whether other bytes than `build` would write are a finding; void for directories.
        require_signature: The builder's public key, a file or ``fd:N``; without their signature nothing of a bundle is
            read. None when none is demanded.
        signature: The builder's envelope; None for the one beside the bundle.
        waive: Rules whose findings are accepted, with the reason for each.

    Returns:
        The record. Its `verdict` is PASS, FAIL, or BLOCKED when we could not judge: a file that is missing or cannot be
        read is BLOCKED, never an exception.

    Raises:
        ProfileError: when the profile or a waiver cannot be used.
        SettingsError: when an envelope is named that nobody would look at.
    """
    from ..audit.static import verify as judge

    demanded = demands.waived(profiles.load(profile), demands.waivers(waive))
    signed = _signed(path, require_signature, signature)
    return judge(path, demanded, require_canonical=require_canonical, signed=signed)


def audit(
    path: str | os.PathLike[str],
    *,
    profile: str | os.PathLike[str] | Profile = "generic",
    require_canonical: bool = False,
    require_signature: str | os.PathLike[str] | None = None,
    signature: str | os.PathLike[str] | None = None,
    report_dir: str | os.PathLike[str] | None = None,
    python: str | os.PathLike[str] | None = None,
    requirements: str | os.PathLike[str] | None = None,
    isolation: str = "auto",
    keep: bool = False,
    waive: Mapping[str, str] = _NONE,
    plugin: Iterable[str] = (),
    max_skipped: float | None = None,
    test_timeout: int | None = None,
    import_timeout: int | None = None,
    progress: Callable[[GateResult], None] | None = None,
) -> Record:
    """
    Judges a bundle, and runs its imports and tests, confined.

    As ``phase2-gate audit``.

    Args:
        path: The bundle.
        profile: What is demanded: a built-in name, the path of a TOML file, or a profile.
        require_canonical: Whether other bytes than `build` would write are a finding.
        require_signature: The builder's public key, a file or ``fd:N``; without their signature nothing of a bundle is
            read. None when none is demanded.
        signature: The builder's envelope; None for the one beside the bundle.
        report_dir: Where the report in every format, the journal and the raw logs go; None for no evidence.
        python: The interpreter that runs the bundle's code; None for this one.
        requirements: A file of pinned packages, of which a throw-away environment is made for the tests.
        isolation: How the bundle's code is confined: ``auto``, or a level that ``--isolation`` knows.
        keep: Whether the extracted files stay; the record's `workspace` says where.
        waive: Rules whose findings are accepted, with the reason for each.
        plugin: Modules of pytest plugins that are loaded besides the profile's.
        max_skipped: The share of test functions that may be skipped, 0 to 1; None for the profile's.
        test_timeout: How many seconds the tests may take; None for the profile's.
        import_timeout: How many seconds the imports may take; None for the profile's.
        progress: Told of each gate as it ends.

    Returns:
        The record; its `verdict` is BLOCKED when we could not judge.

    Raises:
        ProfileError: when the profile, a waiver or a demand cannot be used.
        SettingsError: when another option cannot be used.
        AuditError: when the evidence cannot be written; nothing is claimed then.
    """
    import sys

    from ..audit import requirements as packages
    from ..audit.options import Options
    from ..isolation.choose import CHOICES
    from . import evidence

    demanded = demands.applied(
        demands.waived(profiles.load(profile), demands.waivers(waive)),
        plugin=plugin,
        max_skipped=max_skipped,
        test_timeout=test_timeout,
        import_timeout=import_timeout,
    )
    if isolation not in CHOICES:
        message = f"isolation: seen {isolation!r}, need one of {', '.join(CHOICES)}"
        raise SettingsError(message)
    signed = _signed(path, require_signature, signature)
    listed = None if requirements is None else packages.read(os.fspath(requirements))
    (directory,) = evidence.prepared([os.fspath(path)], None if report_dir is None else os.fspath(report_dir))
    options = Options(
        python=sys.executable if python is None else os.fspath(python),
        requirements=listed,
        isolation=isolation,
        require_canonical=require_canonical,
        signed=signed,
        keep=keep,
        journal_directory=directory,
    )
    return evidence.audited(os.fspath(path), demanded, options, progress or _silent)[0]


def _signed(
    path: str | os.PathLike[str], key: str | os.PathLike[str] | None, envelope: str | os.PathLike[str] | None
) -> Demand | None:
    if key is envelope is None:
        return None
    from . import signatures

    key, envelope = (None if one is None else os.fspath(one) for one in (key, envelope))
    made = signatures.demand(key, envelope)
    return None if made is None else made(os.fspath(path))


def _silent(_: GateResult) -> None:
    """
    Nobody is watching.
    """

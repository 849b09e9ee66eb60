"""
Audits that leave evidence: where the reports of each bundle go, and that nothing of an earlier run lies there.

The package of audits knows no renderer, and the renderers no audit; here they meet.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from ..audit.audit import audit
from ..audit.journal import NAME as JOURNAL
from ..audit.options import Options
from ..core.errors import SettingsError
from ..core.profile import Profile
from ..core.record import Record
from ..core.report import GateResult
from ..report import pack
from ..report.pack import Seal


def prepared(paths: Sequence[str], base: str | None) -> list[Path | None]:
    """
    Makes a report directory for each bundle, and removes what earlier runs left in them.

    All before the first bundle is judged: a call that breaks off leaves no PASS of an earlier one.

    Args:
        paths: The bundles.
        base: Where the reports go, or None for no reports.

    Returns:
        The report directory of each bundle.

    Raises:
        SettingsError: when a bundle has the name of a report, and would be removed.
        AuditError: when a directory cannot be made or emptied.
    """
    directories = [None if name is None else Path(name) for name in report_directories(base, paths)]
    _demand_safe(directories, base, paths)
    if len(paths) > 1 and base is not None:
        pack.clear(Path(base), JOURNAL)
    for directory in directories:
        if directory is not None:
            pack.prepare(directory, JOURNAL)
    return directories


def report_directories(base: str | None, paths: Sequence[str]) -> list[str | None]:
    """
    Where the report of each bundle goes: `base` itself for one, a directory below it for each of several.
    """
    if base is None or len(paths) == 1:
        return [base] * len(paths)
    names: dict[str, str] = {}
    for path in paths:
        stem = os.path.basename(os.path.abspath(path)).removesuffix(".zip")
        # A bundle called "...zip" must not send its report to the directory above.
        stem = stem if stem.strip(". ") else "bundle"
        name, number = stem, 2
        while name.casefold() in names:
            name, number = f"{stem}-{number}", number + 1
        names[name.casefold()] = name
    return [os.path.join(base, name) for name in names.values()]


def _demand_safe(directories: list[Path | None], base: str | None, paths: Sequence[str]) -> None:
    cleared = {directory for directory in directories if directory is not None} | ({Path(base)} if base else set())
    for path in paths:
        if any(pack.owns(directory, JOURNAL, Path(path)) for directory in cleared):
            message = f"--report-dir: the bundle has the name of a report there, and would be removed: seen {path!r}"
            raise SettingsError(message, hint="name another directory for the reports")


def audited(
    path: str,
    profile: Profile,
    options: Options,
    progress: Callable[[GateResult], None],
    seal: Seal | None = None,
) -> tuple[Record, Path | None]:
    """
    Audits a bundle, and writes the reports where the journal goes.

    Args:
        path: The bundle.
        profile: What is demanded of it.
        options: How to judge; its journal directory is one that `prepared` made.
        progress: Told of each gate as it ends.
        seal: Signs the verdict.

    Returns:
        The record, and the report for people if there is a report directory.

    Raises:
        AuditError: when journal or reports cannot be written; nothing is claimed then.
    """
    record = audit(Path(path), profile, options, progress)
    reports = options.journal_directory
    return record, None if reports is None else pack.write(reports, record, journal=JOURNAL, seal=seal)

"""
The commands that judge: ``verify`` and ``audit``, and what the carried script does.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable

from ..core.errors import SettingsError
from ..core.profile import Profile
from ..core.record import Record, result_line
from ..core.report import Verdict
from ..core.typed import TYPE_CHECKING
from ..library.profiles import load
from . import actions, demands

if TYPE_CHECKING:
    from pathlib import Path

    from ..audit.requirements import Requirements
    from ..core.signed import Demand
    from ..report.pack import Seal
    from .display import Display


def verify(arguments: argparse.Namespace, display: Display, signed: Callable[[str], Demand] | None = None) -> int:
    """
    ``phase2-gate verify``: the static gates, on bundles and extracted directories.

    Args:
        arguments: The parsed options of `options.add_judging` and `demands.add_waivers`, the profile and the paths.
        display: Shows it.
        signed: Demands the builder's signature of the bundle at a path; None when none is demanded.
    """
    from ..audit.static import verify as judge

    profile = demands.waived(load(arguments.profile), arguments)
    _demand_one(arguments.format, arguments.paths)
    records = []
    for path in arguments.paths:
        demand = None if signed is None else signed(path)
        display.begin("verify", os.path.basename(os.path.abspath(path)), profile)
        canonical = arguments.require_canonical
        record = judge(path, profile, require_canonical=canonical, signed=demand, progress=display.reading())
        for gate in record.verification.gates:
            display.gate(gate)
        display.end(record, None)
        records.append(record)
    return conclude(records, display)


def judge_all(
    arguments: argparse.Namespace,
    paths: list[str],
    profile: Profile,
    display: Display,
    floor: str | None = None,
    seal: Seal | None = None,
    signed: Callable[[str], Demand] | None = None,
) -> int:
    """
    Audits bundles one after the other.

    Args:
        arguments: The parsed options of `options.add_judging`, `options.add_running` and `demands.add`.
        paths: The bundles.
        profile: What is demanded.
        display: Shows it.
        floor: The isolation that is good enough when nothing better works, with the choice ``auto``.
        seal: Signs the verdict, in the report directory.
        signed: Demands the builder's signature of the bundle at a path; None when none is demanded.
    """
    from ..audit import requirements
    from ..library import evidence

    _demand_one(arguments.format, paths)
    profile = demands.applied(profile, arguments)
    packages = None if arguments.requirements is None else requirements.read(arguments.requirements)
    directories = evidence.prepared(paths, arguments.report_dir)
    records = [
        _audit_one(arguments, path, profile, display, directory, floor, seal, packages, signed)
        for path, directory in zip(paths, directories, strict=True)
    ]
    return conclude(records, display)


def _demand_one(style: str, paths: list[str]) -> None:
    if style != "text" and len(paths) > 1:
        from ..report.formats import SINGLE

        if style in SINGLE:
            message = f"--format {style}: shows one bundle: seen {len(paths)}"
            raise SettingsError(message, hint="name one bundle, or let `audit --report-dir` write a report for each")


def _audit_one(
    arguments: argparse.Namespace,
    path: str,
    profile: Profile,
    display: Display,
    reports: Path | None,
    floor: str | None,
    seal: Seal | None,
    packages: Requirements | None,
    signed: Callable[[str], Demand] | None,
) -> Record:
    import sys

    from ..audit.options import Options
    from ..isolation.level import Level
    from ..library import evidence

    display.begin("audit", os.path.basename(path), profile)
    options = Options(
        python=sys.executable if arguments.python is None else arguments.python,
        requirements=packages,
        isolation=arguments.isolation,
        floor=None if floor is None else Level(floor),
        require_canonical=arguments.require_canonical,
        signed=None if signed is None else signed(path),
        keep=arguments.keep,
        watch=display.watch(),
        journal_directory=reports,
    )

    record, report = evidence.audited(path, profile, options, display.gate, seal)
    display.end(record, None if report is None else str(report))
    return record


def conclude(records: list[Record], display: Display) -> int:
    """
    Says what remains to be said of several judgements, and gives the exit code.

    A FAIL outweighs a BLOCKED, a BLOCKED a PASS; no judgement at all is BLOCKED.
    """
    verdicts = [record.verdict for record in records]
    worst = next((verdict for verdict in (Verdict.FAIL, Verdict.BLOCKED) if verdict in verdicts), None)
    verdict = worst or (Verdict.PASS if verdicts else Verdict.BLOCKED)
    # As in the line of each: what was not isolated is never taken for what was.
    waived = sum(len(record.verification.waived) for record in records)
    display.conclude(records, result_line(verdict, waived, {record.isolation for record in records}))
    actions.announce(records)
    return verdict.exit_code

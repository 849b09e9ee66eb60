"""
The command line: ``python -m runtime run …``, ``python -m runtime journal verify|show …``.

Exit status: 0 good; 1 a step failed or was denied, or a journal is corrupt; 2 wrong usage, malformed mission or
anchor; 3 it could not be done or told: a journal that is torn, locked or unreadable, a tree that cannot be opened.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from .arguments import add_run, add_show, add_verify
from .errors import JournalSchemaError, MissionError, RuntimeGuardError
from .orchestration.checkpoint import Checkpoint
from .orchestration.journal_report import show_journal, verify_journal
from .orchestration.mission import Mission
from .orchestration.mission_runner import run_mission
from .orchestration.receipt import Receipt

__all__ = ["main", "perform", "run", "show", "verify"]


def main(argv: Sequence[str] | None = None, out: TextIO | None = None) -> int:
    """
    Parse, do, print, and return the exit status.

    Args:
        argv: Arguments without the program's name; the process's when None.
        out: Where results go; standard output when None. Everything else goes to standard error.
    """
    return perform(_parser().parse_args(argv), sys.stdout if out is None else out)


def perform(arguments: argparse.Namespace, out: TextIO | None) -> int:
    """
    Do what parsed arguments say, and return the exit status.

    Args:
        arguments: What the module `arguments` declared, and `action`: `run`, `verify` or `show` of this module.
        out: Where results go; None when the process has no standard output, and nothing can be told.
    """
    if out is None:
        print("IO: standard output is closed", file=sys.stderr)  # noqa: T201  # the command line
        return 3
    try:
        status: int = arguments.action(arguments, out)
        out.flush()  # what could not be told is no success
    except (MissionError, JournalSchemaError) as exc:
        print(f"{exc.code}: {ascii(str(exc))[1:-1]}", file=sys.stderr)  # noqa: T201  # the command line
        return 2
    except (RuntimeGuardError, OSError) as exc:
        code = exc.code if isinstance(exc, RuntimeGuardError) else "IO"
        print(f"{code}: {ascii(str(exc))[1:-1]}", file=sys.stderr)  # noqa: T201  # the command line
        return 3
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="runtime", description="Run missions under an envelope; judge their journals."
    )
    commands = parser.add_subparsers(required=True)
    mission = commands.add_parser("run", help="run a mission, or go on with it after a crash")
    add_run(mission)
    mission.set_defaults(action=run)
    journal = commands.add_parser("journal", help="judge or show a journal").add_subparsers(required=True)
    check = journal.add_parser("verify", help="verify a journal")
    add_verify(check)
    check.set_defaults(action=verify)
    entries = journal.add_parser("show", help="print the entries of a journal")
    add_show(entries)
    entries.set_defaults(action=show)
    return parser


def run(arguments: argparse.Namespace, out: TextIO) -> int:
    """
    Run a mission and tell each step; the last line is its status.
    """
    files = [] if arguments.mission == "-" else [Path(arguments.mission)]
    data = files[0].read_bytes() if files else sys.stdin.buffer.read()
    mission = Mission.parse(data)

    def report(receipt: Receipt) -> None:
        notes = [word for word in ("replayed", "recovered", "dry_run") if getattr(receipt, word)]
        notes += [] if receipt.mediated else ["unmediated"]
        words = [receipt.status, receipt.step_id, receipt.op, str(receipt.decision), *notes, receipt.error or ""]
        print(ascii(" ".join(filter(None, words)))[1:-1], file=out)  # the command line

    outcome = run_mission(
        mission,
        arguments.repo,
        arguments.journal,
        images=arguments.images,
        closed=files,
        dry_run=arguments.dry_run,
        report=report,
    )
    if outcome.error is not None:
        print(f"note: {ascii(outcome.error)[1:-1]}", file=out)  # the command line
    if outcome.checkpoint is not None:
        print(outcome.checkpoint.to_text(), end="", file=out)  # the command line
    print(f"MISSION: {outcome.status}", file=out)  # the command line
    return 0 if outcome.status in {"completed", "planned"} else 1


def verify(arguments: argparse.Namespace, out: TextIO) -> int:
    """
    Verify a journal and tell its state.
    """
    anchor = None
    if arguments.anchor is not None:
        anchor = Checkpoint.from_text(Path(arguments.anchor).read_bytes().decode("ascii", "replace"))
    status, lines = verify_journal(
        arguments.file,
        anchor=anchor,
        expect_run_id=arguments.run_id,
        require_sealed=arguments.require_sealed,
    )
    for line in lines:
        print(line, file=out)  # the command line
    return status


def show(arguments: argparse.Namespace, out: TextIO) -> int:
    """
    Print the entries of a journal.
    """
    status = 0
    for status, line in show_journal(arguments.file):  # noqa: B007  # the last one counts
        print(line, file=out)  # the command line
    return status

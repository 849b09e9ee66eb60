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

from .errors import JournalSchemaError, MissionError, RuntimeGuardError
from .orchestration.checkpoint import Checkpoint
from .orchestration.journal_report import show_journal, verify_journal
from .orchestration.mission import Mission
from .orchestration.mission_runner import run_mission
from .orchestration.receipt import Receipt

__all__ = ["main"]


def main(argv: Sequence[str] | None = None, out: TextIO | None = None) -> int:
    """
    Parse, do, print, and return the exit status.

    Args:
        argv: Arguments without the program's name; the process's when None.
        out: Where results go; standard output when None. Everything else goes to standard error.
    """
    out = sys.stdout if out is None else out
    arguments = _parser().parse_args(argv)
    try:
        status: int = arguments.action(arguments, out)
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
    run = commands.add_parser("run", help="run a mission, or go on with it after a crash")
    run.add_argument("mission", help="mission file, or - for standard input")
    run.add_argument("--repo", required=True, help="tree to work on")
    run.add_argument("--journal", required=True, help="record of the run; continued if it is there")
    run.add_argument("--images", help="where pre-images go (default: beside the journal)")
    run.add_argument("--dry-run", action="store_true", help="show every decision, change nothing")
    run.set_defaults(action=_run)
    journal = commands.add_parser("journal", help="judge or show a journal").add_subparsers(required=True)
    check = journal.add_parser("verify", help="verify a journal")
    check.add_argument("file")
    check.add_argument("--anchor", help="file with a checkpoint that was kept elsewhere")
    check.add_argument("--run-id", help="the run it must be of")
    check.add_argument("--require-sealed", action="store_true", help="refuse a journal without an end")
    check.set_defaults(action=_verify)
    show = journal.add_parser("show", help="print the entries of a journal")
    show.add_argument("file")
    show.set_defaults(action=_show)
    return parser


def _run(arguments: argparse.Namespace, out: TextIO) -> int:
    data = sys.stdin.buffer.read() if arguments.mission == "-" else Path(arguments.mission).read_bytes()
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
        dry_run=arguments.dry_run,
        report=report,
    )
    if outcome.error is not None:
        print(f"note: {ascii(outcome.error)[1:-1]}", file=out)  # the command line
    if outcome.checkpoint is not None:
        print(outcome.checkpoint.to_text(), end="", file=out)  # the command line
    print(f"MISSION: {outcome.status}", file=out)  # the command line
    return 0 if outcome.status in {"completed", "planned"} else 1


def _verify(arguments: argparse.Namespace, out: TextIO) -> int:
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


def _show(arguments: argparse.Namespace, out: TextIO) -> int:
    status = 0
    for status, line in show_journal(arguments.file):  # noqa: B007  # the last one counts
        print(line, file=out)  # the command line
    return status

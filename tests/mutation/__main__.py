"""
``python -m tests.mutation``: makes the mutants, tries them, and tells which survive that nobody has argued about.

Exit status: 0 when every survivor is listed with its reason, 1 when one is not, or a listed one was found by a test,
3 when the tests fail without any mutation or cosmic-ray is not installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
import time
from pathlib import Path

from .accepted import read_accepted
from .mutants import make
from .targets import SUBJECTS, TARGETS, Target

_NAMES = (*SUBJECTS, *(target.module for target in TARGETS))


def main(argv: list[str] | None = None) -> int:
    """
    Runs the command.

    Returns:
        The exit status.
    """
    parser = _parser()
    arguments = parser.parse_args(argv)
    unknown = [name for name in arguments.target if name not in _NAMES]
    if unknown:
        parser.error(f"no such target: {unknown[0]}: need one of {', '.join(_NAMES)}")
    if importlib.util.find_spec("cosmic_ray") is None:
        sys.stderr.write("cosmic-ray is not installed; hatch run mutation:run installs it\n")
        return 3
    from .trials import BaselineError

    status = 0
    for target in TARGETS:
        if not {target.subject, target.module}.isdisjoint(arguments.target or SUBJECTS):
            try:
                status = max(status, _try(target, arguments.jobs))
            except BaselineError as exc:
                sys.stderr.write(f"{exc}\n")
                return 3
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description="Change one thing; a test must fail.")
    parser.add_argument("target", nargs="*", metavar="TARGET", help=f"default: all; of {', '.join(_NAMES)}")
    parser.add_argument("--jobs", type=int, default=2, help="how many mutants to try at a time (default: 2)")
    return parser


def _try(target: Target, jobs: int) -> int:
    """
    Try one target and print what is new about it.
    """
    from .trials import baseline, survivors

    accepted = {entry.key for entry in read_accepted() if entry.module == target.module}
    alive: set[tuple[str, str, str, str]] = set()
    base = Path("/dev/shm")  # a place in memory, where syncs cost nothing
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=base if base.is_dir() else None) as scratch:
        home = Path(scratch)
        limits = baseline(target, home)
        mutants = tuple(make(target.module, target.path.read_text(encoding="utf-8")))
        for mutant in survivors(target, mutants, home, jobs, limits):
            alive.add(mutant.key)
            if mutant.key not in accepted:
                _say(f"not listed: {mutant}")
        # Mutants die as well when the tests are broken meanwhile, and that would prove nothing.
        baseline(target, home)
    for key in sorted(accepted - alive):
        _say(f"listed, but found by a test, or no mutant any more: {' | '.join(key)}")
    _say(f"{target.module}: {len(mutants)} mutants, {len(alive)} survive, {time.monotonic() - began:.0f} s")
    return 0 if alive == accepted else 1


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

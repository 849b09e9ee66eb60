"""
``python -m benchmarks.audit_cost BUNDLE``: what isolation and proof cost, against bare pytest on the same files.

Both are run in turn, in one process after the other, on one machine; the medians are compared. The goal: an audit at
level ``strict`` takes at most 1.35 times as long as ``python -m pytest -q`` in the extracted tree, plus half a second.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

FACTOR = 1.35
"""How many times as long as bare pytest an audit may take."""
EXTRA_SECONDS = 0.5
"""What it may take besides: interpreters, self-test, static gates."""


def verdict(bare: Sequence[float], audited: Sequence[float]) -> tuple[bool, str]:
    """
    Whether the goal is met, and the line that says so.

    Args:
        bare: Seconds of bare pytest, one for each round.
        audited: Seconds of the audit.
    """
    base, cost = statistics.median(bare), statistics.median(audited)
    limit = FACTOR * base + EXTRA_SECONDS
    met = cost <= limit
    return met, (
        f"bare pytest {base:.2f} s, audit {cost:.2f} s ({cost / base:.2f} times), "
        f"at most {FACTOR} times and {EXTRA_SECONDS} s: {limit:.2f} s: {'met' if met else 'not met'}"
    )


def main(argv: list[str] | None = None) -> int:
    """
    Runs the command.

    Returns:
        0 when the goal is met, 1 when it is not, 3 when the bundle does not pass and nothing was measured.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audit_cost", description="Measure an audit's cost.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--profile", default="build-loop-phase2", help="default: build-loop-phase2")
    parser.add_argument("--rounds", type=int, default=3, help="default: 3")
    arguments = parser.parse_args(argv)
    bundle = arguments.bundle.resolve()
    audit = [sys.executable, "-m", "phase2_gate", "audit", str(bundle), "--isolation", "strict"]
    audit += ["--profile", arguments.profile, "--format", "json"]
    bare = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    with tempfile.TemporaryDirectory(prefix="phase2-gate-bench-") as place:
        tree = os.path.join(place, "tree")
        extract = [sys.executable, "-m", "phase2_gate", "extract", str(bundle), tree]
        subprocess.run(extract, check=True, stdout=subprocess.DEVNULL)
        first = subprocess.run(audit, capture_output=True, check=False)
        if first.returncode != 0:
            print(json.loads(first.stdout)["result"] if first.stdout else first.stderr.decode())
            return 3
        costs: dict[str, list[float]] = {"bare": [], "audit": []}
        for _ in range(arguments.rounds):
            costs["bare"].append(_seconds(bare, tree))
            costs["audit"].append(_seconds(audit, None))
    met, line = verdict(costs["bare"], costs["audit"])
    print(line)
    return 0 if met else 1


def _seconds(command: list[str], directory: str | None) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=directory, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())

"""
``python -m benchmarks``: makes the trees, runs ours and the peers interleaved, prints medians, ratios and goals.

Needs no package but this project's own; every peer that is there takes part, those that are missing are named.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import entry_points
from pathlib import Path

from . import measure, results, trees, works
from .measure import Cost, Work


def main(argv: list[str] | None = None) -> int:
    """
    Runs the command.

    Returns:
        The exit code: 0 when everything that was asked for was measured, 3 when something could not be.
    """
    arguments = _parser().parse_args(argv)
    base = arguments.place or ("/dev/shm" if os.path.isdir("/dev/shm") else None)  # noqa: S108 - a place in memory
    place = Path(tempfile.mkdtemp(prefix="phase2-gate-bench-", dir=base))
    costs: results.Costs = {}
    complete = True
    try:
        _say(f"python {platform.python_version()}, {platform.system()} {platform.release()}, {os.cpu_count()} cores")
        for work in (*works.BUILD, *works.BUILD_SLOW, *works.CHECK, *works.DIGEST):
            for name in [*measure.missing(work), *_lacking(work)]:
                _say(f"missing: {name}, so {work.who} does not take part")
        measure.prepare(place)
        if arguments.sdists:
            (place / "sdists").symlink_to(Path(arguments.sdists).resolve())
        for name in arguments.trees.split(","):
            complete = _tree(name, place, arguments.rounds, costs) and complete
    finally:
        shutil.rmtree(place)
    for line in results.lines(costs):
        print(line)
    return 0 if complete else 3


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure against the peers.")
    parser.add_argument(
        "--place", metavar="DIR", help="where the trees are made (default: /dev/shm, else as TMPDIR says)"
    )
    parser.add_argument("--trees", default=",".join(trees.TREES), help="default: all")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is run (default: 5)")
    parser.add_argument("--sdists", metavar="DIR", help="where the sdists of the real tree lie already")
    return parser


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _lacking(work: Work) -> list[str]:
    """
    The packages that `work` needs and that are not there.
    """
    modules = [name for name in ("hatchling", "bagit") if f"-m {name}" in work.line]
    lacking = [name for name in modules if importlib.util.find_spec(name) is None]
    if "phase2bundle" in work.line and "phase2bundle" not in entry_points(group="hatch").names:
        lacking.append("phase2-gate as an installed plugin")
    return lacking


def _tree(name: str, place: Path, rounds: int, costs: results.Costs) -> bool:
    root = place / name
    # In a process of its own: a child's peak memory begins with ours, so ours has to stay small.
    made = subprocess.run(
        [sys.executable, "-m", "benchmarks.trees", name, str(root)], cwd=measure.REPOSITORY, check=False
    )
    if made.returncode != 0:
        _say(f"{name}: could not be made, no package index within reach")
        shutil.rmtree(root)
        return False
    _say(f"{name}: {sum(len(files) for _, _, files in os.walk(root))} files")
    bundle = place / f"{name}.zip"
    measure.run(
        Work("first build", f"$PYTHON -m phase2_gate build $TREE --output {bundle}"), root, bundle, sys.executable
    )
    jobs: list[tuple[str, Work]] = [("build", work) for work in works.BUILD]
    if name in {"small", "real"}:
        jobs += [("build", work) for work in works.BUILD_SLOW]
    jobs += [("check", work) for work in works.CHECK]
    jobs += [("digest", work) for work in works.DIGEST]
    jobs = [(job, work) for job, work in jobs if not measure.missing(work) and not _lacking(work)]
    costs.update({(job, name, work.who): [] for job, work in jobs})  # in the order of the tables
    failed: set[tuple[str, str]] = set()
    for number in range(rounds):
        # In another order each time: nobody always comes first, or behind somebody who leaves memory and caches hot.
        random.Random(number).shuffle(jobs)  # noqa: S311 - the same orders in each run
        for job, work in jobs:
            if (job, work.who) in failed:
                continue
            try:
                cost: Cost = measure.run(work, root, bundle, sys.executable)
            except measure.CommandError as error:
                _say(f"{name}: {job}: {error}; left out")
                failed.add((job, work.who))
                costs.pop((job, name, work.who), None)
            else:
                costs[job, name, work.who].append(cost)
        _say(f"{name}: round {number + 1} of {rounds}")
    shutil.rmtree(root)
    bundle.unlink()
    return not failed


if __name__ == "__main__":
    sys.exit(main())

"""
``python -m benchmarks.scale``: a million members, a member of over 4 GiB, members that begin beyond 4 GiB, 100 GiB.

Each bundle is built and verified by the command, and read by `zipfile` for a second opinion. Needs 6 GiB where the
files go, and several minutes; it is no part of the test suite. The case ``hundred`` is run when asked for only: it
needs 101 GiB, which a compressing device can pretend to have, for nearly all of it is zeros.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from . import measure
from .measure import Work

_GIB = 1 << 30


def main(argv: list[str] | None = None) -> int:
    """
    Runs the command.

    Returns:
        The exit code: 0, or 3 when there is no room.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description="Measure at the limits of ZIP.")
    parser.add_argument("--place", metavar="DIR", help="where the files go (default: as TMPDIR says)")
    parser.add_argument("--cases", default=",".join(list(CASES)[:3]), help="default: all but hundred")
    arguments = parser.parse_args(argv)
    place = Path(tempfile.mkdtemp(prefix="phase2-gate-scale-", dir=arguments.place))
    try:
        names = arguments.cases.split(",")
        room = 101 if "hundred" in names else 6
        if shutil.disk_usage(place).free < room * _GIB:
            _say(f"{place}: no room: need {room} GiB")
            return 3
        measure.prepare(place)
        _say("| case | members | bundle bytes | job | wall s | CPU s | peak MB |")
        _say("|---|---|---|---|---|---|---|")
        for name in names:
            _case(name, place)
    finally:
        shutil.rmtree(place)
    return 0


def _say(text: str) -> None:
    print(text, flush=True)


def _case(name: str, place: Path) -> None:
    tree = place / name
    tree.mkdir()
    members = CASES[name](tree) + 1
    bundle = place / f"{name}.zip"
    build = Work("build", f"$PYTHON -m phase2_gate build $TREE --output {bundle}")
    jobs = [build, Work("verify", "$PYTHON -m phase2_gate verify $BUNDLE")]
    costs = [measure.run(job, tree, bundle, sys.executable) for job in jobs]
    measure.run(Work("zipfile", f"$PYTHON $HERE/naive.py count $BUNDLE {members}"), tree, bundle, sys.executable)
    for job, cost in zip(jobs, costs, strict=True):
        figures = f"{cost.wall:.1f} | {cost.cpu:.1f} | {cost.peak / 1e6:.0f}"
        _say(f"| {name} | {members} | {bundle.stat().st_size} | {job.who} | {figures} |")
    bundle.unlink()
    shutil.rmtree(tree)


def _million(tree: Path) -> int:
    for number in range(1_000_000):
        directory = tree / f"d{number // 1000:03}"
        if number % 1000 == 0:
            directory.mkdir()
        descriptor = os.open(directory / f"f{number:06}", os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        os.write(descriptor, b"%d\n" % number)
        os.close(descriptor)
    return 1_000_000


def _sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)
        file.write(b"begins\n")
        file.seek(size - 5)
        file.write(b"ends\n")


def _large_member(tree: Path) -> int:
    _sparse(tree / "large.bin", 4 * _GIB + 1)
    (tree / "small.txt").write_bytes(b"its header lies beyond 4 GiB\n")
    return 2


def _far_offsets(tree: Path) -> int:
    # Every member is small enough for 32 bits, the last ones begin where 32 bits do not reach.
    for number in range(5):
        _sparse(tree / f"part_{number}.bin", _GIB)
    for number in range(1000):
        (tree / f"small_{number:03}.txt").write_bytes(b"%d\n" % number)
    return 1005


def _hundred(tree: Path) -> int:
    for number in range(25):
        _sparse(tree / f"part_{number:02}.bin", 4 * _GIB)
    return 25


CASES: dict[str, Callable[[Path], int]] = {
    "million": _million,
    "large-member": _large_member,
    "far-offsets": _far_offsets,
    "hundred": _hundred,
}
"""Every case; each makes its tree and returns how many files it has."""


if __name__ == "__main__":
    sys.exit(main())

"""
How long `phase2-gate verify` of a bundle takes, against an interpreter that imports hashlib.

    python benchmarks/verify_start.py [BUNDLE] [--rounds N]

Without BUNDLE a small canonical one is made.

The aim is less than twice the time of `python -c "import hashlib"` plus 40 ms on the same machine. Both run in turns,
so that what else the machine does meets both alike; medians are compared. Bytecode is written before the first round.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.bundles import GOOD, bundle  # noqa: E402 - from the checkout that this file lies in

COMMAND = "import sys; from phase2_gate.cli.main import main; sys.exit(main())"
"""What the installed script `phase2-gate` does."""
EXTRA_SECONDS = 0.040
"""What a verify may cost beyond two bare interpreters."""


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """
    The time that a command takes, from its start to its end.
    """
    began = time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def main() -> int:
    """
    Prints both medians, the aim, and whether it is met.

    Returns:
        0 when it is, 1 when not.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--rounds", type=int, default=30, help="how often each runs (default: 30)")
    parser.add_argument("bundle", nargs="?", metavar="BUNDLE", help="default: a small one that is made for it")
    arguments = parser.parse_args()
    rounds = arguments.rounds
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as directory:
        path = Path(arguments.bundle or Path(directory) / "small.zip")
        if arguments.bundle is None:
            path.write_bytes(bundle(GOOD))
        bare = [sys.executable, "-c", "import hashlib"]
        verify = [sys.executable, "-c", COMMAND, "verify", str(path)]
        seconds(bare, environment)
        seconds(verify, environment)
        pairs = [(seconds(bare, environment), seconds(verify, environment)) for _ in range(rounds)]
    base, taken = (statistics.median(column) for column in zip(*pairs, strict=True))
    aim = 2 * base + EXTRA_SECONDS
    sys.stdout.write(
        f"python -c 'import hashlib'   {base * 1000:7.1f} ms (median of {rounds})\n"
        f"phase2-gate verify           {taken * 1000:7.1f} ms\n"
        f"aim: twice that plus 40 ms   {aim * 1000:7.1f} ms: {'met' if taken < aim else 'missed'}\n"
    )
    return 0 if taken < aim else 1


if __name__ == "__main__":
    sys.exit(main())

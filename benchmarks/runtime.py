"""
Speed of the runtime, as ratios within one run: durable append, strict verification, decisions.

Usage: ``PYTHONPATH=src python benchmarks/runtime.py [DIRECTORY]``; the directory decides which disk is measured.
"""

from __future__ import annotations

import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from phase2_gate.runtime.context import ExecutionContext
from phase2_gate.runtime.governance.decision import PathUse, Request
from phase2_gate.runtime.governance.envelope import Envelope
from phase2_gate.runtime.governance.envelope_enforcer import EnvelopeEnforcer
from phase2_gate.runtime.governance.self_mod_protection import ProtectedSet
from phase2_gate.runtime.orchestration.mission_journal import MissionJournal, verify

_CONTEXT = ExecutionContext.derive("/", "0" * 40, [], {}, None)
_ROUNDS = 5
_APPENDS = 400
_ENTRIES = 60_000
_BIG_BYTES = 1 << 30


def _seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def _journal(path: Path) -> None:
    with MissionJournal.create(path, _CONTEXT) as journal:
        for number in range(_APPENDS // 2):
            journal.start(f"s{number}", "step", {"number": number})
            journal.finish(f"s{number}", "completed", {})


def _sqlite(path: Path) -> None:
    with sqlite3.connect(path, isolation_level=None) as base:
        base.execute("pragma journal_mode=wal")
        base.execute("pragma synchronous=full")
        base.execute("create table entries (id integer primary key, line text)")
        for number in range(_APPENDS):
            base.execute("begin")
            base.execute("insert into entries values (?, ?)", (number, "x" * 350))
            base.execute("commit")
    base.close()


def _appends(home: Path) -> None:
    ours, theirs = [], []
    for number in range(_ROUNDS):
        ours.append(_seconds(lambda: _journal(home / f"j{number}")))  # noqa: B023  # called at once
        theirs.append(_seconds(lambda: _sqlite(home / f"s{number}")))  # noqa: B023  # called at once
    mine, other = statistics.median(ours) / _APPENDS, statistics.median(theirs) / _APPENDS
    print(f"durable append: {mine * 1e6:.0f} us, sqlite3 WAL FULL: {other * 1e6:.0f} us, ratio {mine / other:.2f}")


def _grow(path: Path, entries: int, size: int) -> None:
    with MissionJournal.create(path, _CONTEXT, group_commit=1_000_000_000) as journal:
        number = 0
        while number * 2 < entries and (size == 0 or path.stat().st_size < size):
            journal.start(f"s{number}", "step", {"number": number})
            journal.finish(f"s{number}", "completed", {})
            number += 1


def _verifying(home: Path) -> None:
    _grow(home / "many", _ENTRIES, 0)
    best = min(_seconds(lambda: verify(home / "many")) for _ in range(_ROUNDS))
    print(f"strict verify: {_ENTRIES / best:.0f} entries/s")


def _memory(home: Path) -> None:
    _grow(home / "big", 1 << 62, _BIG_BYTES)
    code = (
        "import resource,sys\n"
        "from phase2_gate.runtime.orchestration.mission_journal import verify\n"
        "r=verify(sys.argv[1])\n"
        "print(r.count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    began = time.perf_counter()
    told = subprocess.run(
        [sys.executable, "-c", code, home / "big"], capture_output=True, check=True, env=os.environ
    ).stdout.split()
    took = time.perf_counter() - began
    print(f"verify of 1 GiB: {int(told[0])} entries, {took:.0f} s, {int(told[1]) / 1024:.0f} MiB resident")


def _deciding() -> None:
    allow = [f"src/pkg{number}/**" for number in range(40)] + [f"docs/**/*.{number}" for number in range(10)]
    deny = [f"src/pkg{number}/secret" for number in range(40)] + [f"**/*.key{number}" for number in range(10)]
    enforcer = EnvelopeEnforcer(Envelope(["fs.write"], allow, deny, 1), None, ProtectedSet())
    request = Request("fs.write", (PathUse("src/pkg39/module/deep/file.py", "write"),))
    assert enforcer.decide(request).allowed  # noqa: S101  # a benchmark of a denial would prove nothing
    count = 5000
    best = min(_seconds(lambda: [enforcer.decide(request) for _ in range(count)]) for _ in range(_ROUNDS))
    print(f"decide, 100 rules: {best / count * 1e6:.1f} us")


def main() -> None:
    """
    Measure and print.
    """
    where = sys.argv[1] if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory(dir=where) as scratch:
        home = Path(scratch)
        _appends(home)
        _verifying(home)
        _deciding()
        if os.environ.get("PHASE2_GATE_SWEEP") == "full":
            _memory(home)
    print(f"peak here: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()

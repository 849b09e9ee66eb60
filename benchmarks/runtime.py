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
# Two entries a step: a mission of two hundred steps, and one long enough that sqlite3 begins to overwrite its log.
_RUN = 400
_LONG = 4_000
_BLOCK = 20
_ENTRIES = 60_000
_BIG_BYTES = 1 << 30


def _seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def _lines(home: Path) -> list[str]:
    """
    What a journal of the appends holds, so that both sides store texts of the same size.
    """
    _grow(home / "model", _LONG, 0)
    return (home / "model").read_text("utf-8").splitlines()[1 : _LONG + 1]


def _append_pairs(path: Path, first: int, journal: MissionJournal) -> float:
    def append() -> None:
        for number in range(first, first + _BLOCK, 2):
            journal.start(f"s{number}", "step", {"number": number})
            journal.finish(f"s{number}", "completed", {})

    assert path.exists()  # noqa: S101  # it is a real file that is appended to
    return _seconds(append)


def _insert_rows(base: sqlite3.Connection, lines: list[str]) -> float:
    """
    One row a transaction, in the form that is quickest for sqlite3: each statement commits itself.
    """

    def insert() -> None:
        for line in lines:
            base.execute("insert into entries (line) values (?)", (line,))

    return _seconds(insert)


def _both(home: Path, name: str, lines: list[str]) -> tuple[float, float]:
    """
    Append the same number of entries to a fresh journal and to a fresh database, in turn block by block, so that
    both meet the same disk; creating and closing are not measured. Returns the seconds of each.
    """
    ours = theirs = 0.0
    base = sqlite3.connect(home / f"{name}.db", isolation_level=None)
    base.execute("pragma journal_mode=wal")
    base.execute("pragma synchronous=full")
    base.execute("create table entries (id integer primary key, line text)")
    path = home / f"{name}.jsonl"
    with MissionJournal.create(path, _CONTEXT) as journal:
        for first in range(0, len(lines), _BLOCK):
            ours += _append_pairs(path, first, journal)
            theirs += _insert_rows(base, lines[first : first + _BLOCK])
    assert base.execute("select count(*) from entries").fetchone() == (len(lines),)  # noqa: S101  # nothing was left out
    base.close()
    return ours, theirs


def _appends(home: Path) -> None:
    lines = _lines(home)
    for title, count, rounds in (("a run", _RUN, _ROUNDS * 3), ("a long run", _LONG, _ROUNDS)):
        pairs = [_both(home, f"{count}-{number}", lines[:count]) for number in range(rounds)]
        ours = statistics.median(count / mine for mine, _ in pairs)
        theirs = statistics.median(count / other for _, other in pairs)
        ratio = statistics.median(other / mine for mine, other in pairs)
        spread = sorted(other / mine for mine, other in pairs)
        print(
            f"durable append, {title} of {count} entries: ours {ours:.0f} entries/s, sqlite3 WAL FULL {theirs:.0f} "
            f"entries/s, ours / sqlite3 = {ratio:.2f} (rounds {spread[0]:.2f} to {spread[-1]:.2f}; "
            "1 and more: at least as fast)"
        )


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


# Linux's ru_maxrss begins with what the parent held when it started the program; VmHWM is of the program alone.
_PEAK = """
import sys, resource
from pathlib import Path
from phase2_gate.runtime.orchestration.mission_journal import verify
count = verify(sys.argv[1]).count
status = Path("/proc/self/status")
text = status.read_text() if status.exists() else ""
own = [line.split()[1] for line in text.splitlines() if line.startswith("VmHWM")]
print(count, *own or [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss])
"""


def _memory(home: Path) -> None:
    _grow(home / "big", 1 << 62, _BIG_BYTES)
    began = time.perf_counter()
    told = subprocess.run(
        [sys.executable, "-c", _PEAK, home / "big"], capture_output=True, check=True, env=os.environ
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

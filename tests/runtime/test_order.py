"""
The order of what reaches the disk, seen from outside: strace shows a mission's system calls, and a model of what a
power cut would leave of them says whether anything was named, recorded or begun before what it rests on was durable.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import phase2_gate
from phase2_gate.runtime.tests.samples import COMMIT
from tests.tools import require

_CALL = re.compile(r"(?:\d+ +)?(?P<name>[a-z0-9]+)\((?P<args>.*)\) += (?P<result>-?\d+)")
_FD = re.compile(r"(?:\d+|AT_FDCWD)<(?P<path>[^>]*)>")
_TEXT = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"')
_TRACED = "write,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,ftruncate"


class _Disk:
    """
    What was changed and not synced yet, and what that forbids.

    1. A file gets a name (rename, link) only when its content is durable.
    2. An entry is written only when everything before it is durable, names included: it speaks of what is there.
    3. Nothing in the tree changes while an entry is not durable: the start is on the disk before its effect.
    4. At the end nothing is left to sync.
    """

    def __init__(self, journal: Path, tree: Path) -> None:
        self.broken: list[str] = []
        self.files: set[str] = set()
        self.directories: set[str] = set()
        self.entries = 0
        self.changes = 0
        self._journal = str(journal)
        self._tree = f"{tree}{os.sep}"

    def write(self, path: str) -> None:
        """
        Bytes were written to a file.
        """
        if path == self._journal:
            self.entries += 1
            # The journal's own name is made durable with its first entry's sync to come; see `name` for the others.
            if self.files | self.directories:
                self.broken.append(f"an entry before {sorted(self.files | self.directories)} was durable")
        else:
            self._change(path)
        self.files.add(path)

    def sync(self, path: str) -> None:
        """
        A file or a directory was synced.
        """
        self.files.discard(path)
        self.directories.discard(path)

    def name(self, call: str, source: str | None, target: str) -> None:
        """
        A name was made or taken away.
        """
        if source in self.files:
            self.broken.append(f"{call} of {source} before its content was durable")
        for path in filter(None, (source, target)):
            self._change(path)
            self.directories.add(os.path.dirname(path))

    def end(self) -> None:
        """
        The process ended.
        """
        if self.files | self.directories:
            self.broken.append(f"at the end {sorted(self.files | self.directories)} was not durable")

    def _change(self, path: str) -> None:
        if path.startswith(self._tree):
            self.changes += 1
            if self._journal in self.files:
                self.broken.append(f"change of {path} before its start was durable")


def _feed(disk: _Disk, trace: str, ignore: tuple[str, ...] = ()) -> None:
    """
    Tell a disk of every call that succeeded.
    """
    for line in trace.splitlines():
        match = _CALL.match(line)
        if match is None or int(match["result"]) < 0:
            continue
        name, arguments = match["name"], match["args"]
        first = _FD.match(arguments)
        if name == "write":
            assert first is not None, line
            if first["path"].startswith("/") and not first["path"].startswith(("/dev/", *ignore)):
                disk.write(first["path"])
        elif name in {"fsync", "fdatasync"}:
            assert first is not None, line
            disk.sync(first["path"])
        elif name == "ftruncate":
            disk.broken.append(f"unexpected: {line}")
        else:
            _feed_names(disk, name, arguments)
    disk.end()


def _feed_names(disk: _Disk, name: str, arguments: str) -> None:
    texts = [match["text"] for match in _TEXT.finditer(arguments)]
    # Without a directory's descriptor a name is absolute here.
    homes = [match["path"] for match in _FD.finditer(arguments)] or ["/"] * len(texts)
    paths = [os.path.join(home, text) for home, text in zip(homes, texts, strict=True)]
    if name.startswith(("rename", "link")):
        disk.name(name, paths[0], paths[1])
    else:
        disk.name(name, None, paths[0])


def _mission() -> str:
    steps: list[tuple[str, dict[str, object]]] = [
        ("fs.mkdir", {"path": "d"}),
        ("fs.create", {"path": "d/f", "text": "1"}),
        ("fs.write", {"path": "d/f", "text": "2"}),
        ("fs.write", {"path": "old", "text": "3"}),
        ("fs.rename", {"source": "d", "target": "e"}),
        ("fs.read", {"path": "e/f"}),
        ("fs.delete", {"path": "e", "recursive": True}),
        ("fs.write", {"path": "denied", "text": ""}),
    ]
    ops = sorted({op for op, _ in steps})
    return json.dumps(
        {
            "schema": "phase2-gate/mission/1",
            "baseline_commit": COMMIT,
            "envelope": {"allow_ops": ops, "allow_paths": ["**"], "deny_paths": ["denied"], "max_budget_usd": 0},
            "on_failure": "compensate",
            "steps": [{"id": f"s{n}", "op": op, "params": params} for n, (op, params) in enumerate(steps)],
        }
    )


def test_a_missions_calls_are_in_an_order_that_survives_a_power_cut(tmp_path: Path) -> None:
    """
    Every operation and its compensation: durable content before its name, durable start before the effect, durable
    effect before the end.
    """
    strace = require("strace")
    tree, journal, trace = tmp_path / "tree", tmp_path / "run.jsonl", tmp_path / "trace"
    tree.mkdir()
    (tree / "old").write_text("0")
    (tmp_path / "mission.json").write_text(_mission())
    watched = [strace, "-f", "-y", "-s", "4096", "-o", str(trace), "-e", f"trace={_TRACED}"]
    command = [sys.executable, "-B", "-m", "phase2_gate.runtime", "run", "mission.json"]
    done = subprocess.run(
        [*watched, *command, "--repo", "tree", "--journal", str(journal)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(phase2_gate.__file__).resolve().parents[1])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if "PTRACE" in done.stderr:
        pytest.skip(f"strace may not trace here: {done.stderr.strip()}")
    assert done.stdout.splitlines()[-1] == "MISSION: compensated", done.stderr
    disk = _Disk(journal, tree)
    _feed(disk, trace.read_text(), ("pipe:", str(trace)))
    assert disk.broken == []
    # The run, eight steps, six of them undone (reading and being denied change nothing), each with start and end.
    assert disk.entries == 2 * (1 + 8 + 6)
    assert disk.changes > 20
    assert {path.name: path.read_text() for path in tree.iterdir()} == {"old": "0"}


@pytest.mark.parametrize(
    ("trace", "expected"),
    [
        ('write(3</r/t/x>, "1", 1) = 1\nrenameat(4</r/t>, "x", 4</r/t>, "a") = 0', "before its content was durable"),
        ('7 write(3</r/j>, "{}", 2) = 2\n7 mkdirat(4</r/t>, "d", 0755) = 0', "before its start was durable"),
        ('mkdirat(4</r/t>, "d", 0755) = 0\nwrite(3</r/j>, "{}", 2) = 2\n', "an entry before ['/r/t'] was durable"),
        ('unlink("/r/t/d") = 0\n', "at the end ['/r/t'] was not durable"),
        ("ftruncate(3</r/j>, 0) = 0\n", "unexpected: ftruncate(3</r/j>, 0) = 0"),
    ],
)
def test_the_model_finds_each_wrong_order(trace: str, expected: str) -> None:
    """
    Written by hand, so that a trace without findings means something.
    """
    disk = _Disk(Path("/r/j"), Path("/r/t"))
    _feed(disk, trace)
    assert any(problem.endswith(expected) for problem in disk.broken), disk.broken


def test_the_model_takes_a_right_order() -> None:
    """
    Start, content, name, directory, end; a call that failed changes nothing.
    """
    disk = _Disk(Path("/r/j"), Path("/r/t"))
    trace = [
        'write(3</r/j>, "{}", 2) = 2',
        "fdatasync(3</r/j>) = 0",
        'unlinkat(4</r/t>, "x", 0) = -1 ENOENT (No such file or directory)',
        'write(5</r/t/x>, "1", 1) = 1',
        "fsync(5</r/t/x>) = 0",
        'renameat(4</r/t>, "x", 4</r/t>, "a") = 0',
        "fsync(4</r/t>) = 0",
        'write(3</r/j>, "{}", 2) = 2',
        "fdatasync(3</r/j>) = 0",
    ]
    _feed(disk, "\n".join(trace))
    assert disk.broken == []
    assert (disk.entries, disk.changes) == (2, 3)

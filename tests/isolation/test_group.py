"""
Tests of `phase2_gate.isolation.group`: what is written where, against a directory tree in the place of the kernel's.

The kernel makes files in each new group, which a directory of ours can't; `kernel` stands in for that.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from phase2_gate.core.errors import IsolationError
from phase2_gate.isolation import group
from phase2_gate.isolation.group import Bounds, Group, made

BOUNDS = Bounds(64 * 4096, 40)
ABSENT = "No such file or directory"
LIMITS = ("memory.max", "pids.max", "memory.swap.max")
FILES = ("cgroup.procs", "cgroup.kill", "memory.events")


class Kernel:
    """
    A tree of groups: files appear in new groups, and vanish with them.
    """

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.own = root / "user" / "session"
        self.own.mkdir(parents=True)
        self.files = {self.own: FILES, self.own.parent: (*FILES, *LIMITS)}
        self.written: dict[str, str] = {}
        for place in self.files:
            (place / "cgroup.procs").touch()
        self.proc = proc = root / "proc"
        proc.mkdir()
        (proc / "cgroup").write_text("4:memory:/other\n0::/top/user/session\n")
        (proc / "mountinfo").write_text(
            f"30 1 0:5 / /proc rw - proc proc rw\n31 1 0:26 /top {root} rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"
        )
        self._mkdir, self._rmdir = os.mkdir, os.rmdir
        monkeypatch.setattr(group, "_PROC", proc)
        monkeypatch.setattr(os, "mkdir", self.mkdir)
        monkeypatch.setattr(os, "rmdir", self.rmdir)

    def mkdir(self, path: Path) -> None:
        """
        Make a group: in it there are the files that its parent hands down.
        """
        self._mkdir(path)
        for name in self.files[path.parent]:
            (path / name).touch()

    def rmdir(self, path: str | Path) -> None:
        """
        Remove a group with its files, and keep what was written to them.
        """
        for file in Path(path).iterdir():
            self.written[file.name] = file.read_text()
            file.unlink()
        self._rmdir(path)

    def groups(self) -> list[Path]:
        """
        The groups there are beside our own and its parent.
        """
        return [path for path in self.own.parent.rglob("*") if path.is_dir() and path != self.own]


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kernel:
    """
    A tree in which groups beside our own have limits, and those below it have none.
    """
    return Kernel(tmp_path, monkeypatch)


def test_a_group_beside_our_own_holds_the_limits_and_goes(kernel: Kernel) -> None:
    """
    The limits are written before a process is in the group; at the end what is left is killed and the group removed.
    """
    with made(BOUNDS) as held:
        assert [kernel.own.parent] == [path.parent for path in kernel.groups()]
        held.adopt(1234)
    assert kernel.groups() == []
    expected = {"memory.max": "262144", "pids.max": "40", "memory.swap.max": "0", "cgroup.procs": "1234"}
    assert expected == {name: kernel.written[name] for name in expected}
    assert kernel.written["cgroup.kill"] == "1"


def test_a_group_below_our_own_is_preferred(kernel: Kernel) -> None:
    """
    Where our own group hands limits down, nothing is made outside of it.
    """
    kernel.files[kernel.own] = (*FILES, *LIMITS)
    with made(BOUNDS):
        assert [kernel.own] == [path.parent for path in kernel.groups()]
    assert kernel.groups() == []


def test_a_kernel_that_does_not_count_swap(kernel: Kernel) -> None:
    """
    The limit on swap is set where there is one, and nothing is made where there is none.
    """
    kernel.files[kernel.own.parent] = (*FILES, "memory.max", "pids.max")
    with made(BOUNDS):
        assert not (kernel.groups()[0] / "memory.swap.max").exists()


def _nothing_handed_down(kernel: Kernel) -> None:
    kernel.files[kernel.own.parent] = FILES


def _no_moving(kernel: Kernel) -> None:
    for place in (kernel.own, kernel.own.parent):
        (place / "cgroup.procs").unlink()


def _not_in_view(kernel: Kernel) -> None:
    (kernel.proc / "cgroup").write_text("0::/elsewhere\n")


def _only_version_1(kernel: Kernel) -> None:
    (kernel.proc / "cgroup").write_text("4:memory:/top\n")


def _no_proc(kernel: Kernel) -> None:
    (kernel.proc / "cgroup").unlink()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_nothing_handed_down, f"below our own: no such limits: {ABSENT}, beside it: no such limits: {ABSENT}"),
        (_no_moving, f"below our own: {ABSENT}, beside it: {ABSENT}"),
        (_not_in_view, "none of version 2 is in view"),
        (_only_version_1, "none of version 2 is in view"),
        (_no_proc, "none of version 2 is in view"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_left(
    kernel: Kernel, change: Callable[[Kernel], None], message: str
) -> None:
    """
    The reason names no path, so that two reports of one bundle are equal.
    """
    change(kernel)
    with pytest.raises(OSError) as caught, made(BOUNDS):  # noqa: PT011 - the whole message is compared below
        raise AssertionError("a group was made")
    assert (f"no control group can be made: {message}", kernel.groups()) == (str(caught.value), [])


def test_a_limit_that_is_not_what_was_written_is_none(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A limit is read back before it is believed.
    """
    monkeypatch.setattr(group, "_text", lambda _: "max\n")
    with pytest.raises(OSError, match="beside it: no such limits: a limit is not what was written"), made(BOUNDS):
        raise AssertionError("a group was made")
    assert kernel.groups() == []


@pytest.mark.parametrize(("events", "expected"), [("low 0\noom 3\noom_kill 2\n", 2), ("oom 1\n", 0), ("", 0)])
def test_what_the_system_ended_is_counted(kernel: Kernel, events: str, expected: int) -> None:
    """
    The kernel tells how many processes it ended for want of memory.
    """
    with made(BOUNDS) as held:
        (kernel.groups()[0] / "memory.events").write_text(events)
        assert expected == held.killed()


def test_without_the_file_nothing_is_known_to_have_ended(tmp_path: Path) -> None:
    """
    A group that counts nothing tells nothing.
    """
    assert Group(tmp_path).killed() == 0


def test_a_group_that_stays_is_an_error(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A group that can't be removed means that something of the bundle may still run.
    """

    def busy(_: object) -> None:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(group, "_REMOVE_SECONDS", 0.01)
    with pytest.raises(IsolationError, match=r"could not be removed: .*busy"), made(BOUNDS):
        monkeypatch.setattr(os, "rmdir", busy)
    assert len(kernel.groups()) == 1


@pytest.fixture
def real() -> Iterator[Path]:
    """
    A group that the kernel made; it needs no limits.
    """
    own = group._own()
    if own is None:
        pytest.skip("no control groups of version 2 here")
    path = own / f"phase2-gate-test-{os.getpid()}"
    try:
        path.mkdir()
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error}")
    yield path
    assert not path.exists()


@pytest.mark.parametrize("at_once", [True, False])
def test_everything_in_a_group_of_the_kernel_ends_with_it(
    real: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    """
    Processes in sessions of their own end too, in groups made below as well, also on kernels without ``cgroup.kill``.
    """
    if not at_once:
        write = group._write

        def older(path: Path, text: str) -> None:
            if path.name == "cgroup.kill":
                raise FileNotFoundError(2, "No such file or directory")
            write(path, text)

        monkeypatch.setattr(group, "_write", older)
    code = "import os, signal\ninput()\nif os.fork() == 0: os.setsid()\nprint(flush=True)\nsignal.pause()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        Group(real).adopt(process.pid)
        process.stdin.write(b"\n")
        process.stdin.flush()
        assert process.stdout.read(2) == b"\n\n"
        below = real / "below"
        below.mkdir()
        Group(below).adopt(process.pid)
        Group(real).remove()
        assert process.wait() == -signal.SIGKILL

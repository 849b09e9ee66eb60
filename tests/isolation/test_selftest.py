"""
Tests of `phase2_gate.isolation.selftest` and `choose`: a box with a hole is never believed.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from phase2_gate.audit.execution.interpreter import inspect
from phase2_gate.core.errors import IsolationError
from phase2_gate.isolation import launch
from phase2_gate.isolation.choose import choose
from phase2_gate.isolation.command import Box, Command
from phase2_gate.isolation.level import Level
from phase2_gate.isolation.scratch import private
from phase2_gate.isolation.selftest import prove
from phase2_gate.isolation.start import run

from .boxes import need, proof, python

STRICT, LANDLOCK = Level.STRICT, Level.LANDLOCK
IMPORT = "import phase2_gate.isolation.launcher.main; from phase2_gate.isolation.launcher import "
DENY = (
    # a filter that answers one call with EPERM, as a container's would
    "import ctypes, struct; from phase2_gate.isolation.launcher import libc, seccomp, syscalls\n"
    "libc.prctl('test', libc.PR_SET_NO_NEW_PRIVS, 1)\n"
    "text = seccomp._statement(32, 0) + seccomp._refuse({call!r}, {error}) + seccomp._statement(6, 0x7FFF0000)\n"
    "held = seccomp._Filter(len(text) // 8, text)\n"
    "libc.prctl('test', libc.PR_SET_SECCOMP, 2, ctypes.addressof(held))\n"
)
NO_FILTER = IMPORT + "seccomp; seccomp.apply = lambda **_: []\n"
NO_LANDLOCK = IMPORT + "landlock; landlock.apply = lambda *_, **__: []\n"
HOLES = [
    (STRICT, IMPORT + "mounts; mounts._read_only = lambda *_, **__: None\n" + NO_LANDLOCK, "create-in-workspace"),
    (
        STRICT,
        IMPORT + "mounts; mounts.SYSTEM += ('/tmp', '/home')\n" + NO_LANDLOCK,
        "read-file",
    ),
    (STRICT, IMPORT + "namespaces as n; n._NETWORK = 0; n.loopback_up = lambda: None\n", "connect-tcp, connect-udp"),
    (STRICT, NO_FILTER, "new-namespace, trace"),
    (LANDLOCK, NO_FILTER, "connect-udp, connect-unix"),
    (LANDLOCK, NO_LANDLOCK, "read-file"),
    (LANDLOCK, IMPORT + "landlock; landlock.SCOPES_FROM = 99\n", "signal-verifier"),
    (LANDLOCK, IMPORT + "landlock; landlock.READ = landlock.WRITE\n", "write-workspace"),
]


def knock_out(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """
    Let the launcher run some code before it starts.
    """
    begin, _, end = launch._BOOT.partition("; from ")
    monkeypatch.setattr(launch, "_BOOT", f"{begin}\n{code}from {end}")


@pytest.mark.parametrize("level", [STRICT, LANDLOCK])
def test_an_intact_box_holds(level: Level) -> None:
    """
    Without a hole, only the stated gaps are open.
    """
    need(level)
    found = proof(level)
    assert not isinstance(found, str)
    gaps = {"change-mode", "change-times", "change-mode-in-workspace"}
    assert set(found.open) <= (set() if level is STRICT else gaps)
    assert {"read-file", "write-file", "connect-tcp", "signal-verifier", "write-workspace"} <= set(found.stopped)


@pytest.mark.parametrize("level", [STRICT, LANDLOCK])
def test_a_long_path_of_temporary_files_is_no_obstacle(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, level: Level
) -> None:
    """
    The canaries work where a path is longer than the address of a socket can be.
    """
    need(level)
    deep = tmp_path / ("x" * 120)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    assert "connect-unix" in prove(level, python().path, python().readable).stopped


def test_a_narrow_mask_is_no_obstacle() -> None:
    """
    What the box consists of can be entered whatever the caller's mask is.
    """
    need(STRICT)
    before = os.umask(0o077)
    try:
        assert prove(STRICT, python().path, python().readable).level == STRICT
    finally:
        os.umask(before)


def test_a_user_without_a_home_is_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A container may run as a number that nobody knows.
    """

    def nowhere(_: object) -> Path:
        raise RuntimeError("Could not determine home directory.")

    need(STRICT)
    monkeypatch.setattr(Path, "home", classmethod(nowhere))
    assert "read-home" in prove(STRICT, python().path, python().readable).stopped
    assert python().readable == inspect(python().path).readable


@pytest.mark.parametrize(("level", "code", "hole"), HOLES)
def test_a_hole_is_found(monkeypatch: pytest.MonkeyPatch, level: Level, code: str, hole: str) -> None:
    """
    With one restriction knocked out, the self-test gets out and says where.
    """
    need(level)
    knock_out(monkeypatch, code)
    with pytest.raises(IsolationError, match="got out of the box") as caught:
        prove(level, python().path, python().readable)
    assert set(hole.split(", ")) <= set(str(caught.value).rpartition(": ")[2].split(", "))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        ("unshare", 1, "strict: namespaces: unshare: Operation not permitted"),
        ("unshare", 28, "strict: namespaces: unshare: No space left on device"),
        ("mount", 1, "strict: mounts: '/': mount: Operation not permitted"),
        ("pivot_root", 1, "strict: mounts: pivot_root: Operation not permitted"),
        ("mount_setattr", 38, "strict: mounts: syscall: Function not implemented"),
    ],
)
def test_without_namespaces_auto_takes_landlock_and_says_so(
    monkeypatch: pytest.MonkeyPatch, call: str, error: int, message: str
) -> None:
    """
    A lower level is taken only when nothing was asked for, and the missing piece is named.
    """
    need(STRICT)
    need(LANDLOCK)
    knock_out(monkeypatch, DENY.format(call=call, error=error))
    chosen = choose("auto", python().path, python().readable)
    assert chosen.level == LANDLOCK
    assert message in chosen.notes[0]
    with pytest.raises(IsolationError, match="strict") as caught:
        choose("strict", python().path, python().readable)
    assert "--isolation process" in str(caught.value.hint)


def test_without_landlock_strict_holds_and_lists_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The namespaces carry `strict` alone; the list of layers says that Landlock is missing.
    """
    need(STRICT)
    knock_out(monkeypatch, DENY.format(call="landlock_create_ruleset", error=38))
    found = prove(STRICT, python().path, python().readable)
    assert "no-landlock" in found.layers
    with pytest.raises(IsolationError, match=r"landlock: .*Function not implemented"):
        prove(LANDLOCK, python().path, python().readable)


def test_when_nothing_isolates_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Neither is a level below the isolating ones taken unasked, nor with a floor unsaid.
    """
    knock_out(monkeypatch, DENY.format(call="unshare", error=1) + DENY.format(call="landlock_add_rule", error=1))
    with pytest.raises(IsolationError, match=r"strict: .*; .*landlock: ") as caught:
        choose("auto", python().path, python().readable)
    assert caught.value.hint is not None
    chosen = choose("auto", python().path, python().readable, floor=Level.PROCESS)
    assert (chosen.level, chosen.proof, len(chosen.notes)) == (Level.PROCESS, None, 2)


def test_another_system_has_none_of_the_isolating_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Where the system is not Linux, nothing is tried by number, and what is missing is named.
    """
    knock_out(monkeypatch, "import sys; sys.platform = 'plan9'\n")
    with pytest.raises(
        IsolationError, match=r"strict: .*; .*landlock: system: no system calls of Linux here: seen 'plan9'"
    ):
        choose("auto", python().path, python().readable)


@pytest.mark.parametrize("name", ["process", "none"])
def test_levels_that_do_not_isolate_are_taken_by_name(name: str) -> None:
    """
    What was asked for is given, and its title says that it was asked for.
    """
    chosen = choose(name, python().path, python().readable)
    assert (name, f"{name} (requested)", None) == (chosen.level.value, chosen.title, chosen.proof)


def test_limits_that_the_system_refuses_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A limit that can't be set is an error and not a run without it.
    """
    code = "import resource\ndef refuse(*_): raise OSError(1, 'refused')\nresource.setrlimit = refuse\n"
    knock_out(monkeypatch, code)
    for level in (STRICT, LANDLOCK):
        with pytest.raises(IsolationError, match="rlimits: RLIMIT_CPU"):
            prove(level, python().path, python().readable)


def test_limits_that_the_system_refuses_leave_no_level(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    `auto` finds none, and the level of a caller who would take any cannot be run either.
    """
    code = "import resource\ndef refuse(*_): raise OSError(1, 'refused')\nresource.setrlimit = refuse\n"
    knock_out(monkeypatch, code)
    with pytest.raises(IsolationError, match=r"strict: rlimits: .*; .*landlock: rlimits: "):
        choose("auto", python().path, python().readable)
    level = choose("auto", python().path, python().readable, floor=Level.PROCESS).level
    with private() as place, pytest.raises(IsolationError, match="rlimits: RLIMIT_CPU: "):
        run(Command((python().path, "-c", ""), place, {}, Box(place, place), level=level))


def test_without_a_view_of_processes_strict_holds_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    In containers that mask /proc no new one can be mounted: the box has none then.
    """
    need(STRICT)
    code = (
        IMPORT + "mounts; from phase2_gate.isolation.launcher.plan import LayerError\nmount = mounts._mount\n"
        "def masked(what, *rest):\n if what == 'proc': raise LayerError('mounts', 'denied')\n mount(what, *rest)\n"
        "mounts._mount = masked\n"
    )
    knock_out(monkeypatch, code)
    chosen = choose("auto", python().path, python().readable)
    assert chosen.proof is not None
    assert (chosen.level, chosen.proof.open) == (STRICT, ())
    assert "no /proc: denied" in chosen.proof.notes
    assert "read-environment" in chosen.proof.stopped


def test_a_box_in_which_nothing_runs_is_no_box(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    An interpreter that can't read its own library shows nothing about the box.
    """
    need(STRICT)
    knock_out(monkeypatch, IMPORT + "mounts; mounts._area = lambda *_: None\n")
    with pytest.raises(IsolationError, match="nothing could run in this box: use-scratch"):
        prove(STRICT, python().path, python().readable)

"""
Tests of `phase2_gate.isolation.choose`: what is taken when measures are missing, and that it is said.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import phase2_gate
from phase2_gate.core.errors import IsolationError
from phase2_gate.isolation import choose as choosing
from phase2_gate.isolation.choose import choose
from phase2_gate.isolation.command import Box, Command
from phase2_gate.isolation.launcher import seatbelt
from phase2_gate.isolation.level import Carrier, Level
from phase2_gate.isolation.scratch import private
from phase2_gate.isolation.selftest import Proof, prove
from phase2_gate.isolation.start import run

from ..tools import require
from .boxes import CARRIED, LANDLOCK, STRICT, Kind, need, python
from .knock_outs import NO_BWRAP, NO_NAMESPACES_FOR_US, denied, knock_out

ALL_STRICT = pytest.mark.parametrize("kind", [STRICT, CARRIED], ids=str)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (NO_NAMESPACES_FOR_US, "strict: namespaces: unshare: Operation not permitted"),
        (denied("mount_setattr", 38), "strict: mounts: syscall: Function not implemented"),
    ],
)
def test_where_only_bwrap_gets_namespaces_it_carries_strict_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, code: str, message: str
) -> None:
    """
    The level stays the same, the missing piece and the carrier are named, and the same attempts are stopped.
    """
    need(*STRICT)
    need(*CARRIED)
    knock_out(monkeypatch, code)
    for asked in ("auto", "strict"):
        chosen = choose(asked, python().path, python().readable)
        assert (chosen.level, chosen.carrier) == (Level.STRICT, Carrier.BUBBLEWRAP)
        assert chosen.proof is not None
        assert chosen.proof.open == ()
        assert (len(chosen.notes), message in chosen.notes[0]) == (1, True)
        assert "bubblewrap" in chosen.proof.layers


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        ("unshare", 1, "strict: namespaces: unshare: Operation not permitted"),
        ("unshare", 28, "strict: namespaces: unshare: No space left on device"),
        ("mount", 1, "strict: mounts: '/': mount: Operation not permitted"),
        ("pivot_root", 1, "strict: mounts: pivot_root: Operation not permitted"),
    ],
)
def test_without_namespaces_auto_takes_landlock_and_says_so(
    monkeypatch: pytest.MonkeyPatch, call: str, error: int, message: str
) -> None:
    """
    A lower level is taken only when nothing was asked for, and the missing pieces of both carriers are named.
    """
    need(*STRICT)
    need(*CARRIED)
    need(*LANDLOCK)
    knock_out(monkeypatch, denied(call, error))
    chosen = choose("auto", python().path, python().readable)
    assert chosen.level == Level.LANDLOCK
    assert message in chosen.notes[0]
    assert "strict: bwrap left before the program began: 'bwrap: " in chosen.notes[1]
    with pytest.raises(IsolationError, match="strict") as caught:
        choose("strict", python().path, python().readable)
    assert "--isolation process" in str(caught.value.hint)


def test_without_bwrap_auto_takes_landlock_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A system that would give namespaces to bwrap, and has none.
    """
    need(*STRICT)
    need(*LANDLOCK)
    knock_out(monkeypatch, NO_NAMESPACES_FOR_US + NO_BWRAP)
    chosen = choose("auto", python().path, python().readable)
    assert chosen.level == Level.LANDLOCK
    assert "strict: bubblewrap: no bwrap in /nonexistent" in chosen.notes[1]


@ALL_STRICT
def test_without_landlock_strict_holds_and_lists_it(monkeypatch: pytest.MonkeyPatch, kind: Kind) -> None:
    """
    The namespaces carry `strict` alone; the list of layers says that Landlock is missing.
    """
    need(*kind)
    knock_out(monkeypatch, denied("landlock_create_ruleset", 38))
    found = prove(kind.level, python().path, python().readable, carrier=kind.carrier)
    assert "no-landlock" in found.layers
    with pytest.raises(IsolationError, match=r"landlock: .*Function not implemented"):
        prove(Level.LANDLOCK, python().path, python().readable)


def test_when_nothing_isolates_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Neither is a level below the isolating ones taken unasked, nor with a floor unsaid.
    """
    knock_out(monkeypatch, denied("unshare") + denied("landlock_add_rule"))
    with pytest.raises(IsolationError, match=r"strict: .*; .*strict: .*; .*landlock: ") as caught:
        choose("auto", python().path, python().readable)
    assert caught.value.hint is not None
    chosen = choose("auto", python().path, python().readable, floor=Level.PROCESS)
    assert (chosen.level, chosen.proof, len(chosen.notes)) == (Level.PROCESS, None, 3)


def test_another_system_has_none_of_the_isolating_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Where the system is not Linux, nothing is tried by number, and what is missing is named.
    """
    knock_out(monkeypatch, "import sys; sys.platform = 'plan9'\n")
    with pytest.raises(
        IsolationError, match=r"strict: .*; .*landlock: system: no system calls of Linux here: seen 'plan9'"
    ):
        choose("auto", python().path, python().readable)


@pytest.mark.parametrize(("program", "expected"), [("/bin/sh", "sandbox-exec"), ("/nonexistent", None)])
def test_where_there_is_sandbox_exec_auto_takes_it_when_its_self_test_holds(
    monkeypatch: pytest.MonkeyPatch, program: str, expected: str | None
) -> None:
    """
    As on macOS, where nothing of Linux works; elsewhere it is no candidate, and not named among what was tried.
    """

    def tried(level: Level, *_: object) -> Proof:
        if level is not Level.SANDBOX_EXEC:
            raise IsolationError(f"isolation: {level}: no system calls of Linux here")
        return Proof(level, ("write-file",), (), ("sandbox-exec",), ())

    monkeypatch.setattr(seatbelt, "PROGRAM", program)
    monkeypatch.setattr(choosing, "prove", tried)
    if expected is None:
        with pytest.raises(IsolationError) as caught:
            choose("auto", "/p", ())
        assert "sandbox-exec" not in str(caught.value)
        return
    chosen = choose("auto", "/p", ())
    assert (expected, expected, 3) == (chosen.level.value, chosen.title, len(chosen.notes))


@pytest.mark.parametrize("name", ["process", "none"])
def test_levels_that_do_not_isolate_are_taken_by_name(name: str) -> None:
    """
    What was asked for is given, and its title says that it was asked for.
    """
    chosen = choose(name, python().path, python().readable)
    assert (name, f"{name} (requested)", None) == (chosen.level.value, chosen.title, chosen.proof)


@pytest.mark.parametrize("kind", [STRICT, CARRIED, LANDLOCK], ids=str)
def test_limits_that_the_system_refuses_are_said(monkeypatch: pytest.MonkeyPatch, kind: Kind) -> None:
    """
    A limit that can't be set is an error and not a run without it.
    """
    need(*kind)
    knock_out(monkeypatch, denied("prlimit64"))
    with pytest.raises(IsolationError, match=r"rlimits: RLIMIT_CPU: .*Operation not permitted"):
        prove(kind.level, python().path, python().readable, carrier=kind.carrier)


def test_limits_that_the_system_refuses_leave_no_level(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    `auto` finds none, and the level of a caller who would take any cannot be run either.
    """
    knock_out(monkeypatch, denied("prlimit64"))
    with pytest.raises(IsolationError, match=r"strict: rlimits: .*; .*landlock: rlimits: "):
        choose("auto", python().path, python().readable)
    level = choose("auto", python().path, python().readable, floor=Level.PROCESS).level
    with private() as place, pytest.raises(IsolationError, match="rlimits: RLIMIT_CPU: "):
        run(Command((python().path, "-c", ""), place, {}, Box(place, place), level=level))


@pytest.mark.skipif(os.getuid() != 0, reason="only root can mount something over /proc")
@pytest.mark.parametrize(
    ("mask", "level", "note"),
    [
        # as containers do it: the kernel then refuses every new view of processes
        ("/proc/tty", "strict", "no /proc: '"),
        ("/proc", "landlock", "strict: user-namespace: uid_map: No such file or directory"),
    ],
)
def test_with_a_masked_proc_what_is_missing_is_said(mask: str, level: str, note: str) -> None:
    """
    In containers that mask /proc no new one can be mounted, and the box has none; without any, `landlock` is left.
    """
    need(*STRICT)
    need(*LANDLOCK)
    code = (
        "import json\nfrom phase2_gate.isolation.choose import choose\n"
        f"chosen = choose('auto', {python().path!r}, {python().readable!r})\n"
        "print(json.dumps([chosen.level, chosen.proof.open, [*chosen.notes, *chosen.proof.notes]]))\n"
    ).replace("PosixPath", "__import__('pathlib').Path")
    done = subprocess.run(
        [
            *(require("unshare"), "--mount", "--propagation", "private", "/bin/sh", "-c"),
            'mount -t tmpfs none "$0" && exec "$@"',
            *(mask, sys.executable, "-B", "-c", code),
        ],
        capture_output=True,
        check=False,
        env={"PYTHONPATH": str(Path(phase2_gate.__file__).parents[1]), "PATH": os.defpath},
    )
    assert done.stderr == b""
    found, gaps, notes = json.loads(done.stdout)
    assert (found, set(gaps) - {"change-mode", "change-times", "change-mode-in-workspace"}) == (level, set())
    assert [text for text in notes if note in text] != []

"""
Tests of `phase2_gate.isolation.selftest`: a box with a hole is never believed.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from phase2_gate.audit.execution.interpreter import inspect
from phase2_gate.core.errors import IsolationError
from phase2_gate.isolation.level import Level
from phase2_gate.isolation.selftest import Proof, prove

from .boxes import CARRIED, LANDLOCK, STRICT, Kind, need, proof, python
from .knock_outs import IMPORT, NO_FILTER, NO_LANDLOCK, knock_out, within

ALL = pytest.mark.parametrize("kind", [STRICT, CARRIED, LANDLOCK], ids=str)
ALL_STRICT = pytest.mark.parametrize("kind", [STRICT, CARRIED], ids=str)
CARRIED_OPTIONS = IMPORT + "bubblewrap as b; make = b.arguments\n"


def attributes() -> bool:
    """
    Whether files get attributes where temporary ones are made, and so the attempt can succeed at all.
    """
    with tempfile.NamedTemporaryFile() as file:
        try:
            os.setxattr(file.name, "user.canary", b"!")
        except OSError:
            return False
    return True


HOLES = [
    (STRICT, IMPORT + "mounts; mounts._read_only = lambda *_, **__: None\n" + NO_LANDLOCK, "create-in-workspace"),
    (STRICT, IMPORT + "mounts; mounts.SYSTEM += ('/tmp', '/home')\n" + NO_LANDLOCK, "read-file"),
    (STRICT, IMPORT + "namespaces as n; n._NETWORK = 0; n.loopback_up = lambda: None\n", "connect-tcp, connect-udp"),
    (STRICT, NO_FILTER, "new-namespace, trace"),
    (
        CARRIED,
        CARRIED_OPTIONS
        + "b.arguments = lambda *a: [o.replace('--ro-bind', '--bind') for o in make(*a)]\n"
        + within(NO_LANDLOCK),
        "create-in-workspace",
    ),
    (CARRIED, IMPORT + "mounts; mounts.SYSTEM += ('/tmp', '/home')\n" + within(NO_LANDLOCK), "read-file"),
    (
        CARRIED,
        CARRIED_OPTIONS + "b.arguments = lambda *a: [o for o in make(*a) if o != '--unshare-net']\n",
        "connect-tcp, connect-udp",
    ),
    (CARRIED, within(NO_FILTER), "trace"),
    (LANDLOCK, NO_FILTER, "connect-udp, connect-unix"),
    pytest.param(
        *(LANDLOCK, IMPORT + "seccomp; seccomp._ATTRIBUTES = ()\n", "change-attributes"),
        marks=pytest.mark.skipif(not attributes(), reason="the file system here has no attributes"),
    ),
    (LANDLOCK, NO_LANDLOCK, "read-file"),
    (
        LANDLOCK,
        # Where root's program becomes another user, the kernel stops its signals besides.
        IMPORT + "landlock, privileges; landlock.SCOPES_FROM = 99; privileges._nobody_reaches = lambda *_: False\n",
        "signal-verifier",
    ),
    (LANDLOCK, IMPORT + "landlock; landlock.READ = landlock.WRITE\n", "write-workspace"),
]


def tried(kind: Kind) -> Proof:
    """
    The self-test of a box, made now.
    """
    return prove(kind.level, python().path, python().readable, carrier=kind.carrier)


@ALL
def test_an_intact_box_holds(kind: Kind) -> None:
    """
    Without a hole, only the stated gaps are open.
    """
    need(*kind)
    found = proof(*kind)
    assert not isinstance(found, str)
    gaps = {"change-mode", "change-times", "change-mode-in-workspace"}
    assert set(found.open) <= (set() if kind.level is Level.STRICT else gaps)
    assert kind.carrier == found.carrier
    assert {"read-file", "write-file", "connect-tcp", "signal-verifier", "write-workspace"} <= set(found.stopped)


@ALL
def test_a_long_path_of_temporary_files_is_no_obstacle(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: Kind
) -> None:
    """
    The canaries work where a path is longer than the address of a socket can be.
    """
    need(*kind)
    deep = tmp_path / ("x" * 120)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    assert "connect-unix" in tried(kind).stopped


@ALL_STRICT
def test_a_narrow_mask_is_no_obstacle(kind: Kind) -> None:
    """
    What the box consists of can be entered whatever the caller's mask is.
    """
    need(*kind)
    before = os.umask(0o077)
    try:
        assert tried(kind).level == Level.STRICT
    finally:
        os.umask(before)


def test_a_user_without_a_home_is_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A container may run as a number that nobody knows.
    """

    def nowhere(_: object) -> Path:
        raise RuntimeError("Could not determine home directory.")

    need(*STRICT)
    monkeypatch.setattr(Path, "home", classmethod(nowhere))
    assert "read-home" in tried(STRICT).stopped
    assert python().readable == inspect(python().path).readable


@pytest.mark.parametrize(
    ("kind", "code", "hole"), HOLES, ids=lambda value: str(value) if isinstance(value, Kind) else None
)
def test_a_hole_is_found(monkeypatch: pytest.MonkeyPatch, kind: Kind, code: str, hole: str) -> None:
    """
    With one restriction knocked out, the self-test gets out and says where.
    """
    need(*kind)
    knock_out(monkeypatch, code)
    with pytest.raises(IsolationError, match="got out of the box") as caught:
        tried(kind)
    assert set(hole.split(", ")) <= set(str(caught.value).rpartition(": ")[2].split(", "))


def test_a_box_in_which_nothing_runs_is_no_box(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    An interpreter that can't read its own library shows nothing about the box.
    """
    need(*STRICT)
    knock_out(monkeypatch, IMPORT + "mounts; mounts._area = lambda *_: None\n")
    with pytest.raises(IsolationError, match="nothing could run in this box: use-scratch"):
        tried(STRICT)

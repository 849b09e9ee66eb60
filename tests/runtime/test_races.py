"""
Races: while files are read and written, somebody swaps what stands at the names. Nothing outside is read or changed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from phase2_gate.runtime.errors import RuntimeGuardError
from phase2_gate.runtime.governance.decision import ACCESSES, PathUse, Request
from phase2_gate.runtime.governance.envelope_enforcer import EnvelopeEnforcer
from phase2_gate.runtime.governance.root import Root
from phase2_gate.runtime.governance.self_mod_protection import ProtectedSet
from phase2_gate.runtime.tests.samples import envelope, tree_of

from .sweep import bounded, memory_home

_INSIDE, _SECRET, _WRITTEN = b"inside", b"SECRET", b"written"


def _replace(path: Path, make: Callable[[Path], object]) -> None:
    """
    Put something else at a name, by rename.
    """
    fresh = path.with_name(path.name + ".fresh")
    make(fresh)
    os.rename(fresh, path)


def _file(path: Path) -> None:
    path.write_bytes(_INSIDE)


def _directory(path: Path) -> None:
    path.mkdir()
    (path / "secret").write_bytes(_INSIDE)


def _swap_directory(tree: Path, out: Path) -> None:
    aside = tree / "aside"
    os.rename(tree / "d", aside)
    (tree / "d").symlink_to(out)
    os.unlink(tree / "d")
    os.rename(aside, tree / "d")


def _move_out(tree: Path, out: Path) -> None:
    os.rename(tree / "d", out / "moved")
    os.rename(out / "moved", tree / "d")


def _swap_root(tree: Path, out: Path) -> None:
    aside = tree.with_name("aside")
    os.rename(tree, aside)
    tree.symlink_to(out)
    os.unlink(tree)
    os.rename(aside, tree)


def _swap_file(make: Callable[[Path, Path], object]) -> Callable[[Path, Path], None]:
    """
    Put something else at the file's name, and a file again.
    """

    def swap(tree: Path, out: Path) -> None:
        _replace(tree / "d" / "secret", lambda path: make(path, out))
        _replace(tree / "d" / "secret", _file)

    return swap


_RACES: dict[str, Callable[[Path, Path], None]] = {
    "58 file for a link": _swap_file(lambda path, out: path.symlink_to(out / "secret")),
    "59 directory for a link": _swap_directory,
    "60 directory moved out": _move_out,
    "61 file for a hard link": _swap_file(lambda path, out: os.link(out / "secret", path)),
    "62 file for a fifo": _swap_file(lambda path, _: os.mkfifo(path)),
    "63 root for a link": _swap_root,
}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """
    A scratch directory in memory.
    """
    path = Path(tempfile.mkdtemp(dir=memory_home(tmp_path)))
    yield path
    shutil.rmtree(path)


@pytest.mark.parametrize("race", _RACES)
@pytest.mark.parametrize("act", ["read", "write", "delete and create"])
def test_no_race_leads_outside(home: Path, race: str, act: str) -> None:
    """
    Reads give what is inside or fail; writes and deletes stay inside, whatever is swapped meanwhile.
    """
    tree, out = home / "tree", home / "out"
    tree.mkdir()
    out.mkdir()
    _directory(tree / "d")
    (out / "secret").write_bytes(_SECRET)
    stop = threading.Event()
    swaps = 0

    def swap() -> None:
        nonlocal swaps
        while not stop.is_set():
            with contextlib.suppress(OSError):
                _RACES[race](tree, out)
                swaps += 1
            if not (tree / "d").exists() and (out / "moved").exists():
                shutil.move(out / "moved", tree / "d")

    rival = threading.Thread(target=swap)
    path = "d/secret"
    with Root(tree) as root:
        enforcer = EnvelopeEnforcer(envelope(), root, ProtectedSet())
        request = Request("fs.write", tuple(PathUse(path, access) for access in ACCESSES))
        rival.start()
        try:
            rounds = 0
            while rounds < bounded(250, 4000) or swaps < bounded(20, 1000):
                rounds += 1
                with (
                    contextlib.suppress(RuntimeGuardError, OSError),
                    root.granted(enforcer.authorize(request)) as files,
                ):
                    if act == "read":
                        assert files.read_bytes(path) in {_INSIDE, _WRITTEN}
                    elif act == "write":
                        files.write_bytes(path, _WRITTEN)
                    else:
                        files.delete(path)
                        files.create_bytes(path, _WRITTEN)
        finally:
            stop.set()
            rival.join()
    assert (out / "secret").read_bytes() == _SECRET
    # What was moved out while it was held is the tree's own directory; nothing else may have appeared.
    assert set(tree_of(out)) <= {"secret", "moved", "moved/secret"}

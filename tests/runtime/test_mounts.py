"""
Another mount inside the root, of the same device: nothing but its mount id tells it apart.
"""

from __future__ import annotations

import ctypes
import os
import sys
import traceback
from pathlib import Path

import pytest

from phase2_gate.runtime.errors import RuntimeGuardError
from phase2_gate.runtime.tests.samples import bench, tree_of

# linux/sched.h, linux/mount.h
_CLONE_NEWNS = 0x00020000
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000
_NOT_ALLOWED = 77


def _bind(source: Path, target: Path) -> bool:
    """
    Mount a directory over another, for this process alone; tell whether that is allowed here.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS) != 0:
        return False
    private = libc.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None)
    return private == 0 and bool(libc.mount(bytes(source), bytes(target), None, _MS_BIND, None) == 0)


def _attempt(home: Path) -> None:
    """
    Try every operation on and beneath the mount, and expect each to be refused for what it is.
    """
    steps: list[tuple[str, dict[str, object], str]] = [
        ("fs.read", {"path": "bad/secret"}, "MOUNT"),
        ("fs.write", {"path": "bad/secret", "text": "x"}, "MOUNT"),
        ("fs.write", {"path": "bad/new", "text": "x"}, "MOUNT"),
        ("fs.create", {"path": "bad/new", "text": "x"}, "MOUNT"),
        ("fs.mkdir", {"path": "bad/new"}, "MOUNT"),
        ("fs.delete", {"path": "bad/secret"}, "MOUNT"),
        ("fs.delete", {"path": "bad", "recursive": True}, "MOUNT"),
        ("fs.rename", {"source": "bad/secret", "target": "moved"}, "MOUNT"),
        ("fs.rename", {"source": "file", "target": "bad/moved"}, "MOUNT"),
        ("fs.rename", {"source": "bad", "target": "moved"}, "MOUNT"),
        ("gate.check", {"files": {"bad/secret": None}}, "MOUNT"),
    ]
    with bench(home, descriptors=True) as b:
        for number, (op, params, code) in enumerate(steps):
            with pytest.raises(RuntimeGuardError) as caught:
                b.executor.run(op, params, step_id=f"s{number}")
            assert caught.value.code == code, (op, params, caught.value)


@pytest.mark.skipif(not hasattr(os, "fork") or os.getuid() != 0, reason="mounting takes root")
def test_a_bind_mount_is_refused(tmp_path: Path) -> None:
    """
    Inside the tree stands a directory of outside, on the same device; nothing there is read or changed.
    """
    (tmp_path / "tree" / "bad").mkdir(parents=True)
    (tmp_path / "tree" / "file").write_text("")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "secret").write_text("secret")
    child = os.fork()
    if child == 0:
        try:
            if not _bind(tmp_path / "out", tmp_path / "tree" / "bad"):
                os._exit(_NOT_ALLOWED)
            _attempt(tmp_path)
        except BaseException:  # noqa: BLE001  # a forked child must end here, whatever happens
            traceback.print_exc(file=sys.__stderr__)
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == _NOT_ALLOWED:
        pytest.skip("mounting is not allowed here")
    assert status == 0
    assert tree_of(tmp_path / "out") == {"secret": "0 b'secret'"}
    assert tree_of(tmp_path / "tree") == {"bad": "directory", "file": "0 b''"}

"""
The walk from the root to a file, held against the kernel's own: openat2 with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS.
"""

from __future__ import annotations

import ctypes
import errno
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from phase2_gate.runtime.errors import PathRefused
from phase2_gate.runtime.governance.directory import refusal
from phase2_gate.runtime.governance.root import Root

from .sweep import bounded, memory_home

# linux/openat2.h; the number is the same on every architecture.
_SYS_OPENAT2 = 437
_RESOLVE_NO_MAGICLINKS, _RESOLVE_NO_SYMLINKS, _RESOLVE_BENEATH = 0x02, 0x04, 0x08
_NAMES = ("a", "b", "c")
_TARGETS = ("a", "b/c", "../a", "../../out", "..", ".", "/", "{home}/out/a", "/proc/self/root", "none")


class _OpenHow(ctypes.Structure):
    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


def _openat2(directory: int, path: str) -> tuple[int, int] | int:
    """
    Identity of the file that the kernel finds, or the error that it gives.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    how = _OpenHow(
        os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC,
        0,
        _RESOLVE_BENEATH | _RESOLVE_NO_SYMLINKS | _RESOLVE_NO_MAGICLINKS,
    )
    fd = libc.syscall(_SYS_OPENAT2, directory, path.encode(), ctypes.byref(how), ctypes.sizeof(how))
    return ctypes.get_errno() if fd < 0 else _identity(fd)


def _ours(root: Root, path: str) -> tuple[int, int] | int:
    """
    Identity of the file that the walk finds, or the error that stands for its refusal.
    """
    codes = {"LINK": errno.ELOOP, "MISSING": errno.ENOENT, "NOT_DIRECTORY": errno.ENOTDIR}
    try:
        with root.parent(path) as (directory, name):
            try:
                return _identity(directory.open(name, os.O_RDONLY))
            except OSError as exc:
                raise refusal(exc, directory, name, path) from None
    except PathRefused as exc:
        return codes[exc.code]


def _identity(fd: int) -> tuple[int, int]:
    status = os.fstat(fd)
    os.close(fd)
    return status.st_dev, status.st_ino


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """
    A scratch directory on a kernel that has openat2.
    """
    fd = os.open(tmp_path, os.O_RDONLY)
    try:
        seen = _openat2(fd, "none") if hasattr(os, "O_NOFOLLOW") and os.path.isdir("/proc/self") else errno.ENOSYS
    finally:
        os.close(fd)
    if seen != errno.ENOENT:
        pytest.skip(f"no openat2 here: {os.strerror(seen) if isinstance(seen, int) else seen}")
    path = Path(tempfile.mkdtemp(dir=memory_home(tmp_path)))
    yield path
    shutil.rmtree(path)


def _grow(directory: Path, chance: random.Random, home: Path, depth: int) -> None:
    """
    Files, directories, and links to inside, outside, nowhere, upwards and to themselves.
    """
    for name in _NAMES:
        kind = chance.choice(["file", "directory", "directory", "link", "nothing"])
        if kind == "directory" and depth > 0:
            (directory / name).mkdir()
            _grow(directory / name, chance, home, depth - 1)
        elif kind == "link":
            (directory / name).symlink_to(chance.choice((*_TARGETS, name)).format(home=home))
        elif kind == "file":
            (directory / name).write_text(name)


@pytest.mark.parametrize("seed", range(bounded(20, 400)))
def test_the_walk_agrees_with_the_kernel(home: Path, seed: int) -> None:
    """
    On random trees full of links: the same file is found, or refused for the same reason, for every path.
    """
    chance = random.Random(seed)  # noqa: S311  # a test's dice
    (home / "out").mkdir()
    (home / "out" / "a").write_text("outside")
    (home / "tree").mkdir()
    _grow(home / "tree", chance, home, 3)
    (home / "tree" / "always").write_text("")
    paths = ["always"] + ["/".join(chance.choices(_NAMES, k=chance.randint(1, 4))) for _ in range(300)]
    found = 0
    with Root(home / "tree", descriptors=True) as root:
        fd = os.open(home / "tree", os.O_RDONLY | os.O_DIRECTORY)
        try:
            for path in paths:
                theirs = _openat2(fd, path)
                assert theirs == _ours(root, path), path
                found += not isinstance(theirs, int)
        finally:
            os.close(fd)
    assert found > 0


def test_what_the_walk_accepts_lies_beneath_for_the_kernel_too(home: Path) -> None:
    """
    Paths with steps upwards and other spellings are refused by us; none that we take does the kernel refuse.
    """
    (home / "tree" / "a" / "b").mkdir(parents=True)
    (home / "tree" / "a" / "f").write_text("")
    chance = random.Random(7)  # noqa: S311  # a test's dice
    taken = refused = 0
    with Root(home / "tree", descriptors=True) as root:
        fd = os.open(home / "tree", os.O_RDONLY | os.O_DIRECTORY)
        try:
            for _ in range(2000):
                path = "/".join(chance.choices(["a", "b", "f", "..", ".", ""], k=chance.randint(1, 5)))
                try:
                    with root.parent(path) as (directory, name):
                        ours = _identity(directory.open(name, os.O_RDONLY))
                except (PathRefused, OSError):
                    refused += 1
                    continue
                taken += 1
                assert ours == _openat2(fd, path), path
        finally:
            os.close(fd)
    assert taken > 20
    assert refused > 20

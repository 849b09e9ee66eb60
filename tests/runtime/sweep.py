"""
How far a sweep goes, where its files live, and how system calls are counted, failed or cut off.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

FULL = os.environ.get("PHASE2_GATE_SWEEP") == "full"

# The calls that change what a disk holds.
CHANGING = ("write", "fsync", "fdatasync", "ftruncate", "rename", "replace", "link", "unlink", "mkdir", "rmdir")


def bounded(few: T, many: T) -> T:
    """
    The one in a default run, the other in a full one.
    """
    return many if FULL else few


def memory_home(fallback: Path) -> Path:
    """
    A parent for scratch directories in memory, where syncs cost nothing; what is synced is known from the calls.
    """
    shared = Path("/dev/shm")
    return shared if os.access(shared, os.W_OK) else fallback


@contextmanager
def interposed(
    names: tuple[str, ...], hook: Callable[[str, tuple[object, ...], Callable[[], object]], object]
) -> Iterator[None]:
    """
    Send calls of ``os`` functions through a hook, which gets name, arguments and the real call.
    """
    real = {name: getattr(os, name) for name in names}

    def replace(name: str) -> Callable[..., object]:
        function = real[name]

        def call(*args: object, **kwargs: object) -> object:
            return hook(name, args, lambda: function(*args, **kwargs))

        return call

    try:
        for name in names:
            setattr(os, name, replace(name))
        yield
    finally:
        for name, function in real.items():
            setattr(os, name, function)

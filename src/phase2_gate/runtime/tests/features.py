"""
What some tests need of a platform: looked for, not assumed. Where it is missing they are skipped, and say why.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import tempfile
from collections.abc import Callable

import pytest

from ..durable import has_permissions

__all__ = [
    "both_ways",
    "needs_descriptors",
    "needs_fifos",
    "needs_flock",
    "needs_kill",
    "needs_links",
    "needs_permissions",
]


def _can(make: Callable[[str, str], object]) -> bool:
    """
    Tell whether a second name can be made for a file, which may take a privilege.
    """
    with tempfile.TemporaryDirectory() as scratch:
        file = os.path.join(scratch, "file")
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY))
        try:
            make(file, os.path.join(scratch, "second"))
        except (OSError, NotImplementedError):
            return False
    return True


def _needs(found: bool, what: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not found, reason=f"no {what} here")


needs_descriptors = _needs(
    {os.open, os.stat, os.mkdir, os.unlink, os.rmdir, os.rename, os.link} <= os.supports_dir_fd
    and os.listdir in os.supports_fd,
    "directory descriptors (dir_fd)",
)
needs_fifos = _needs(hasattr(os, "mkfifo"), "named pipes (mkfifo)")
needs_flock = _needs(importlib.util.find_spec("fcntl") is not None, "flock (fcntl)")
needs_kill = _needs(hasattr(signal, "SIGKILL"), "signal that ends a process at once (SIGKILL)")
needs_links = _needs(_can(os.symlink) and _can(os.link), "symbolic and hard links")
needs_permissions = _needs(has_permissions(), "permission bits")

both_ways = pytest.mark.parametrize("descriptors", [pytest.param(True, marks=needs_descriptors), False])

"""
Temporary files beside their targets: how content is made durable before it gets its name.

Their names follow from the step, so that a repeated attempt removes what a crashed one left.
"""

from __future__ import annotations

import contextlib
import hashlib
import os

from ..durable import has_permissions, write_all
from .directory import Directory

__all__ = ["TEMPORARY_PREFIX", "drop", "prepare", "temporary_name"]

# No request may name such a file; see `ProtectedSet`.
TEMPORARY_PREFIX = ".phase2-gate-"


def temporary_name(tag: str, path: str) -> str:
    """
    The name of the temporary file for one path.

    Args:
        tag: What the attempts at one step have in common.
        path: The target, as the request names it.
    """
    mark = hashlib.sha256(f"{tag}\n{path}".encode()).hexdigest()[:24]
    return f"{TEMPORARY_PREFIX}{mark}.tmp"


def drop(directory: Directory, name: str) -> None:
    """
    Remove a temporary file if it is there.
    """
    with contextlib.suppress(FileNotFoundError):
        directory.unlink(name)


def prepare(directory: Directory, name: str, data: bytes, mode: int) -> None:
    """
    Write a durable temporary file, in place of one that a crash may have left.

    Raises:
        OSError: It could not be written; it is not there then.
    """
    drop(directory, name)
    fd = directory.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        try:
            write_all(fd, data)
            if has_permissions():
                os.fchmod(fd, mode)
            os.fsync(fd)
        finally:
            os.close(fd)
    except BaseException:
        with contextlib.suppress(OSError):  # the first failure is the one to report
            directory.unlink(name)
        raise

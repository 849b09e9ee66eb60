"""
The gate ``workspace``: after the bundle's code ran, the extracted files are still the judged ones.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator

from ..core.escape import decoded
from ..core.findings import Finding
from ..core.zip_tiling import Member


def compare(workspace: str, members: Iterable[Member]) -> list[Finding]:
    """
    Every file that was changed, removed or added since extraction.

    What may not be read any more is told, and opened up: extraction left everything readable.

    Args:
        workspace: The directory that the bundle was extracted to.
        members: The members that were extracted.

    Raises:
        OSError: when the directory cannot be read.
    """
    expected = {member.entry.path: member.digest for member in members if not member.entry.path.endswith("/")}
    directories = {path[:cut] for path in expected for cut in _cuts(path)}
    findings = [
        Finding("workspace-file-changed", path or None, "it may not be read any more", None, f"mode {mode:04o}")
        for path, mode in _opened_up(workspace)
    ]
    seen = set()
    for path, full, kind in walk(workspace):
        seen.add(path)
        if kind == "directory" and path in directories:
            continue
        if path not in expected:
            findings.append(Finding("workspace-file-added", path, f"a {kind} that the bundle does not hold"))
        elif kind != "file" or file_digest(full) != expected[path]:
            seen_kind = "other bytes" if kind == "file" else f"a {kind}"
            findings.append(Finding("workspace-file-changed", path, "not what was extracted", None, seen_kind))
    findings.extend(
        Finding("workspace-file-removed", path, "extracted, and no longer there")
        for path in expected
        if path not in seen
    )
    return findings


def _opened_up(root: str) -> Iterator[tuple[str, int]]:
    """
    Files and directories that their owner may not read; each may be read afterwards.

    Yields:
        The path, empty for the root itself, and the mode that was found.
    """
    pending = [("", root)]
    while pending:
        path, full = pending.pop()
        mode = os.lstat(full).st_mode
        needed = stat.S_IRUSR | stat.S_IXUSR if stat.S_ISDIR(mode) else stat.S_IRUSR
        if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
            continue
        if mode & needed != needed:
            os.chmod(full, stat.S_IMODE(mode) | needed)
            yield path, stat.S_IMODE(mode)
        if stat.S_ISDIR(mode):
            prefix = f"{path}/" if path else ""
            with os.scandir(full) as entries:
                pending += [(prefix + decoded(os.fsencode(entry.name)), entry.path) for entry in entries]


def _cuts(path: str) -> Iterator[int]:
    cut = path.find("/")
    while cut != -1:
        yield cut
        cut = path.find("/", cut + 1)


def walk(root: str) -> Iterator[tuple[str, str, str]]:
    """
    Everything below `root`, links never followed.

    Yields:
        The path with forward slashes, the path to open, and ``file``, ``directory``, ``link`` or ``special``; a name
        that is not UTF-8 holds lone surrogates.

    Raises:
        OSError: when a directory cannot be read.
    """
    pending = [("", root)]
    while pending:
        prefix, directory = pending.pop()
        with os.scandir(directory) as entries:
            for entry in entries:
                path = prefix + decoded(os.fsencode(entry.name))
                mode = entry.stat(follow_symlinks=False).st_mode
                if stat.S_ISDIR(mode):
                    yield path, entry.path, "directory"
                    pending.append((path + "/", entry.path))
                elif stat.S_ISLNK(mode):
                    yield path, entry.path, "link"
                else:
                    yield path, entry.path, "file" if stat.S_ISREG(mode) else "special"


def file_digest(path: str) -> str:
    """
    The sha256 of a regular file, not followed if it is a link by now.

    Raises:
        OSError: when it cannot be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

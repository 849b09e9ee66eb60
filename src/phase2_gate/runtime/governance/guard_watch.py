"""
Detection: the guard's own files are hashed when a run starts, and again around every operation.

What `ProtectedSet` cannot stop (an unmediated subprocess, another process, a race) is noticed here, and stops the
run. It also refuses to go on beside anything that Python would load in place of a source file: an extension
module, byte code outside of ``__pycache__``, byte code that is not what its source compiles to, a package beside
a module of the same name. Byte code of an older source, which Python does not load, may lie there when a run
starts, as it does after an update; during a run none may appear, and none may become loadable.
"""

from __future__ import annotations

import hashlib
import importlib.machinery
import importlib.util
import marshal
import os
import re
import stat
import sys
from pathlib import Path

from ..durable import READ_FLAGS
from ..errors import GovernanceTampered

__all__ = ["GuardWatch"]

_MAX_GUARD_BYTES = 1 << 20
# What this interpreter loads from __pycache__, at any level of optimization.
_TAG = re.escape(str(sys.implementation.cache_tag))
_CACHED = re.compile(rf"(?P<stem>[^.]+)\.{_TAG}(\.opt-(?P<level>[12]))?\.pyc")
# PEP 552: magic number, flags, and 8 bytes of time and size or of hash.
_HEADER_BYTES = 16
# PEP 552: bit 0 says that the file is hash-based, bit 1 that the source is to be checked.
_HASH_BASED, _CHECKED = 1, 2


class GuardWatch:
    """
    The digests of a directory's files, held in memory.

    Byte code that Python itself wrote meanwhile is no change, as long as it is what the source compiles to.

    Invariants:

    - ``_cached`` holds byte code that is what its source compiles to; it needs no further look while both stay.
    - ``_outdated`` holds byte code of an older source, found by the first scan; each scan looks at its header again.

    Args:
        directory: The guard's package directory; this package's own by default.

    Raises:
        GovernanceTampered: Something that Python would prefer to a source is there, or a file cannot be read.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = directory or Path(__file__).resolve().parent.parent
        self._cached: dict[str, str] = {}
        self._outdated: dict[str, str] = {}
        self._begun = False
        self._sources = self._scan()
        self._begun = True

    @property
    def digests(self) -> dict[str, str]:
        """
        Path below the directory to digest, a fresh copy, without byte code.
        """
        return dict(self._sources)

    def check(self) -> None:
        """
        Hash everything again.

        Raises:
            GovernanceTampered: A file was changed, added or removed, or something stands in place of a source.
        """
        seen = self._scan()
        if seen == self._sources:
            return
        changed = sorted(
            path for path in seen.keys() | self._sources.keys() if seen.get(path) != self._sources.get(path)
        )
        raise GovernanceTampered(f"guard: files changed while the run went on: {', '.join(map(repr, changed))}")

    def _scan(self) -> dict[str, str]:
        found: dict[str, str] = {}
        pending = [""]
        try:
            while pending:
                below = pending.pop()
                with os.scandir(self.directory / below) as entries:
                    for entry in entries:
                        path = f"{below}/{entry.name}" if below else entry.name
                        if entry.is_dir(follow_symlinks=False):
                            pending.append(path)
                        else:
                            self._take(path, found)
        except OSError as exc:
            raise GovernanceTampered(f"guard: cannot be read: {exc}") from None
        return found

    def _take(self, path: str, found: dict[str, str]) -> None:
        if path.endswith(tuple(importlib.machinery.EXTENSION_SUFFIXES)):
            raise _in_place(path)
        if path.endswith(".py") and (self.directory / path[:-3]).is_dir():
            raise _in_place(path[:-3])
        if path.endswith(".tmp") or ".pyc." in path:
            return  # how Python writes byte code: under a temporary name, then renamed; it is never loaded
        data = _read(self.directory / path)
        digest = hashlib.sha256(data).hexdigest()
        if not path.endswith(".pyc"):
            found[path] = digest
        elif self._cached.get(path) != digest:
            self._check_byte_code(path, data, digest)

    def _check_byte_code(self, path: str, data: bytes, digest: str) -> None:
        """
        Refuse byte code that would run, or appeared, and is not what its source compiles to.
        """
        folder, _, name = path.rpartition("/")
        if folder.rpartition("/")[2] != "__pycache__":
            raise _in_place(path)
        if int.from_bytes(data[4:8], "little") & (_HASH_BASED | _CHECKED) == _HASH_BASED:
            raise _in_place(path)
        match = _CACHED.fullmatch(name)
        if match is None or data[:4] != importlib.util.MAGIC_NUMBER:
            return  # another interpreter's, or a test runner's: not loaded by this one
        source = self.directory / folder.rpartition("/")[0] / f"{match['stem']}.py"
        if _is_compiled(data, source, int(match["level"] or 0)):
            self._cached[path] = digest
        elif _is_outdated(data, source) and (not self._begun or self._outdated.get(path) == digest):
            self._outdated[path] = digest
        else:
            raise _in_place(path)


def _is_compiled(data: bytes, source: Path, level: int) -> bool:
    """
    Tell whether byte code is what a source compiles to.
    """
    try:
        code = compile(_read(source), str(source), "exec", dont_inherit=True, optimize=level)
        return bool(marshal.loads(data[_HEADER_BYTES:]) == code)  # noqa: S302  # compared, not run
    except (OSError, SyntaxError, ValueError, EOFError, TypeError):
        return False


def _is_outdated(data: bytes, source: Path) -> bool:
    """
    Tell whether byte code says of itself that it is of another state of the source, so that Python compiles anew.
    """
    if int.from_bytes(data[4:8], "little") & _HASH_BASED:
        return False  # whether its hash is looked at depends on how the interpreter was started
    try:
        status = source.stat(follow_symlinks=False)
    except OSError:
        return True  # without a source beside the cache nothing is loaded from it
    now = [int(status.st_mtime) & 0xFFFF_FFFF, status.st_size & 0xFFFF_FFFF]
    return now != [int.from_bytes(data[8:12], "little"), int.from_bytes(data[12:16], "little")]


def _in_place(path: str) -> GovernanceTampered:
    return GovernanceTampered(f"guard: loaded in place of a source: {path!r}")


def _read(path: Path) -> bytes:
    fd = os.open(path, READ_FLAGS)  # fails on a link
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise GovernanceTampered(f"guard: not a regular file: {str(path)!r}")
        with open(fd, "rb", closefd=False) as file:
            data = file.read(_MAX_GUARD_BYTES + 1)
    finally:
        os.close(fd)
    if len(data) > _MAX_GUARD_BYTES:
        raise GovernanceTampered(f"guard: larger than any file of ours: {str(path)!r}")
    return data

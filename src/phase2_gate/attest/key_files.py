"""
Where keys lie: files with safe permissions, or an open descriptor; never arguments, never the environment.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from ..core.errors import KeyFileError

MAX_BYTES = 64 * 1024
"""More than any key in PEM."""

_DESCRIPTOR = re.compile(r"fd:([0-9]{1,6})")


def read_private(name: str) -> bytes:
    """
    The content of a private key's file.

    Args:
        name: A path, or ``fd:N`` for the descriptor N that the caller opened.

    Raises:
        KeyFileError: when it cannot be read, or others than its owner may read it (where permissions are POSIX ones).
    """
    return _read(name, "key", private=True)


def read_public(name: str, what: str = "key") -> bytes:
    """
    The content of a file that says whose word is believed: a public key, or a trust root.

    Args:
        name: As for `read_private`.
        what: What messages call it.

    Raises:
        KeyFileError: when it cannot be read, or anybody may write another key into it.
    """
    return _read(name, what, private=False)


def write_pair(path: Path, private: bytes, public: bytes) -> Path:
    """
    Writes a new pair of keys: `path`, readable by its owner only, and `path` with ``.pub`` behind it.

    Returns:
        The path of the public key.

    Raises:
        KeyFileError: when one of them exists or cannot be written; neither is left then.
    """
    beside = path.with_name(f"{path.name}.pub")
    written: list[Path] = []
    try:
        for file, data, mode in ((path, private, 0o600), (beside, public, 0o644)):
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            descriptor = os.open(file, flags, mode)
            written.append(file)
            with open(descriptor, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
    except BaseException as error:
        for file in written:
            file.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        hint = "a key is never written over; name another file" if isinstance(error, FileExistsError) else None
        raise KeyFileError(f"{error.filename}: cannot be written: {error.strerror}", hint=hint) from error
    return beside


def _read(name: str, what: str, *, private: bool) -> bytes:
    found = _DESCRIPTOR.fullmatch(name)
    # O_NONBLOCK: opening a pipe that nobody writes to must not hang us.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        # A copy, so that the caller's descriptor stays the caller's to close.
        descriptor = os.open(name, flags) if found is None else os.dup(int(found[1]))
        try:
            _demand_safe(name, os.fstat(descriptor), what, private=private, named=found is None)
            data = b""
            while len(data) <= MAX_BYTES and (piece := os.read(descriptor, MAX_BYTES)):
                data += piece
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise KeyFileError(f"{name}: the {what} cannot be read: {reason}") from error
    if len(data) > MAX_BYTES:
        raise KeyFileError(f"{name}: not a {what}: seen more than {MAX_BYTES} bytes")
    return data


def _demand_safe(name: str, status: os.stat_result, what: str, *, private: bool, named: bool) -> None:
    if not stat.S_ISREG(status.st_mode):
        if named:
            message = f"{name}: the {what} cannot be read: not a regular file"
            raise KeyFileError(message, hint="hand a pipe over as fd:N")
        return
    # Where there are no POSIX owners, modes say nothing; what protects a file there is beyond stat.
    if not hasattr(os, "geteuid"):
        return
    mode = stat.S_IMODE(status.st_mode)
    if not private:
        # A public key is no secret, but whoever can put another one in its place decides whose word is believed.
        if mode & stat.S_IWOTH:
            message = f"{name}: anybody may replace this {what}: seen mode {mode:04o}"
            raise KeyFileError(message, hint=f"chmod o-w {name}" if named else "chmod o-w the file behind it")
        return
    if mode & 0o077:
        hint = f"chmod 600 {name}" if named else "chmod 600 the file behind it"
        raise KeyFileError(f"{name}: others may use this key: seen mode {mode:04o}, need 0600 or less", hint=hint)
    if status.st_uid not in {0, os.geteuid()}:
        raise KeyFileError(f"{name}: the key belongs to another user: seen uid {status.st_uid}, need {os.geteuid()}")

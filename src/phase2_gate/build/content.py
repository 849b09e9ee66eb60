"""
Reads each member once: content, size, checksum and digest come from the same bytes.

Files are opened some way ahead, and the system is told that they are wanted: where they are not in memory yet, it
fetches many at a time instead of one after the other.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from typing import NamedTuple

from ..core import key_material
from ..core.digest import Sha256
from ..core.errors import BuildError
from ..core.escape import line as shown
from ..workspace import reading
from ..workspace.selection import Member

PIECE = 1 << 20
"""Bytes read at a time from files that are larger: one MiB stays in the processor's cache."""
BACKGROUND_BYTES = 8 << 20
"""From which size on the digest is taken in a second thread: it takes milliseconds then, a thread a tenth of one."""
_advise = getattr(os, "posix_fadvise", None)
_WILL_NEED: int = getattr(os, "POSIX_FADV_WILLNEED", 0)
AHEAD = 64
"""How many files are open before they are read."""


class Content(NamedTuple):
    """
    What was read.
    """

    crc: int
    """The CRC-32."""
    digest: Sha256
    """The sha256."""
    secret: str | None
    """What secret stands in it, as a noun phrase."""


def opened(members: Iterable[Member]) -> Generator[tuple[Member, int], None, None]:
    """
    Each member with a descriptor at its beginning, which lasts until the next is asked for; close the generator.

    Raises:
        BuildError: when one cannot be opened.
    """
    waiting: deque[tuple[Member, int]] = deque()
    try:
        for member in members:
            waiting.append((member, _open(member)))
            if len(waiting) > AHEAD:
                yield waiting[0]
                os.close(waiting.popleft()[1])
        while waiting:
            yield waiting[0]
            os.close(waiting.popleft()[1])
    finally:
        for _, descriptor in waiting:
            os.close(descriptor)


def _open(member: Member) -> int:
    try:
        descriptor, _ = reading.open_regular(member.location)
    except OSError as error:
        raise _unreadable(member, error) from error
    if _advise is not None and member.size:
        with suppress(OSError):  # advice: a file system may not take it
            _advise(descriptor, 0, 0, _WILL_NEED)
    return descriptor


def read(member: Member, descriptor: int, write: Callable[[bytes], None]) -> Content:
    """
    Reads a member to its end.

    Args:
        member: What to read; its size must still be the one that was listed.
        descriptor: As `opened` gives it.
        write: Is given the content, piece by piece; nothing for an empty file.

    Raises:
        BuildError: when it cannot be read, or has grown or shrunk since it was listed.
    """
    # One byte more than there should be shows that a file grew, and costs nothing.
    data = _read(member, descriptor, min(member.size + 1, PIECE))
    secret = key_material.by_content(data)
    if len(data) == member.size < PIECE:
        if data:
            write(data)
        return Content(zlib.crc32(data), Sha256(hashlib.sha256(data).hexdigest()), secret)
    crc, digest = _stream(member, descriptor, data, write)
    return Content(crc, digest, secret)


def _stream(member: Member, descriptor: int, data: bytes, write: Callable[[bytes], None]) -> tuple[int, Sha256]:
    """
    Reads a member from behind its first piece to its end; returns checksum and digest.
    """
    if member.size < BACKGROUND_BYTES:
        digest = hashlib.sha256()
        crc = _pass_on(member, descriptor, data, write, digest.update)
        return crc, Sha256(digest.hexdigest())
    from .background import BackgroundDigest

    with BackgroundDigest() as behind:
        crc = _pass_on(member, descriptor, data, write, behind.update)
        return crc, Sha256(behind.hexdigest())


def _pass_on(
    member: Member,
    descriptor: int,
    data: bytes,
    write: Callable[[bytes], None],
    update: Callable[[bytes], None],
) -> int:
    """
    Gives every piece to `update` and `write`; returns the checksum.
    """
    crc, done = 0, 0
    while data and done + len(data) <= member.size:
        update(data)
        crc = zlib.crc32(data, crc)
        write(data)
        done += len(data)
        data = _read(member, descriptor, min(member.size - done + 1, PIECE))
    if data or done != member.size:
        raise _changed(member, done + len(data))
    return crc


def _changed(member: Member, seen: int) -> BuildError:
    what = "grew" if seen > member.size else "shrank"
    bound = f"at least {seen}" if seen > member.size else f"{seen}"
    message = f"{shown(member.source)}: the file {what} while it was packed: seen {bound} bytes, need {member.size}"
    return BuildError(message, hint="build again when nothing writes to the workspace")


def _read(member: Member, descriptor: int, length: int) -> bytes:
    try:
        return os.read(descriptor, length)
    except OSError as error:
        raise _unreadable(member, error) from error


def _unreadable(member: Member, error: OSError) -> BuildError:
    return BuildError(f"{shown(member.source)}: cannot be read: {error.strerror}")

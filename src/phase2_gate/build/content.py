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

from ..core import key_material
from ..core.digest import Sha256
from ..core.errors import BuildError
from ..core.escape import line as shown
from ..core.typed import NamedTuple
from ..workspace import reading
from ..workspace.selection import Member

PIECE = 1 << 20
"""Bytes read at a time from files that are larger: one MiB stays in the processor's cache."""
BACKGROUND_BYTES = 8 << 20
"""From which size on the digest is taken in a second thread: it takes milliseconds then, a thread a tenth of one."""
_advise = getattr(os, "posix_fadvise", None)
_WILL_NEED: int = getattr(os, "POSIX_FADV_WILLNEED", 0)
_new = tuple.__new__  # a third of the time of a call to the class, for each of a million files
AHEAD = 64
"""How many files are open before they are read."""


class Opened(NamedTuple):
    """
    A member that is open for reading.
    """

    member: Member
    """Which."""
    descriptor: int
    """At its beginning."""
    size: int
    """Its size in bytes when it was opened."""


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


def opened(members: Iterable[Member]) -> Generator[Opened, None, None]:
    """
    Each member, open at its beginning until the next is asked for; close the generator.

    Raises:
        BuildError: when one cannot be opened.
    """
    waiting: deque[Opened] = deque()
    beneath = reading.Beneath()
    try:
        for member in members:
            descriptor, size = _open(beneath, member)
            waiting.append(_new(Opened, (member, descriptor, size)))
            if len(waiting) > AHEAD:
                yield waiting[0]
                os.close(waiting.popleft()[1])
        while waiting:
            yield waiting[0]
            os.close(waiting.popleft()[1])
    finally:
        beneath.close()
        for _, descriptor, _ in waiting:
            os.close(descriptor)


def _open(beneath: reading.Beneath, member: Member) -> tuple[int, int]:
    try:
        if member.outside:
            descriptor, size = reading.open_regular(member.location)
        else:
            inner = member.source.encode("utf-8", "surrogateescape")
            descriptor, size = beneath.open_regular(member.location, inner)
    except OSError as error:
        raise _unreadable(member, error) from error
    if _advise is not None and size:
        try:  # noqa: SIM105 - for each file: `suppress` takes longer than the call
            _advise(descriptor, 0, 0, _WILL_NEED)
        except OSError:
            pass  # advice: a file system may not take it
    return descriptor, size


def read(file: Opened, write: Callable[[bytes], None]) -> Content:
    """
    Reads a member to its end.

    Args:
        file: As `opened` gives it; its size must still be what it was then.
        write: Is given the content, piece by piece; nothing for an empty file.

    Raises:
        BuildError: when it cannot be read, or has grown or shrunk since it was opened.
    """
    if file.size < PIECE:
        data, content = whole(file)
        if data:
            write(data)
        return content
    data = _read(file, PIECE)
    secret = key_material.by_content(data)
    crc, digest = _stream(file, data, write)
    return Content(crc, digest, secret)


def whole(file: Opened) -> tuple[bytes, Content]:
    """
    As `read`, for a member that is smaller than `PIECE`: its bytes, and what was read.
    """
    _, descriptor, size = file
    # One byte more than there should be shows that a file grew, and costs nothing.
    try:
        data = os.read(descriptor, size + 1)
    except OSError as error:
        raise _unreadable(file.member, error) from error
    if len(data) == size:
        crc, digest = zlib.crc32(data), Sha256(hashlib.sha256(data).hexdigest())
    else:
        pieces: list[bytes] = []
        crc, digest = _stream(file, data, pieces.append)
        data = b"".join(pieces)
    return data, _new(Content, (crc, digest, key_material.by_content(data)))


def _stream(file: Opened, data: bytes, write: Callable[[bytes], None]) -> tuple[int, Sha256]:
    """
    Reads a member from behind its first piece to its end; returns checksum and digest.
    """
    if file.size < BACKGROUND_BYTES:
        digest = hashlib.sha256()
        crc = _pass_on(file, data, write, digest.update)
        return crc, Sha256(digest.hexdigest())
    from .background import BackgroundDigest

    with BackgroundDigest() as behind:
        crc = _pass_on(file, data, write, behind.update)
        return crc, Sha256(behind.hexdigest())


def _pass_on(file: Opened, data: bytes, write: Callable[[bytes], None], update: Callable[[bytes], None]) -> int:
    """
    Gives every piece to `update` and `write`; returns the checksum.
    """
    crc, done = 0, 0
    while data and done + len(data) <= file.size:
        update(data)
        crc = zlib.crc32(data, crc)
        write(data)
        done += len(data)
        data = _read(file, min(file.size - done + 1, PIECE))
    if data or done != file.size:
        raise _changed(file, done + len(data))
    return crc


def _changed(file: Opened, seen: int) -> BuildError:
    what = "grew" if seen > file.size else "shrank"
    bound = f"at least {seen}" if seen > file.size else f"{seen}"
    name = shown(file.member.source)
    message = f"{name}: the file {what} while it was packed: seen {bound} bytes, need {file.size}"
    return BuildError(message, hint="build again when nothing writes to the workspace")


def _read(file: Opened, length: int) -> bytes:
    try:
        return os.read(file.descriptor, length)
    except OSError as error:
        raise _unreadable(file.member, error) from error


def _unreadable(member: Member, error: OSError) -> BuildError:
    return BuildError(f"{shown(member.source)}: cannot be read: {error.strerror}")

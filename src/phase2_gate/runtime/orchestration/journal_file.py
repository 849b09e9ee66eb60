"""
The journal's file: opened for appending only, locked, and poisoned by the first failure.

After a failed sync nobody knows what is on the disk (the kernel may have dropped the pages and report the next
sync as fine), so the handle refuses everything from then on; only opening the journal anew, which reads it
back, tells. While the lock is held the size must be the one remembered: otherwise somebody else wrote.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat

from ..canonical import sha256_of
from ..durable import SAFE_FLAGS, FileLock, sync_data, sync_directory, write_all
from ..errors import JournalUnavailable

__all__ = ["JournalFile"]


class JournalFile:
    """
    An append-only file with one writer.

    Args:
        path: Where it is.
        create: Make it; it must not exist. Otherwise it must.

    Raises:
        JournalLocked: Another handle has it.
        JournalUnavailable: It cannot be opened or made durable, or is not a plain file of its own.
    """

    def __init__(self, path: str, *, create: bool) -> None:
        self.path = path
        self._pid = os.getpid()
        self._poison: str | None = None
        flags = os.O_RDWR | os.O_APPEND | SAFE_FLAGS
        try:
            self.fd = os.open(path, flags | os.O_CREAT | os.O_EXCL if create else flags, 0o600)
        except (OSError, ValueError) as exc:
            raise JournalUnavailable(f"{path!r}: cannot open the journal: {exc}") from None
        try:
            self._lock = FileLock(self.fd, path)
            try:
                self._settle(create=create)
            except BaseException:
                self._lock.release()
                raise
        except OSError as exc:
            os.close(self.fd)
            raise JournalUnavailable(f"{path!r}: cannot open the journal: {exc}") from None
        except BaseException:
            os.close(self.fd)
            raise

    def _settle(self, *, create: bool) -> None:
        """
        Check what was opened now that it is locked, and make a new file's name durable.
        """
        status = os.fstat(self.fd)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
            raise JournalUnavailable(f"{self.path!r}: need a regular file with one name")
        named = os.stat(self.path, follow_symlinks=False)
        if (named.st_dev, named.st_ino) != (status.st_dev, status.st_ino):
            raise JournalUnavailable(f"{self.path!r}: was replaced while it was opened")
        self.size = status.st_size
        if create:
            os.fsync(self.fd)
            sync_directory(os.path.dirname(os.path.abspath(self.path)))

    def append(self, data: bytes) -> None:
        """
        Write bytes at the end with one call; not durable before `sync`.

        Raises:
            JournalUnavailable: Nothing was appended. After a short write that could be cut off again the
                handle stays usable; after anything else it is poisoned.
        """
        self.check()
        try:
            size = os.fstat(self.fd).st_size
            if size != self.size:
                raise self._poisoned(f"somebody else wrote: seen {size} bytes, need {self.size}")
            written = os.write(self.fd, data)
        except OSError as exc:
            raise self._poisoned(f"write failed: {exc}") from None
        if written != len(data):
            try:
                os.ftruncate(self.fd, self.size)
            except OSError as exc:
                raise self._poisoned(f"short write could not be undone: {exc}") from None
            raise JournalUnavailable(f"{self.path!r}: short write: seen {written} bytes, need {len(data)}")
        self.size += written

    def sync(self) -> None:
        """
        Return when all that was appended is durable.

        Raises:
            JournalUnavailable: It may or may not be; the handle is poisoned.
        """
        self.check()
        try:
            sync_data(self.fd)
        except OSError as exc:
            raise self._poisoned(f"sync failed: {exc}") from None

    def drop_tail(self, size: int) -> str:
        """
        Cut the file to `size`, after what is cut was stored durably beside it.

        Returns:
            Path of the side file.

        Raises:
            JournalUnavailable: A step failed; the handle is poisoned, and opening again starts over.
        """
        self.check()
        try:
            os.lseek(self.fd, size, os.SEEK_SET)
            tail = b""
            while chunk := os.read(self.fd, 1 << 20):
                tail += chunk
            side = f"{self.path}.torn-{size}-{sha256_of(tail)[7:23]}"
            _store(side, tail)
            os.ftruncate(self.fd, size)
            os.fsync(self.fd)
        except OSError as exc:
            raise self._poisoned(f"torn tail could not be dropped: {exc}") from None
        self.size = size
        return side

    def check(self) -> None:
        """
        Raises:
            JournalUnavailable: The handle is closed, poisoned, or was inherited through a fork.
        """
        if self._poison is not None:
            raise JournalUnavailable(f"{self.path!r}: {self._poison}")
        if os.getpid() != self._pid:
            # The child shares the open file and thereby the lock: two writers that no lock keeps apart.
            raise JournalUnavailable(f"{self.path!r}: the handle belongs to another process")

    @property
    def closed(self) -> bool:
        """
        Whether `close` was called.
        """
        return self.fd < 0

    def close(self) -> None:
        """
        Close the file and give up the lock. Closing twice is allowed.
        """
        if self.fd >= 0:
            self._poison = self._poison or "the journal handle is closed"
            fd, self.fd = self.fd, -1
            with contextlib.suppress(OSError):  # whatever had to be durable was synced, and checked, before
                os.close(fd)
            self._lock.release()

    def _poisoned(self, reason: str) -> JournalUnavailable:
        self._poison = f"handle is poisoned: {reason}"
        return JournalUnavailable(f"{self.path!r}: {reason}")


def _store(path: str, data: bytes) -> None:
    """
    Put bytes under a name, durably, all or nothing. Storing the same twice is harmless.
    """
    temporary = f"{path}.{secrets.token_hex(8)}.tmp"
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | SAFE_FLAGS, 0o600)
    try:
        try:
            write_all(fd, data)
            os.fsync(fd)
        finally:
            os.close(fd)
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):  # the first failure is the one to report
            os.unlink(temporary)
        raise
    sync_directory(os.path.dirname(os.path.abspath(path)))

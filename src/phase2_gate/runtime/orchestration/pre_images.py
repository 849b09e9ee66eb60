"""
Pre-images: what files held before a step, stored by content outside the tree, so that the step can be undone.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets

from ..durable import READ_FLAGS, SAFE_FLAGS, sync_directory, write_all
from ..errors import OperationError

__all__ = ["PreImages"]

_NAME = re.compile(r"[0-9a-f]{64}", re.ASCII)


class PreImages:
    """
    A directory of files named by the SHA-256 of their content.

    Args:
        directory: Where; made if it is missing, readable by its owner alone.

    Raises:
        OperationError: It cannot be made.
    """

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self.directory = os.path.abspath(os.fspath(directory))
        try:
            os.makedirs(self.directory, mode=0o700, exist_ok=True)
            sync_directory(os.path.dirname(self.directory))
        except OSError as exc:
            raise OperationError(f"pre-images: {self.directory!r}: cannot be made: {exc}") from None

    def put(self, data: bytes) -> str:
        """
        Store a content durably; storing it again changes nothing.

        Returns:
            Its SHA-256, in hexadecimal.

        Raises:
            OperationError: It could not be stored: the step must not begin.
        """
        name = hashlib.sha256(data).hexdigest()
        path = os.path.join(self.directory, name)
        if self._is_stored(name):
            return name
        temporary = f"{path}.{secrets.token_hex(8)}.tmp"
        try:
            fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | SAFE_FLAGS, 0o600)
            try:
                write_all(fd, data)
                os.fsync(fd)
            finally:
                os.close(fd)
            os.replace(temporary, path)
            sync_directory(self.directory)
        except OSError as exc:
            with contextlib.suppress(OSError):  # the first failure is the one to report
                os.unlink(temporary)
            raise OperationError(f"pre-images: {name}: cannot be stored: {exc}") from None
        return name

    def get(self, name: str) -> bytes:
        """
        Fetch a content, compared with its name.

        Raises:
            OperationError: It is not there, or not what its name says.
        """
        if _NAME.fullmatch(name) is None:
            raise OperationError(f"pre-images: not a digest: {name!r}")
        try:
            with open(os.open(os.path.join(self.directory, name), READ_FLAGS), "rb") as file:
                data = file.read()
        except OSError as exc:
            raise OperationError(f"pre-images: {name}: cannot be read: {exc}") from None
        if hashlib.sha256(data).hexdigest() != name:
            raise OperationError(f"pre-images: {name}: holds something else")
        return data

    def _is_stored(self, name: str) -> bool:
        try:
            self.get(name)
        except OperationError:
            return False
        return True

"""
The checkpoint: a journal's origin, size and head in three lines, to be kept where the journal's writer cannot reach.

::

    sha256:<run id>
    <number of entries, decimal, no leading zero>
    <base64 of the last entry's hash>

The layout is the body of C2SP tlog-checkpoint. Whoever holds one can later tell a continuation of that
journal from a cut, rewritten or forked one, which no chain inside the file can.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass

from ..canonical import is_sha256
from ..errors import JournalSchemaError

__all__ = ["MIN_KEY_BYTES", "Checkpoint"]

# Half of the hash's output, as RFC 2104 section 3 advises against less than the output and forbids nothing.
MIN_KEY_BYTES = 16

_SIZE = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """
    How long a journal was, and its head, at one moment.

    Raises:
        JournalSchemaError: A field is malformed.
    """

    origin: str
    """The run id."""
    size: int
    """Number of entries."""
    head: str
    """Entry hash of entry ``size - 1``."""

    def __post_init__(self) -> None:
        if not is_sha256(self.origin):
            raise JournalSchemaError(f"checkpoint: origin: need a run id, seen {self.origin!r}")
        if type(self.size) is not int or self.size < 1:
            raise JournalSchemaError(f"checkpoint: size: need a positive integer, seen {self.size!r}")
        if not is_sha256(self.head):
            raise JournalSchemaError(f"checkpoint: head: need a sha256 digest, seen {self.head!r}")

    def to_text(self) -> str:
        """
        The three lines, each ended by a line feed; the inverse of `from_text`.
        """
        root = base64.b64encode(bytes.fromhex(self.head[7:])).decode("ascii")
        return f"{self.origin}\n{self.size}\n{root}\n"

    @classmethod
    def from_text(cls, text: str) -> Checkpoint:
        """
        Read the three lines.

        Raises:
            JournalSchemaError: The text is not what `to_text` writes.
        """
        lines = text.split("\n")
        if len(lines) != 4 or lines[3]:
            raise JournalSchemaError(f"checkpoint: need three lines, each ended by a line feed, seen {text!r}")
        origin, size, root = lines[:3]
        if _SIZE.fullmatch(size) is None:
            raise JournalSchemaError(f"checkpoint: size: need a decimal without leading zero, seen {size!r}")
        try:
            head = "sha256:" + base64.b64decode(root.encode("ascii"), validate=True).hex()
        except (binascii.Error, UnicodeEncodeError):
            raise JournalSchemaError(f"checkpoint: head: need base64, seen {root!r}") from None
        checkpoint = cls(origin, int(size), head)
        if checkpoint.to_text() != text:
            raise JournalSchemaError(f"checkpoint: head: not the canonical base64, seen {root!r}")
        return checkpoint

    def hmac(self, key: bytes) -> str:
        """
        HMAC-SHA256 (RFC 2104) of the text, in hexadecimal.

        Raises:
            JournalSchemaError: The key is shorter than 16 bytes.
        """
        if len(key) < MIN_KEY_BYTES:
            raise JournalSchemaError(f"checkpoint: key: need at least {MIN_KEY_BYTES} bytes, seen {len(key)}")
        return hmac.new(key, self.to_text().encode("ascii"), hashlib.sha256).hexdigest()

    def matches_hmac(self, key: bytes, tag: str) -> bool:
        """
        Compare a tag with the right one, in constant time.

        Raises:
            JournalSchemaError: The key is shorter than 16 bytes.
        """
        return hmac.compare_digest(self.hmac(key).encode(), tag.encode(errors="replace"))

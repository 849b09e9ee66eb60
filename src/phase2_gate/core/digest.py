"""
Sha256 digests as checked values.
"""

from __future__ import annotations

import hashlib

from .errors import InvalidDigestError
from .typed import NewType

Sha256 = NewType("Sha256", str)
"""64 lower-case hexadecimal digits: the one spelling that a manifest may hold (FIPS 180-4, 6.2)."""

HEX_LENGTH = 64
"""The length of a `Sha256` in characters, and in bytes of a manifest line."""

_DIGITS = frozenset("0123456789abcdef")


def parse(text: str) -> Sha256:
    """
    The digest that `text` spells.

    Raises:
        InvalidDigestError: when it is anything but 64 digits of ``0-9a-f``.
    """
    if len(text) != HEX_LENGTH or not _DIGITS.issuperset(text):
        message = f"digest: not a sha256: seen {text!r}, need {HEX_LENGTH} digits of 0-9a-f"
        raise InvalidDigestError(message)
    return Sha256(text)


def of(data: bytes) -> Sha256:
    """
    The digest of `data`.
    """
    return Sha256(hashlib.sha256(data).hexdigest())

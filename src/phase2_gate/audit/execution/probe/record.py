"""
The record: what a program of the verifier's tells, line by line.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def writer(descriptor: int, key: str) -> Callable[..., None]:
    """
    A function that writes one event.

    Each line is numbered and signed with a key of this run: what others write to the descriptor, take out of it or
    repeat does not go unnoticed. The function holds all it needs, because tests may replace `os.write` and the like.

    Args:
        descriptor: Where the record goes.
        key: Digits of the key.
    """
    encode, write, sign = json.JSONEncoder().encode, os.write, hashlib.blake2b
    secret = bytes.fromhex(key)
    number = 0

    def emit(**event: object) -> None:
        nonlocal number
        text = encode(event).encode("ascii")
        mark = sign(b"%d %b" % (number, text), key=secret, digest_size=16).hexdigest()
        number += 1
        data = b"%b %b\n" % (mark.encode("ascii"), text)
        while data:
            data = data[write(descriptor, data) :]

    return emit

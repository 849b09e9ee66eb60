"""
Checking the parameters of operations: exact keys, exact types, messages that name the key.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable

from ..canonical import Json
from ..errors import OperationError
from .operation import Params

__all__ = ["content", "expect_keys", "flag", "text"]


def expect_keys(op: str, params: Params, required: Iterable[str], optional: Iterable[str] = ()) -> None:
    """
    Refuse missing and unknown keys.

    Raises:
        OperationError: There are some.
    """
    need = set(required)
    if not need <= set(params) <= need | set(optional):
        raise OperationError(f"{op}: parameters: seen {sorted(params)}, need {sorted(need)}")


def text(op: str, params: Params, key: str) -> str:
    """
    A parameter that is a text.

    Raises:
        OperationError: It is not.
    """
    value = params[key]
    if not isinstance(value, str):
        raise OperationError(f"{op}: {key}: need a text, seen {value!r}")
    return value


def flag(op: str, params: Params, key: str) -> bool:
    """
    An optional parameter that is true or false; false when it is left out.

    Raises:
        OperationError: It is neither.
    """
    value: Json = params.get(key, False)
    if not isinstance(value, bool):
        raise OperationError(f"{op}: {key}: need true or false, seen {value!r}")
    return value


def content(op: str, params: Params) -> bytes:
    """
    The content of a file: ``text`` (stored as UTF-8) or ``base64``, exactly one of them.

    Raises:
        OperationError: Both or none are given, or the base64 is malformed.
    """
    if ("text" in params) == ("base64" in params):
        raise OperationError(f"{op}: need exactly one of 'text' and 'base64'")
    if "text" in params:
        return text(op, params, "text").encode()
    try:
        return base64.b64decode(text(op, params, "base64").encode(), validate=True)
    except binascii.Error as exc:
        raise OperationError(f"{op}: base64: {exc}") from None

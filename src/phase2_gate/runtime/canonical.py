"""
Canonical JSON, ``phase2-gate/canonical-json/1``: one value, one byte string.

1. Objects have sorted keys (by code point), no white space anywhere, every key a string, none twice.
2. Text is UTF-8, non-ASCII unescaped, no lone surrogates, no byte order mark.
3. Numbers are finite; integers have at most 4,300 digits; floats are written as Python's ``repr`` does.
4. Only null, booleans, integers, floats, strings, lists and dicts; subclasses and tuples are refused, not coerced.
5. Containers nest at most 64 deep; one text is at most 1 MiB.

For keys in the Basic Multilingual Plane and without floats these are the bytes of RFC 8785 as well.
A reader therefore compares bytes: what `canonical_bytes` would not have written, `strict_loads` refuses.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

from .errors import CanonicalError

__all__ = [
    "MAX_DEPTH",
    "MAX_TEXT_BYTES",
    "FrozenJson",
    "Json",
    "canonical_bytes",
    "freeze",
    "frozen_bytes",
    "is_sha256",
    "sha256_digest",
    "sha256_of",
    "strict_loads",
    "strict_object",
    "thaw",
]

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
FrozenJson: TypeAlias = "bool | int | float | str | tuple[FrozenJson, ...] | Mapping[str, FrozenJson] | None"

# Deep enough for any record of ours, shallow enough that no recursion limit is ever near.
MAX_DEPTH = 64
# One journal line; a larger payload belongs into a file whose digest is recorded.
MAX_TEXT_BYTES = 1 << 20
# CPython's own default bound for int <-> str, made a rule so that it does not depend on a setting.
_INT_LIMIT = 10**4300

_DECODER = json.JSONDecoder()
# Asked for a read-only mapping only: everything else was refused before, or came from the decoder.
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), check_circular=False, default=dict
)
_SHA256 = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


def canonical_bytes(value: object) -> bytes:
    """
    Write a JSON value in its only form.

    Raises:
        CanonicalError: The value holds something that has no canonical form; the pointer says where.
    """
    return frozen_bytes(freeze(value))


def frozen_bytes(value: FrozenJson) -> bytes:
    """
    Write a value that `freeze` returned, or a dict of such, in its only form; it is not checked again.

    Raises:
        CanonicalError: The interpreter was told to convert fewer digits than we allow.
    """
    try:
        return _ENCODER.encode(value).encode()
    except ValueError as exc:
        raise CanonicalError("", str(exc)) from None


def strict_loads(data: bytes, *, max_bytes: int = MAX_TEXT_BYTES) -> Json:
    """
    Read canonical JSON: exactly the inverse of `canonical_bytes`.

    Raises:
        CanonicalError: The bytes are not what `canonical_bytes` writes for any value.
    """
    if type(data) is not bytes:
        raise CanonicalError("", f"need bytes, seen {type(data).__name__}")
    if len(data) > max_bytes:
        raise CanonicalError("", f"too long: seen {len(data)} bytes, need at most {max_bytes}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise CanonicalError("", f"not utf-8 at byte {exc.start}") from None
    try:
        value: Json
        value, _ = _DECODER.raw_decode(text)
        again = _ENCODER.encode(value)
    except (ValueError, RecursionError) as exc:
        raise CanonicalError("", f"not strict json: {exc}") from None
    # Whatever follows the value, duplicate keys, white space, other escapes and number spellings all show up here.
    if again != text:
        raise CanonicalError("", _difference(text, again))
    # Fewer brackets than levels cannot nest too deep; only then is the walk worth its time.
    if text.count("{") + text.count("[") > MAX_DEPTH:
        freeze(value)
    return value


def strict_object(data: bytes, *, max_bytes: int = MAX_TEXT_BYTES) -> dict[str, Json]:
    """
    Read canonical JSON that must be an object.

    Raises:
        CanonicalError: As `strict_loads`, or the value is not an object.
    """
    value = strict_loads(data, max_bytes=max_bytes)
    if not isinstance(value, dict):
        raise CanonicalError("", f"need an object, seen {type(value).__name__}")
    return value


def sha256_of(data: bytes) -> str:
    """
    Digest of bytes as ``sha256:`` and 64 lower-case hexadecimal digits.
    """
    return "sha256:" + hashlib.sha256(data).hexdigest()


def sha256_digest(value: object) -> str:
    """
    Digest of a JSON value's canonical bytes.

    Raises:
        CanonicalError: As `canonical_bytes`.
    """
    return sha256_of(canonical_bytes(value))


def is_sha256(value: object) -> bool:
    """
    Tell whether a value is a digest as `sha256_of` writes it.
    """
    return type(value) is str and _SHA256.fullmatch(value) is not None


def freeze(value: object) -> FrozenJson:
    """
    Copy a JSON value so that nobody can change it: tuples for lists, read-only mappings for dicts.

    Raises:
        CanonicalError: The value has no canonical form.
    """
    return _frozen(value, 0)


def thaw(value: FrozenJson) -> Json:
    """
    Copy a frozen value back into plain lists and dicts; the inverse of `freeze`.
    """
    if isinstance(value, Mapping):
        return {key: thaw(child) for key, child in value.items()}
    if isinstance(value, tuple):
        return [thaw(child) for child in value]
    return value


def _frozen(value: object, depth: int) -> FrozenJson:
    """
    Copy a value and refuse what rules 1 to 5 refuse, in one walk: what was checked is what is kept.

    A cycle is found as excessive depth. The pointer of an error grows on its way out.
    """
    kind = type(value)
    if kind is dict:
        return MappingProxyType(dict(_frozen_members(value, depth)))  # type: ignore[arg-type]  # kind is dict
    if kind is list:
        return tuple(_frozen_items(value, depth))  # type: ignore[arg-type]  # kind is list
    if kind is str:
        _check_text(value)  # type: ignore[arg-type]  # kind is str
    elif kind is int:
        if not -_INT_LIMIT < value < _INT_LIMIT:  # type: ignore[operator]  # kind is int
            raise CanonicalError("", "integer of more than 4300 digits")
    elif kind is float:
        if not math.isfinite(value):  # type: ignore[arg-type]  # kind is float
            raise CanonicalError("", f"number is not finite: seen {value!r}")
    elif value is not None and kind is not bool:
        raise CanonicalError("", f"not a json type: seen {kind.__name__}")
    return value  # type: ignore[return-value]  # one of the leaves


def _frozen_members(value: dict[object, object], depth: int) -> Iterator[tuple[str, FrozenJson]]:
    _check_depth(depth)
    for key, child in value.items():
        if type(key) is not str:
            raise CanonicalError("", f"key is not a string: seen {key!r}")
        _check_text(key)
        try:
            yield key, _frozen(child, depth + 1)
        except CanonicalError as exc:
            name = key.replace("~", "~0").replace("/", "~1")
            raise CanonicalError(f"/{name}{exc.pointer}", exc.detail) from None


def _frozen_items(value: list[object], depth: int) -> Iterator[FrozenJson]:
    _check_depth(depth)
    for index, child in enumerate(value):
        try:
            yield _frozen(child, depth + 1)
        except CanonicalError as exc:
            raise CanonicalError(f"/{index}{exc.pointer}", exc.detail) from None


def _check_depth(depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise CanonicalError("", f"nested too deep: need at most {MAX_DEPTH} levels")


def _check_text(value: str) -> None:
    if value.isascii():
        return
    try:
        value.encode()
    except UnicodeEncodeError:
        raise CanonicalError("", "string holds a lone surrogate") from None


def _difference(text: str, again: str) -> str:
    """
    Say why a text is not canonical, naming the first repeated key if there is one.
    """
    repeated: list[str] = []

    def pairs(items: list[tuple[str, Json]]) -> None:
        seen: set[str] = set()
        repeated.extend(key for key, _ in items if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add returns None

    json.JSONDecoder(object_pairs_hook=pairs).raw_decode(text)
    if repeated:
        return f"duplicate key: {repeated[0]!r}"
    place = next((i for i, (a, b) in enumerate(zip(text, again, strict=False)) if a != b), min(len(text), len(again)))
    return f"not in canonical form: first difference at character {place}"

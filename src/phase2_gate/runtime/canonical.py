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
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias, cast

from .errors import CanonicalError

__all__ = [
    "MAX_DEPTH",
    "MAX_TEXT_BYTES",
    "FrozenJson",
    "Json",
    "canonical_bytes",
    "freeze",
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
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), check_circular=False
)
_HEX = frozenset("0123456789abcdef")


def canonical_bytes(value: object) -> bytes:
    """
    Write a JSON value in its only form.

    Raises:
        CanonicalError: The value holds something that has no canonical form; the pointer says where.
    """
    _check(value, "", 0)
    try:
        return _ENCODER.encode(value).encode()
    except ValueError as exc:  # an interpreter that was told to convert fewer digits than we allow
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
        value: Json = _DECODER.decode(text)
        again = _ENCODER.encode(value)
    except (ValueError, RecursionError) as exc:
        raise CanonicalError("", f"not strict json: {exc}") from None
    # Duplicate keys, white space, other escapes and other number spellings all show up here.
    if again != text:
        raise CanonicalError("", _difference(text, again))
    # Fewer brackets than levels cannot nest too deep; only then is the walk worth its time.
    if text.count("{") + text.count("[") > MAX_DEPTH:
        _check(value, "", 0)
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
    return type(value) is str and len(value) == 71 and value.startswith("sha256:") and _HEX.issuperset(value[7:])


def freeze(value: object) -> FrozenJson:
    """
    Copy a JSON value so that nobody can change it: tuples for lists, read-only mappings for dicts.

    Raises:
        CanonicalError: The value has no canonical form.
    """
    _check(value, "", 0)
    return _frozen(cast("Json", value))


def thaw(value: FrozenJson) -> Json:
    """
    Copy a frozen value back into plain lists and dicts; the inverse of `freeze`.
    """
    if isinstance(value, Mapping):
        return {key: thaw(child) for key, child in value.items()}
    if isinstance(value, tuple):
        return [thaw(child) for child in value]
    return value


def _frozen(value: Json) -> FrozenJson:
    if isinstance(value, dict):
        return MappingProxyType({key: _frozen(child) for key, child in value.items()})
    if isinstance(value, list):
        return tuple(_frozen(child) for child in value)
    return value


def _check(value: object, pointer: str, depth: int) -> None:
    """
    Walk a value and refuse what rules 1 to 5 refuse. A cycle is found as excessive depth.
    """
    kind = type(value)
    if kind is str:
        _check_text(value, pointer)
    elif kind is dict or kind is list:
        if depth >= MAX_DEPTH:
            raise CanonicalError(pointer, f"nested too deep: need at most {MAX_DEPTH} levels")
        _check_children(cast("list[object] | dict[object, object]", value), pointer, depth + 1)
    elif kind is int:
        if not -_INT_LIMIT < value < _INT_LIMIT:  # type: ignore[operator]  # kind is int
            raise CanonicalError(pointer, "integer of more than 4300 digits")
    elif kind is float:
        if not math.isfinite(value):  # type: ignore[arg-type]  # kind is float
            raise CanonicalError(pointer, f"number is not finite: seen {value!r}")
    elif value is not None and kind is not bool:
        raise CanonicalError(pointer, f"not a json type: seen {kind.__name__}")


def _check_children(value: list[object] | dict[object, object], pointer: str, depth: int) -> None:
    if isinstance(value, list):
        for index, child in enumerate(value):
            _check(child, f"{pointer}/{index}", depth)
        return
    for key, child in value.items():
        if type(key) is not str:
            raise CanonicalError(pointer, f"key is not a string: seen {key!r}")
        _check_text(key, pointer)
        _check(child, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}", depth)


def _check_text(value: object, pointer: str) -> None:
    try:
        str(value).encode()
    except UnicodeEncodeError:
        raise CanonicalError(pointer, "string holds a lone surrogate") from None


def _difference(text: str, again: str) -> str:
    """
    Say why a text is not canonical, naming the first repeated key if there is one.
    """
    repeated: list[str] = []

    def pairs(items: list[tuple[str, Json]]) -> dict[str, Json]:
        seen: set[str] = set()
        repeated.extend(key for key, _ in items if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add returns None
        return dict(items)

    json.loads(text, object_pairs_hook=pairs)
    if repeated:
        return f"duplicate key: {repeated[0]!r}"
    place = next((i for i, (a, b) in enumerate(zip(text, again, strict=False)) if a != b), min(len(text), len(again)))
    return f"not in canonical form: first difference at character {place}"

"""
Canonical JSON: one value, one byte string, and a reader that takes no other.
"""

from __future__ import annotations

import enum
import hashlib
import sys
from types import MappingProxyType

import pytest

from ..canonical import (
    MAX_DEPTH,
    canonical_bytes,
    freeze,
    is_sha256,
    sha256_digest,
    sha256_of,
    strict_loads,
    strict_object,
    thaw,
)
from ..errors import CanonicalError


class _Number(enum.IntEnum):
    ONE = 1


class _Text(str):
    __slots__ = ()


def _nested(levels: int) -> object:
    value: object = []
    for _ in range(levels - 1):
        value = [value]
    return value


def _mappings(levels: int) -> object:
    value: object = {}
    for _ in range(levels - 1):
        value = {"k": value}
    return value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, b"null"),
        (True, b"true"),
        (1, b"1"),
        (1.0, b"1.0"),
        (1e-7, b"1e-07"),
        (-0.0, b"-0.0"),
        ("é\u2028\x7f", '"é\u2028\x7f"'.encode()),
        ('a\n"\\', b'"a\\n\\"\\\\"'),
        ([], b"[]"),
        ({"b": 1, "a": [True, {}]}, b'{"a":[true,{}],"b":1}'),
        ({"\uffff": 1, "\U00010000": 2}, '{"\uffff":1,"\U00010000":2}'.encode()),
    ],
)
def test_each_value_has_one_text(value: object, expected: bytes) -> None:
    """
    The bytes are the written ones, and reading them gives the value back.
    """
    assert expected == canonical_bytes(value)
    assert value == strict_loads(expected)
    assert type(value) is type(strict_loads(expected))


@pytest.mark.parametrize(
    ("value", "pointer", "detail"),
    [
        (float("nan"), "", "not finite"),
        ({"a": [float("inf")]}, "/a/0", "not finite"),
        ((1, 2), "", "seen tuple"),
        ({"a/b~": {1}}, "/a~1b~0", "seen set"),
        ({"a": [10**4300]}, "/a/0", "integer of more than 4300 digits"),
        ({1: 2}, "", "key is not a string"),
        ({_Text("k"): 2}, "", "key is not a string"),
        (_Number.ONE, "", "seen _Number"),
        (_Text("x"), "", "seen _Text"),
        ("\ud800", "", "lone surrogate"),
        ({"\udfff": 1}, "", "lone surrogate"),
        (b"x", "", "seen bytes"),
        (_nested(65), "/0" * 64, "need at most 64 levels"),
        (_mappings(65), "/k" * 64, "need at most 64 levels"),
    ],
)
def test_what_has_no_canonical_form_is_refused(value: object, pointer: str, detail: str) -> None:
    """
    Nothing is coerced; the error points at the node.
    """
    with pytest.raises(CanonicalError, match=detail) as caught:
        canonical_bytes(value)
    assert pointer == caught.value.pointer


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"", "not strict json"),
        (b" 1", "not strict json"),
        (b"1\n", "first difference at character 1"),
        (b"1 2", "first difference at character 1"),
        (b'{"a": 1}', "first difference"),
        (b'{"b":1,"a":2}', "first difference at character 2"),
        (b'{"a":1,"a":1}', "duplicate key: 'a'"),
        (b'{"x":{"a":1,"b":2,"a":3}}', "duplicate key: 'a'"),
        (b'{"a":1,"b":1,"b":2,"a":2}', "duplicate key: 'b'"),
        (b'"\\u0041"', "first difference"),
        (b'"\\ud800"', "not strict json|first difference"),
        (b"NaN", "not strict json"),
        (b"-Infinity", "not strict json"),
        (b"1e400", "not strict json"),
        (b"1E5", "first difference"),
        (b"-0", "first difference"),
        (b"01", "first difference at character 1"),
        (b"\xef\xbb\xbf1", "not strict json"),
        ("1".encode("utf-16"), "not utf-8"),
        (b'"\xed\xa0\x80"', "not utf-8 at byte 1"),
        (b"[" * 65 + b"]" * 65, "too deep"),
        (b'{"k":' * 64 + b"{}" + b"}" * 64, "too deep"),
    ],
)
def test_any_other_text_is_refused(data: bytes, detail: str) -> None:
    """
    What the writer would not have written, the reader does not take.
    """
    with pytest.raises(CanonicalError, match=detail):
        strict_loads(data)


def test_the_bounds_are_exact() -> None:
    """
    4,300 digits are written and read, one more is not; too long or too deep a text is refused before it hurts.
    """
    assert canonical_bytes(10**4300 - 1) == b"9" * 4300
    assert canonical_bytes(-(10**4300) + 1) == b"-" + b"9" * 4300
    assert strict_loads(b'"' + b"x" * ((1 << 20) - 2) + b'"') == "x" * ((1 << 20) - 2)
    with pytest.raises(CanonicalError, match="need at most 1048576"):
        strict_loads(b'"' + b"x" * ((1 << 20) - 1) + b'"')
    for value in (10**4300, -(10**4300)):
        with pytest.raises(CanonicalError, match="integer of more than 4300 digits"):
            canonical_bytes(value)
    for data, detail in [
        (b"9" * 4301, "not strict json"),
        (b"[" * 100_000, "not strict json"),
        (b'"' + b"x" * (1 << 20) + b'"', "too long"),
    ]:
        with pytest.raises(CanonicalError, match=detail):
            strict_loads(data)


def test_many_brackets_that_do_not_nest_are_fine() -> None:
    """
    The depth is counted, not the brackets.
    """
    value: list[object] = [[] for _ in range(MAX_DEPTH * 2)]
    assert value == strict_loads(canonical_bytes(value))
    assert _nested(64) == strict_loads(canonical_bytes(_nested(64)))
    assert _mappings(64) == strict_loads(canonical_bytes(_mappings(64)))


def test_only_bytes_are_read() -> None:
    """
    Text and byte arrays are not taken for bytes.
    """
    with pytest.raises(CanonicalError, match="need bytes, seen str"):
        strict_loads("1")  # type: ignore[arg-type]  # the point of the test


def test_an_interpreter_with_a_lower_digit_limit_still_gets_our_error() -> None:
    """
    No foreign error leaves the encoder.
    """
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        with pytest.raises(CanonicalError):
            canonical_bytes(10**700)
    finally:
        sys.set_int_max_str_digits(before)


def test_an_object_is_demanded() -> None:
    """
    A list is good JSON and no object.
    """
    assert strict_object(b'{"a":1}') == {"a": 1}
    with pytest.raises(CanonicalError, match="need an object, seen list"):
        strict_object(b"[]")


def test_frozen_values_cannot_be_changed() -> None:
    """
    A frozen copy is read-only all the way down, and thaws into a fresh one.
    """
    source: dict[str, object] = {"a": [1, {"b": [2]}], "c": None}
    frozen = freeze(source)
    assert isinstance(frozen, MappingProxyType)
    source["a"] = "changed"
    with pytest.raises(TypeError):
        frozen["a"] = 1  # type: ignore[index]  # the point of the test
    inner = frozen["a"]
    assert isinstance(inner, tuple)
    assert isinstance(inner[1], MappingProxyType)
    assert thaw(frozen) == {"a": [1, {"b": [2]}], "c": None}
    with pytest.raises(CanonicalError):
        freeze({"x": object()})


def test_digests_are_of_the_canonical_bytes() -> None:
    """
    The digest equals one made with hashlib alone.
    """
    assert "sha256:" + hashlib.sha256(b'{"a":1}').hexdigest() == sha256_digest({"a": 1})
    assert sha256_of(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("sha256:" + "a" * 64, True),
        ("sha256:" + "A" * 64, False),
        ("sha256:" + "a" * 63, False),
        ("sha512:" + "a" * 64, False),
        ("a" * 71, False),
        (None, False),
    ],
)
def test_digests_have_one_spelling(value: object, expected: bool) -> None:  # a table
    """
    Lower case, with prefix, full length.
    """
    assert expected is is_sha256(value)

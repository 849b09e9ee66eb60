"""
Envelopes: the encoding that is signed, and one spelling for what we read.
"""

from __future__ import annotations

import base64
import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phase2_gate.attest import codes, dsse, strict_json
from phase2_gate.attest.dsse import Envelope
from phase2_gate.core.errors import RefusedError

ENVELOPE = Envelope(b"hello world", b"\x01" * 64, "key", "http://example.com/HelloWorld")


def _value(**changes: Any) -> dict[str, Any]:
    return {**json.loads(dsse.render(ENVELOPE)), **changes}


def _code(data: bytes) -> str:
    with pytest.raises(RefusedError) as raised:
        dsse.parse(data)
    assert raised.value.code in codes.CODES
    return raised.value.code


def test_pae_is_the_one_of_the_specification() -> None:
    """The example of the DSSE protocol document."""
    expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert dsse.pae("http://example.com/HelloWorld", b"hello world") == expected


def test_pae_counts_bytes() -> None:
    """A type that is not ASCII is longer in bytes than in characters."""
    assert dsse.pae("é", "é€".encode()) == b"DSSEv1 2 \xc3\xa9 5 \xc3\xa9\xe2\x82\xac"


@given(st.text(), st.binary(), st.text(), st.binary())
def test_pae_is_injective(kind: str, payload: bytes, other_kind: str, other_payload: bytes) -> None:
    """Two pairs have one encoding only when they are equal."""
    try:
        same = dsse.pae(kind, payload) == dsse.pae(other_kind, other_payload)
    except UnicodeEncodeError:
        return
    assert same == ((kind, payload) == (other_kind, other_payload))


@given(st.binary(), st.binary(), st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_parse_is_the_inverse_of_render(payload: bytes, signature: bytes, keyid: str, kind: str) -> None:
    """Whatever is written is read again as it was."""
    envelope = Envelope(payload, signature, keyid, kind)
    assert dsse.parse(dsse.render(envelope)) == envelope


def test_render_is_compact() -> None:
    """No white space that could change unseen, and no line feed behind."""
    data = dsse.render(ENVELOPE)
    assert data == (
        b'{"payload":"aGVsbG8gd29ybGQ=","payloadType":"http://example.com/HelloWorld","signatures":[{"keyid":"key","sig":"'
        + base64.b64encode(b"\x01" * 64)
        + b'"}]}'
    )


def test_white_space_and_order_of_others_are_read() -> None:
    """Other tools write other JSON, and leave the key's name out."""
    value = {"signatures": [{"sig": "AQ=="}], "payloadType": "t", "payload": "aA=="}
    assert dsse.parse(json.dumps(value, indent=4).encode() + b"\n") == Envelope(b"h", b"\x01", "", "t")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "envelope-not-json"),
        (b"{", "envelope-not-json"),
        (b"\xff", "envelope-not-json"),
        (b"\xef\xbb\xbf{}", "envelope-not-json"),
        ("{}".encode("utf-16"), "envelope-not-json"),
        (b'{"payload": NaN}', "envelope-not-json"),
        (b'{"payload": -Infinity}', "envelope-not-json"),
        (b'{"payload": ' + b"9" * 5000 + b"}", "envelope-not-json"),
        (b"[" * 1000, "envelope-not-json"),
        (b"[" * 1001, "envelope-shape"),
        (b"[" * 200_000, "envelope-shape"),
        (b'{"payload":[' + b"[]," * 600 + b"[]]}", "envelope-shape"),
        (b"{} {}", "envelope-not-json"),
        (dsse.render(ENVELOPE)[:-1], "envelope-not-json"),
        (dsse.render(ENVELOPE) + b"\0", "envelope-not-json"),
        (dsse.render(ENVELOPE).replace(b'{"payload"', b'{"payload":"","payload"'), "envelope-duplicate-key"),
        (dsse.render(ENVELOPE).replace(b'"keyid"', b'"sig":"","keyid"'), "envelope-duplicate-key"),
        (dsse.render(ENVELOPE).replace(b'"keyid"', b'"s\\u0069g":"","keyid"'), "envelope-duplicate-key"),
        (b"[]", "envelope-shape"),
        (b"{}", "envelope-shape"),
        (json.dumps(_value(more=1)).encode(), "envelope-shape"),
        (json.dumps(_value(signatures={})).encode(), "envelope-shape"),
        (json.dumps(_value(signatures=["AQ=="])).encode(), "envelope-shape"),
        (json.dumps(_value(signatures=[{"keyid": ""}])).encode(), "envelope-shape"),
        (json.dumps(_value(signatures=[{"sig": "AQ==", "cert": ""}])).encode(), "envelope-shape"),
        (json.dumps(_value(signatures=[{"sig": "AQ==", "keyid": 1}])).encode(), "envelope-shape"),
        (json.dumps(_value(payload=None)).encode(), "envelope-shape"),
        (json.dumps(_value(payloadType=[])).encode(), "envelope-shape"),
        (json.dumps(_value(payloadType="\ud800")).encode(), "envelope-shape"),
        (json.dumps(_value(signatures=[{"sig": "AQ==", "keyid": "\udc00"}])).encode(), "envelope-shape"),
        (json.dumps(_value(signatures=[])).encode(), "signature-count"),
        (json.dumps(_value(signatures=[{"sig": "AQ=="}] * 2)).encode(), "signature-count"),
    ],
)
def test_anything_else_is_refused(data: bytes, code: str) -> None:
    """Each with the code that says why."""
    assert _code(data) == code


@pytest.mark.parametrize("text", ["aA", "aA=", "aB==", "aA==\n", " aA==", "a-_=", "aA====", "é", "aA==aA=="])
@pytest.mark.parametrize("place", ["payload", "sig"])
def test_base64_has_one_spelling(text: str, place: str) -> None:
    """No missing or spare padding, spare bits, white space, other alphabet."""
    value = _value(payload=text) if place == "payload" else _value(signatures=[{"sig": text}])
    assert _code(json.dumps(value).encode()) == "envelope-base64"


def test_size_is_bounded() -> None:
    """What is too large is not even parsed."""
    data = dsse.render(ENVELOPE)
    assert dsse.parse(data, len(data)) == ENVELOPE
    with pytest.raises(RefusedError) as raised:
        dsse.parse(data, len(data) - 1)
    assert raised.value.code == "envelope-too-large"
    assert _code(b" " * (dsse.MAX_BYTES + 1)) == "envelope-too-large"


def test_hostile_nesting_costs_no_memory() -> None:
    """Megabytes of empty lists are refused by a look at their bytes: as objects they would take fifty times as much."""
    data = b'{"payload":[' + b"[]," * (4 << 20) + b"[]]}"
    tracemalloc.start()
    try:
        assert _code(data) == "envelope-shape"
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "data",
    [
        b'{"' + b"k" * 100_000 + b'":1,"' + b"k" * 100_000 + b'":1}',
        json.dumps(_value(signatures=[{"sig": "\u00e9" * 100_000}])).encode(),
    ],
)
def test_messages_are_short(data: bytes) -> None:
    """Foreign text in a message is cut; it goes into reports."""
    with pytest.raises(RefusedError) as raised:
        dsse.parse(data)
    assert len(str(raised.value)) < 300


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", "'a'"),
        ("\x1b", "'\\x1b'"),
        ("x" * 118, f"'{'x' * 118}'"),
        ("x" * 119, f"'{'x' * 119}\u2026"),
        ("x" * 10_000_000, f"'{'x' * 119}\u2026"),
        ([1] * 50, f"[{'1, ' * 39}1,\u2026"),
    ],
)
def test_foreign_values_are_shown_by_their_beginning(value: object, expected: str) -> None:
    """As Python writes them, up to 120 characters."""
    assert strict_json.shown(value) == expected


def test_strict_json_reads_json() -> None:
    """What has one meaning is read, surrogate pairs and nesting included."""
    assert strict_json.loads(b' {"a": [1, 2.5, null, true, "\\ud83d\\ude00"], "b": {"a": {}}} ', "statement") == {
        "a": [1, 2.5, None, True, "\U0001f600"],
        "b": {"a": {}},
    }

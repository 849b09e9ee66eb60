"""
Envelopes: the encoding that is signed, and one spelling for what we read.
"""

from __future__ import annotations

import base64
import json
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
        (b"[" * 200_000, "envelope-not-json"),
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


def test_size_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too large is not even parsed."""
    data = dsse.render(ENVELOPE)
    monkeypatch.setattr(dsse, "MAX_BYTES", len(data))
    assert dsse.parse(data) == ENVELOPE
    monkeypatch.setattr(dsse, "MAX_BYTES", len(data) - 1)
    assert _code(data) == "envelope-too-large"


def test_strict_json_reads_json() -> None:
    """What has one meaning is read, surrogate pairs and nesting included."""
    assert strict_json.loads(b' {"a": [1, 2.5, null, true, "\\ud83d\\ude00"], "b": {"a": {}}} ', "statement") == {
        "a": [1, 2.5, None, True, "\U0001f600"],
        "b": {"a": {}},
    }

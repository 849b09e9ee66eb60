"""
DSSE envelopes (secure-systems-lab/dsse, protocol and envelope v1) with exactly one signature.

 1. What is signed is ``DSSEv1 <len> <type> <len> <payload>``, the lengths in bytes (`pae`).
 2. We write compact JSON without a line feed at the end, so that every byte of an envelope means something.
 3. We read any white space and order of keys, because other tools write those, but no other keys, no key twice, no
    base64 but the canonical spelling (RFC 4648, section 4), and not more or fewer than one signature.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from ..core.errors import RefusedError
from . import strict_json

PAYLOAD_TYPE = "application/vnd.in-toto+json"
"""The type of an in-toto statement in JSON."""

MAX_BYTES = 64 << 20
"""The largest envelope that is read: half a million test names of a hundred bytes, in base64."""
MAX_MARKS = 1000
"""Opening brackets, opening braces and commas of an envelope; an honest one has seven."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """
    A payload with its type and its signature.
    """

    payload: bytes
    """The signed bytes."""
    signature: bytes
    """The signature of their encoding (`pae`)."""
    keyid: str
    """Which key made it, as a hint; empty when the envelope does not say."""
    payload_type: str = PAYLOAD_TYPE
    """What the bytes are."""


def pae(payload_type: str, payload: bytes) -> bytes:
    """
    The encoding that is signed: it joins type and payload so that neither can be taken for a part of the other.
    """
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def render(envelope: Envelope) -> bytes:
    """
    The envelope as we write it.
    """
    value = {
        "payload": base64.b64encode(envelope.payload).decode(),
        "payloadType": envelope.payload_type,
        "signatures": [{"keyid": envelope.keyid, "sig": base64.b64encode(envelope.signature).decode()}],
    }
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode()


def parse(data: bytes, limit: int = MAX_BYTES) -> Envelope:
    """
    The envelope that `data` spells; its signature is not checked.

    Args:
        data: A JSON document.
        limit: How large it may be, in bytes.

    Raises:
        RefusedError: when it is not exactly one, as rule 3 says.
    """
    demand_small(data, limit, MAX_MARKS)
    value = strict_json.loads(data, "envelope")
    if not isinstance(value, dict) or set(value) != {"payload", "payloadType", "signatures"}:
        raise RefusedError("envelope-shape", "need the keys payload, payloadType and signatures, and no other")
    signatures = value["signatures"]
    if not isinstance(signatures, list):
        raise RefusedError("envelope-shape", "signatures: need a list")
    if len(signatures) != 1:
        raise RefusedError("signature-count", f"seen {len(signatures)} signatures, need one")
    signature = signatures[0]
    if not isinstance(signature, dict) or not {"sig"} <= set(signature) <= {"sig", "keyid"}:
        raise RefusedError("envelope-shape", "signatures: need the key sig, perhaps keyid, and no other")
    return Envelope(
        payload=_decoded(value["payload"], "payload"),
        signature=_decoded(signature["sig"], "sig"),
        keyid=_text(signature.get("keyid", ""), "keyid"),
        payload_type=_text(value["payloadType"], "payloadType"),
    )


def demand_small(data: bytes, limit: int, marks: int) -> None:
    """
    Refuses a document that would cost more to parse than an honest one can.

    Args:
        data: A JSON document that nobody has signed as such.
        limit: How large it may be, in bytes.
        marks: How many opening brackets, opening braces and commas it may have; each value takes at least one.

    Raises:
        RefusedError: with ``envelope-too-large`` or ``envelope-shape``.
    """
    if len(data) > limit:
        raise RefusedError("envelope-too-large", f"seen {len(data)} bytes, need {limit} or fewer")
    # Sixty megabytes of empty lists would become gigabytes of objects.
    if (seen := sum(data.count(mark) for mark in (b"[", b"{", b","))) > marks:
        raise RefusedError("envelope-shape", f"seen {seen} brackets and commas, need {marks} or fewer")


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise RefusedError("envelope-shape", f"{name}: need a text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        # Half of a surrogate pair, which JSON can spell: it has no bytes that could be signed.
        raise RefusedError("envelope-shape", f"{name}: need a text: {error.reason}") from error
    return value


def _decoded(value: object, name: str) -> bytes:
    text = _text(value, name)
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RefusedError("envelope-base64", f"{name}: {error}") from error
    # Spare bits behind the last byte decode to the same bytes whatever they are; only zeros are canonical.
    if base64.b64encode(data).decode() != text:
        raise RefusedError("envelope-base64", f"{name}: not the canonical spelling")
    return data

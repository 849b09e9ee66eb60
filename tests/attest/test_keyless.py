"""
Sigstore bundles, checked offline against the trust root of an instance of the tests' own.
"""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sigstore.dsse import Statement

from phase2_gate.attest import dsse, keyless, provenance, statement, verification
from phase2_gate.attest.answer import Identity
from phase2_gate.attest.codes import CODES
from phase2_gate.attest.keys import SigningKey
from phase2_gate.attest.seal import seal
from phase2_gate.attest.verification import Policy
from phase2_gate.core.errors import KeyFileError, RefusedError
from phase2_gate.core.profile import BUILD_LOOP_PHASE2, GENERIC
from tests.attest.sigstore_instance import ISSUER, NAME, Instance
from tests.report import samples

INSTANCE, OTHER = Instance.new(), Instance.new()
ROOT = keyless.trust_root(INSTANCE.trust_root(), "root")
WHO = Identity(NAME, ISSUER)
PAYLOAD = dsse.parse(seal(samples.PASS, b"{}", SigningKey.new())["test-result.intoto.json"]).payload
GOOD = INSTANCE.bundle(PAYLOAD)


def _read(value: object, who: Identity = WHO) -> bytes:
    return keyless.payload(json.dumps(value).encode(), ROOT, who)


def _code(data: bytes, who: Identity = WHO, instance: Instance = INSTANCE) -> str:
    root = keyless.trust_root(instance.trust_root(), "root")
    with pytest.raises(RefusedError) as raised:
        keyless.payload(data, root, who)
    assert raised.value.code in CODES
    assert len(str(raised.value)) < 300
    return raised.value.code


def _changed(change: Callable[[dict[str, Any]], object], bundle: dict[str, Any] = GOOD) -> bytes:
    value = copy.deepcopy(bundle)
    change(value)
    return json.dumps(value).encode()


def _entry(value: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = value["verificationMaterial"]["tlogEntries"][0]
    return entry


SECOND = INSTANCE.bundle(PAYLOAD)
"""Of the same statement, with another key, certificate and entry."""


def test_good_one_gives_what_was_signed() -> None:
    """The same statement as in an envelope of ours, judged by the same steps."""
    signed = _read(GOOD)
    assert signed == PAYLOAD
    policy = Policy(GENERIC)
    claim = verification.judged(signed, samples.BUNDLE_SHA256, samples.MANIFEST_SHA256, policy)
    assert (claim.verdict, claim.isolation) == ("PASS", "strict")
    with pytest.raises(RefusedError, match="policy-profile"):
        verification.judged(signed, samples.BUNDLE_SHA256, samples.MANIFEST_SHA256, Policy(BUILD_LOOP_PHASE2))


def test_statements_of_ours_can_be_signed_with_sigstore() -> None:
    """The library takes them as in-toto statements, and would sign these very bytes."""
    assert Statement(PAYLOAD)._contents == PAYLOAD


def test_builders_statement() -> None:
    """What a builder signs can be signed this way as well."""
    envelope = provenance.signed("good.zip", samples.BUNDLE_SHA256, samples.MANIFEST_SHA256, SigningKey.new())
    signed = _read(INSTANCE.bundle(dsse.parse(envelope).payload))
    assert provenance.check(signed, samples.BUNDLE_SHA256) == samples.MANIFEST_SHA256


@pytest.mark.parametrize(
    "who",
    [
        Identity("https://ci.example/project/other", ISSUER),
        Identity(NAME.upper(), ISSUER),
        Identity(f"{NAME}/", ISSUER),
        Identity(NAME, "https://other.example"),
        Identity(NAME, f"{ISSUER}.evil.example"),
        Identity(ISSUER, NAME),
    ],
)
def test_another_identity_is_refused(who: Identity) -> None:
    """Name and issuer count whole: a name that another issuer vouches for is somebody else's."""
    assert _code(json.dumps(GOOD).encode(), who) == "keyless-untrusted"


def test_another_instance_is_refused() -> None:
    """Whatever it says of identities: the trust root is the auditor's choice alone."""
    assert _code(json.dumps(GOOD).encode(), instance=OTHER) == "keyless-untrusted"
    assert _code(json.dumps(OTHER.bundle(PAYLOAD)).encode()) == "keyless-untrusted"


def _swap(part: str) -> Callable[[dict[str, Any]], object]:
    def swap(value: dict[str, Any]) -> None:
        _entry(value)[part] = _entry(SECOND)[part]

    return swap


ATTACKS: list[tuple[str, str, bytes]] = [
    ("empty", "envelope-not-json", b""),
    ("cut", "envelope-not-json", json.dumps(GOOD).encode()[:-1]),
    ("a key twice", "envelope-duplicate-key", json.dumps(GOOD).encode().replace(b"{", b'{"mediaType":"x",', 1)),
    ("very nested", "envelope-shape", b"[" * 10_001),
    ("very large", "envelope-too-large", b" " * (dsse.MAX_BYTES + 1)),
    ("a list", "keyless-bundle", b"[]"),
    ("an envelope of ours", "keyless-bundle", seal(samples.PASS, b"{}", SigningKey.new())["vsa.intoto.json"]),
    ("another format", "keyless-bundle", _changed(lambda it: it.update(mediaType="text/plain"))),
    ("no log entry", "keyless-bundle", _changed(lambda it: it["verificationMaterial"].update(tlogEntries=[]))),
    (
        "two log entries",
        "keyless-bundle",
        _changed(lambda it: it["verificationMaterial"]["tlogEntries"].append(_entry(SECOND))),
    ),
    ("no proof", "keyless-bundle", _changed(lambda it: _entry(it).pop("inclusionProof"))),
    ("no promise, so no time", "keyless-bundle", _changed(lambda it: _entry(it).pop("inclusionPromise"))),
    (
        "other payload",
        "keyless-untrusted",
        _changed(lambda it: it["dsseEnvelope"].update(payload=base64.b64encode(b"{}").decode())),
    ),
    (
        "other certificate",
        "keyless-untrusted",
        _changed(
            lambda it: it["verificationMaterial"].update(certificate=SECOND["verificationMaterial"]["certificate"])
        ),
    ),
    (
        "other signature",
        "keyless-untrusted",
        _changed(lambda it: it["dsseEnvelope"].update(signatures=SECOND["dsseEnvelope"]["signatures"])),
    ),
    (
        "other log entry",
        "keyless-untrusted",
        _changed(lambda it: it["verificationMaterial"].update(tlogEntries=[_entry(SECOND)])),
    ),
    ("other body", "keyless-untrusted", _changed(_swap("canonicalizedBody"))),
    ("other proof", "keyless-untrusted", _changed(_swap("inclusionProof"))),
    ("other promise", "keyless-untrusted", _changed(_swap("inclusionPromise"))),
    ("later time", "keyless-untrusted", _changed(lambda it: _entry(it).update(integratedTime="1893456000"))),
    (
        "no envelope",
        "keyless-untrusted",
        _changed(lambda it: it.update(messageSignature={"signature": it.pop("dsseEnvelope")["signatures"][0]["sig"]})),
    ),
    (
        "two signatures",
        "keyless-untrusted",
        _changed(lambda it: it["dsseEnvelope"]["signatures"].extend(SECOND["dsseEnvelope"]["signatures"])),
    ),
    ("other type", "envelope-payload-type", json.dumps(INSTANCE.bundle(b"{}", kind="text/plain")).encode()),
]
"""What was done, the code that it is refused with, and the bundle."""


@pytest.mark.parametrize(("_", "code", "data"), ATTACKS, ids=[name for name, _, _ in ATTACKS])
def test_attacks(_: str, code: str, data: bytes) -> None:
    """Each is refused, before a word of the statement is read."""
    assert _code(data) == code


def _leaves(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    elif isinstance(value, str):
        yield path, value


@pytest.mark.parametrize(("path", "text"), list(_leaves(GOOD)), ids=lambda it: str(it[-1]) if type(it) is tuple else "")
@pytest.mark.parametrize("place", [0.0, 0.33, 0.66, 1.0])
def test_every_text_of_a_bundle_counts(path: tuple[str | int, ...], text: str, place: float) -> None:
    """None of them can become another one, wherever it is changed."""
    at = min(int(len(text) * place), len(text) - 1)
    old = text[at]
    new = text[:at] + ("B" if old == "A" else "1" if old == "0" else "0" if old.isdigit() else "A") + text[at + 1 :]

    def change(value: Any) -> None:
        for key in path[:-1]:
            value = value[key]
        value[path[-1]] = new

    # Free are only the name beside the log's signature, and bits of base64 behind the last byte; no place hits them.
    assert _code(_changed(change)) in CODES


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", INSTANCE.trust_root()[:-1]])
def test_what_is_no_trust_root(data: bytes) -> None:
    """Nothing is believed by it, and no other takes its place."""
    with pytest.raises(KeyFileError) as raised:
        keyless.trust_root(data, "root.json")
    assert raised.value.message.startswith("root.json: not a Sigstore trust root: ")


@pytest.mark.parametrize("part", ["tlogs", "certificateAuthorities"])
def test_trust_root_that_lacks_a_part(part: str) -> None:
    """Without a log or an authority there is nothing to check with, which is known at once."""
    value = json.loads(INSTANCE.trust_root())
    value[part] = []
    with pytest.raises(KeyFileError, match="not a Sigstore trust root"):
        keyless.trust_root(json.dumps(value).encode(), "root.json")


def test_statement_is_judged_like_any_other() -> None:
    """A good signature of an identity is about the bundle whose digest it states, and about no other."""
    with pytest.raises(RefusedError, match="subject-bundle"):
        verification.judged(_read(GOOD), samples.MANIFEST_SHA256, samples.MANIFEST_SHA256, Policy(GENERIC))
    assert statement.TEST_RESULT.encode() in _read(GOOD)

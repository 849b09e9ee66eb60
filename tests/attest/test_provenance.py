"""
What a builder signs, and the attacks on it: each is refused with its code, and breaks its rule.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope as TheirEnvelope
from securesystemslib.signer import (  # type: ignore[attr-defined] # re-exported, not in __all__
    CryptoSigner,
    SSlibKey,
)

from phase2_gate._version import __version__
from phase2_gate.attest import demanded, dsse, opening, provenance, statement
from phase2_gate.attest.codes import CODES, RULES
from phase2_gate.attest.keys import SigningKey
from phase2_gate.attest.seal import seal
from phase2_gate.core.digest import Sha256
from phase2_gate.core.errors import RefusedError
from phase2_gate.core.findings import Finding
from phase2_gate.core.rules import of_gate
from phase2_gate.core.signed import Signed
from tests.report import samples

KEY, OTHER = SigningKey.new(), SigningKey.new()
BUNDLE, MANIFEST, ELSE = Sha256("1" * 64), Sha256("2" * 64), Sha256("9" * 64)
GOOD = provenance.signed("good.zip", BUNDLE, MANIFEST, KEY)
SIGNATURES = json.loads(GOOD)["signatures"]


def _check(data: bytes, key: SigningKey = KEY, bundle: Sha256 = BUNDLE) -> Sha256:
    return provenance.check(opening.payload(data, key.public, provenance.MAX_BYTES), bundle)


def _code(data: bytes, key: SigningKey = KEY, bundle: Sha256 = BUNDLE) -> str:
    with pytest.raises(RefusedError) as raised:
        _check(data, key, bundle)
    assert raised.value.code in CODES
    return raised.value.code


def _stated(change: Callable[[dict[str, Any]], object]) -> bytes:
    """An envelope of the right key around a statement that was changed before it was signed."""
    value = json.loads(dsse.parse(GOOD).payload)
    change(value)
    return dsse.render(KEY.sign(statement.render(value)))


def _wrapped(**changes: Any) -> bytes:
    return json.dumps({**json.loads(GOOD), **changes}, separators=(",", ":")).encode()


def _payload(old: bytes, new: bytes) -> bytes:
    """The envelope with its payload changed behind the signature's back."""
    payload = dsse.parse(GOOD).payload
    assert old in payload
    return _wrapped(payload=base64.b64encode(payload.replace(old, new)).decode())


def test_statement() -> None:
    """Only what is known: the bundle, its manifest, how and by which version it was built; no time and no place."""
    assert json.loads(dsse.parse(GOOD).payload) == {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [
            {"name": "good.zip", "digest": {"sha256": "1" * 64}},
            {"name": "manifest.txt", "digest": {"sha256": "2" * 64}},
        ],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {"buildType": "urn:phase2-gate:build:1", "externalParameters": {}},
            "runDetails": {"builder": {"id": "urn:phase2-gate", "version": {"phase2-gate": __version__}}},
        },
    }


def test_same_bundle_same_envelope() -> None:
    """A key has one signature for one bundle; another key, name, bundle or manifest makes another envelope."""
    again = SigningKey.from_pem(KEY.to_pem(), "k")
    assert provenance.signed("good.zip", BUNDLE, MANIFEST, again) == GOOD
    others = {
        provenance.signed("good.zip", BUNDLE, MANIFEST, OTHER),
        provenance.signed("other.zip", BUNDLE, MANIFEST, KEY),
        provenance.signed("good.zip", ELSE, MANIFEST, KEY),
        provenance.signed("good.zip", BUNDLE, ELSE, KEY),
    }
    assert len(others - {GOOD}) == 4


def test_good_one_shows_the_manifest() -> None:
    """What it gives back is what the manifest in the bundle has to be."""
    assert _check(GOOD) == MANIFEST


@pytest.mark.parametrize("name", ["a\nb.zip", "\x1b[2J.zip", "\udcff.zip", "\u202e.zip", "é.zip"])
def test_any_name_can_be_signed(name: str) -> None:
    """The name is for people, escaped; what counts are the digests."""
    data = provenance.signed(name, BUNDLE, MANIFEST, KEY)
    assert _check(data) == MANIFEST
    assert dsse.parse(data).payload.isascii()


def test_securesystemslib_verifies_it() -> None:
    """So does whoever has never heard of us."""
    envelope = TheirEnvelope.from_dict(json.loads(GOOD))
    assert list(envelope.verify([SSlibKey.from_crypto(KEY.public._key)], 1)) == [KEY.public.keyid]


def test_statement_signed_with_securesystemslib() -> None:
    """And whoever signs our statement with their tools is believed."""
    signer = CryptoSigner.generate_ed25519()
    theirs = TheirEnvelope(dsse.parse(GOOD).payload, dsse.PAYLOAD_TYPE, {})
    theirs.sign(signer)
    key = SigningKey.from_pem(signer.private_bytes, "k")
    assert _check(json.dumps(theirs.to_dict(), indent=1).encode(), key) == MANIFEST


@pytest.mark.parametrize("bits", [0x01, 0x02, 0x20, 0x80, 0xFF])
def test_every_flipped_byte(bits: int) -> None:
    """No byte of an envelope can change without being noticed."""
    codes = set()
    for at, byte in enumerate(GOOD):
        codes.add(_code(GOOD[:at] + bytes([byte ^ bits]) + GOOD[at + 1 :]))
    assert codes <= {code for code in CODES if code.startswith(("envelope-", "signature-"))}


def test_every_truncation() -> None:
    """An envelope that was cut anywhere is none."""
    assert {_code(GOOD[:length]) for length in range(len(GOOD))} == {"envelope-not-json"}


@given(st.integers(0, len(GOOD)), st.binary(min_size=1, max_size=4))
def test_every_insertion(at: int, more: bytes) -> None:
    """What is put in is refused, but for white space between the tokens of the envelope, which says nothing."""
    changed = GOOD[:at] + more + GOOD[at:]
    try:
        _check(changed)
    except RefusedError:
        return
    assert json.loads(changed) == json.loads(GOOD)


ATTACKS: list[tuple[str, str, bytes]] = [
    ("other bundle behind the signature", "signature-invalid", _payload(b'"1111', b'"9111')),
    ("other manifest behind the signature", "signature-invalid", _payload(b'"2222', b'"9222')),
    ("other kind behind it", "signature-invalid", _payload(b"provenance/v1", b"provenance/v0")),
    ("wrong key", "signature-key", provenance.signed("good.zip", BUNDLE, MANIFEST, OTHER)),
    (
        "wrong key under the right name",
        "signature-invalid",
        _wrapped(
            signatures=[
                {**json.loads(provenance.signed("a", BUNDLE, MANIFEST, OTHER))["signatures"][0]}
                | {"keyid": KEY.public.keyid}
            ]
        ),
    ),
    (
        "wrong key under the right name, same statement",
        "signature-invalid",
        dsse.render(OTHER.sign(dsse.parse(GOOD).payload)).replace(
            OTHER.public.keyid.encode(), KEY.public.keyid.encode()
        ),
    ),
    ("no signature", "signature-count", _wrapped(signatures=[])),
    ("two signatures", "signature-count", _wrapped(signatures=SIGNATURES * 2)),
    ("a second, empty signature", "signature-count", _wrapped(signatures=[*SIGNATURES, {"sig": ""}])),
    ("other type behind the signature", "envelope-payload-type", _wrapped(payloadType="text/plain")),
    ("something else was signed", "envelope-payload-type", dsse.render(KEY.sign(b"{}", "text/plain"))),
    ("unknown field", "envelope-shape", _wrapped(extra=1)),
    ("white space in base64", "envelope-base64", _wrapped(payload="e30=\n")),
    ("spare padding", "envelope-base64", _wrapped(payload=json.loads(GOOD)["payload"] + "=")),
    ("very large", "envelope-too-large", GOOD + b" " * provenance.MAX_BYTES),
    ("a key twice", "envelope-duplicate-key", GOOD.replace(b'{"payload"', b'{"payload":"e30=","payload"')),
    ("empty statement", "statement-not-json", dsse.render(KEY.sign(b""))),
    ("deep statement", "statement-not-json", dsse.render(KEY.sign(b"[" * 5000))),
    ("a key twice in the statement", "statement-duplicate-key", dsse.render(KEY.sign(b'{"_type":1,"_type":2}'))),
    ("a list", "statement-type", dsse.render(KEY.sign(b"[]"))),
    ("old", "statement-type", _stated(lambda it: it.update(_type="https://in-toto.io/Statement/v0.1"))),
    ("a verdict of the same key", "predicate-type", seal(samples.PASS, b"{}", KEY)["test-result.intoto.json"]),
    ("a summary of the same key", "predicate-type", seal(samples.PASS, b"{}", KEY)["vsa.intoto.json"]),
    ("no kind", "predicate-type", _stated(lambda it: it.pop("predicateType"))),
    ("a kind that is no text", "predicate-type", _stated(lambda it: it.update(predicateType=[]))),
    ("no subjects", "subject-shape", _stated(lambda it: it.pop("subject"))),
    ("only a name", "subject-shape", _stated(lambda it: it["subject"].__setitem__(0, "good.zip"))),
    ("sha512", "subject-shape", _stated(lambda it: it["subject"][0].update(digest={"sha512": "1" * 128}))),
    ("sha1 besides", "subject-shape", _stated(lambda it: it["subject"][0]["digest"].update(sha1="1" * 40))),
    ("upper case", "subject-shape", _stated(lambda it: it["subject"][1]["digest"].update(sha256="A" * 64))),
    ("other digits", "subject-shape", _stated(lambda it: it["subject"][0]["digest"].update(sha256="\u0661" * 64))),
    ("empty subjects", "subject-count", _stated(lambda it: it.update(subject=[]))),
    ("no manifest", "subject-count", _stated(lambda it: it["subject"].pop())),
    (
        "a bundle besides",
        "subject-count",
        _stated(lambda it: it["subject"].append({"name": "b.zip", "digest": {"sha256": ELSE}})),
    ),
    ("other bundle", "subject-bundle", provenance.signed("good.zip", ELSE, MANIFEST, KEY)),
    ("the manifest's digest first", "subject-bundle", _stated(lambda it: it["subject"].reverse())),
    ("manifest's name", "subject-manifest", _stated(lambda it: it["subject"][1].update(name="Manifest.txt"))),
    ("no predicate", "predicate-shape", _stated(lambda it: it.pop("predicate"))),
    ("empty predicate", "predicate-shape", _stated(lambda it: it.update(predicate={}))),
    (
        "other build",
        "predicate-shape",
        _stated(lambda it: it["predicate"]["buildDefinition"].update(buildType="urn:phase2-gate:build:2")),
    ),
    (
        "parameters that nobody knows",
        "predicate-shape",
        _stated(lambda it: it["predicate"]["buildDefinition"].update(externalParameters={"patch": "evil"})),
    ),
    (
        "no parameters",
        "predicate-shape",
        _stated(lambda it: it["predicate"]["buildDefinition"].pop("externalParameters")),
    ),
    ("no builder", "predicate-shape", _stated(lambda it: it["predicate"].pop("runDetails"))),
    (
        "other builder",
        "predicate-shape",
        _stated(lambda it: it["predicate"]["runDetails"]["builder"].update(id="https://github.com/actions/runner")),
    ),
]
"""What was done, the code that it is refused with, and the envelope."""


@pytest.mark.parametrize(("_", "code", "data"), ATTACKS, ids=[name for name, _, _ in ATTACKS])
def test_attacks(_: str, code: str, data: bytes) -> None:
    """Each is refused for its own reason, and is a finding of the gate by the rule that goes with it."""
    assert _code(data) == code
    signed = demanded.look(data, "good.zip.build.intoto.json", KEY.public, BUNDLE)
    [found] = signed.findings
    assert (found.rule, signed.manifest_sha256, signed.note) == (RULES[code], None, "")
    assert found.detail.startswith(f"'good.zip.build.intoto.json': {code}: ")
    assert len(found.detail) < 400


def test_other_bundle() -> None:
    """A good envelope shows nothing about other bytes, not even the manifest's own."""
    assert _code(GOOD, bundle=ELSE) == "subject-bundle"
    assert _code(GOOD, bundle=MANIFEST) == "subject-bundle"


def test_what_a_look_comes_to() -> None:
    """The manifest and whose word it is; nothing there is a finding of its own."""
    assert demanded.look(GOOD, "e", KEY.public, BUNDLE) == Signed(MANIFEST, note=f"signed with key {KEY.public.keyid}")
    missing = Signed(None, (Finding("signature-missing", None, "no file 'e'"),))
    assert demanded.look(None, "e", KEY.public, BUNDLE) == missing
    assert demanded.look(b"", "e", KEY.public, BUNDLE).findings[0].rule == "signature-malformed"


def test_more_facts_are_passed_over() -> None:
    """What other builders may add about a run changes nothing of what it says."""
    data = _stated(lambda it: it["predicate"]["runDetails"].update(metadata={"startedOn": "2026-01-02T03:04:05Z"}))
    assert _check(data) == MANIFEST


def test_every_code_has_a_rule() -> None:
    """Whatever can be wrong with a builder's envelope breaks one of the gate's rules, and is attacked above."""
    assert set(RULES) == {code for code in CODES if not code.startswith(("policy-", "keyless-"))}
    assert {*RULES.values(), "signature-missing"} == set(of_gate("signature"))
    assert {code for _, code, _ in ATTACKS} | {"envelope-not-json"} == set(RULES)

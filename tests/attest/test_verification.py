"""
The attacks: every envelope that does not show what is demanded is refused, with the code that says why.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope as TheirEnvelope
from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined] # re-exported, not in __all__

from phase2_gate import attest
from phase2_gate.attest import dsse, statement
from phase2_gate.attest.claim import Claim
from phase2_gate.attest.codes import CODES
from phase2_gate.attest.keys import SigningKey
from phase2_gate.attest.seal import seal
from phase2_gate.attest.verification import Policy, check
from phase2_gate.core.digest import Sha256
from phase2_gate.core.errors import RefusedError
from phase2_gate.core.profile import BUILD_LOOP_PHASE2, GENERIC, Profile
from phase2_gate.core.record import Record
from phase2_gate.core.report import Verdict
from phase2_gate.isolation.level import Level
from tests.report import samples
from tests.values import replace

KEY, OTHER = SigningKey.new(), SigningKey.new()
POLICY = Policy(GENERIC)
RESULT = "test-result.intoto.json"
SUMMARY = "vsa.intoto.json"


def _sealed(record: Record = samples.PASS, profile: Profile = GENERIC, key: SigningKey = KEY) -> dict[str, bytes]:
    return seal(replace(record, demands=profile), b"{}", key)


GOOD = _sealed()


def _check(data: bytes, policy: Policy = POLICY, key: SigningKey = KEY, **digests: Any) -> Claim:
    bundle = digests.get("bundle", samples.BUNDLE_SHA256)
    return check(data, key.public, bundle, digests.get("manifest", samples.MANIFEST_SHA256), policy)


def _code(data: bytes, policy: Policy = POLICY, key: SigningKey = KEY, **digests: Any) -> str:
    with pytest.raises(RefusedError) as raised:
        _check(data, policy, key, **digests)
    assert raised.value.code in CODES
    assert str(raised.value) == f"{raised.value.code}: {raised.value.detail}"
    return raised.value.code


def _stated(change: Callable[[dict[str, Any]], object]) -> bytes:
    """An envelope of the right key around a statement that was changed before it was signed."""
    value = json.loads(dsse.parse(GOOD[RESULT]).payload)
    change(value)
    return dsse.render(KEY.sign(statement.render(value)))


@pytest.mark.parametrize(("name", "predicate"), [(RESULT, "test-result"), (SUMMARY, "vsa")])
def test_good_one_is_accepted(name: str, predicate: str) -> None:
    """Both kinds, each where it is asked for."""
    claim = _check(GOOD[name], replace(POLICY, predicate=predicate))
    assert claim == Claim("PASS", "generic", statement.profile_sha256(GENERIC), "strict")


@pytest.mark.parametrize("bits", [0x01, 0x02, 0x20, 0x80, 0xFF])
@pytest.mark.parametrize("name", [RESULT, SUMMARY])
def test_every_flipped_byte(name: str, bits: int) -> None:
    """No byte of an envelope can change without being noticed."""
    policy = replace(POLICY, predicate="vsa" if name == SUMMARY else "test-result")
    codes = set()
    for at, byte in enumerate(GOOD[name]):
        codes.add(_code(GOOD[name][:at] + bytes([byte ^ bits]) + GOOD[name][at + 1 :], policy))
    assert codes <= {code for code in CODES if code.startswith(("envelope-", "signature-"))}


@given(st.integers(0, len(GOOD[RESULT]) - 1), st.integers(0, 255))
def test_every_other_byte(at: int, byte: int) -> None:
    """Nor can it become any other byte."""
    changed = GOOD[RESULT][:at] + bytes([byte]) + GOOD[RESULT][at + 1 :]
    if changed == GOOD[RESULT]:
        assert _check(changed).verdict == "PASS"
    else:
        _code(changed)


def test_every_truncation() -> None:
    """An envelope that was cut anywhere is none."""
    assert {_code(GOOD[RESULT][:length]) for length in range(len(GOOD[RESULT]))} == {"envelope-not-json"}


@given(st.integers(0, len(GOOD[RESULT])), st.binary(min_size=1, max_size=4))
def test_every_insertion(at: int, more: bytes) -> None:
    """What is put in is refused, but for white space between the tokens of the envelope, which says nothing."""
    changed = GOOD[RESULT][:at] + more + GOOD[RESULT][at:]
    try:
        _check(changed)
    except RefusedError:
        return
    assert json.loads(changed) == json.loads(GOOD[RESULT])


def _resigned(**changes: Any) -> bytes:
    value = json.loads(GOOD[RESULT])
    return json.dumps({**value, **changes}, separators=(",", ":")).encode()


def _payload(old: bytes, new: bytes) -> bytes:
    """The envelope with its payload changed behind the signature's back."""
    payload = dsse.parse(GOOD[RESULT]).payload
    assert old in payload
    return _resigned(payload=base64.b64encode(payload.replace(old, new)).decode())


_SIGNATURES = json.loads(GOOD[RESULT])["signatures"]
_OTHERS_SIGNATURE = json.loads(_sealed(key=OTHER)[RESULT])["signatures"][0]["sig"]
_FAILED = _sealed(samples.FAIL)
_SUBJECT = {"name": "evil.zip", "digest": {"sha256": "9" * 64}}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (_payload(b'"1111', b'"9111'), "signature-invalid"),
        (_payload(b'"PASSED"', b'"FAILED"'), "signature-invalid"),
        (_FAILED[RESULT], "policy-verdict"),
        (_sealed(key=OTHER)[RESULT], "signature-key"),
        (
            _resigned(signatures=[{"sig": json.loads(_sealed(key=OTHER)[RESULT])["signatures"][0]["sig"]}]),
            "signature-invalid",
        ),
        (_resigned(signatures=[{**_SIGNATURES[0], "keyid": OTHER.public.keyid}]), "signature-key"),
        (_resigned(signatures=[]), "signature-count"),
        (_resigned(signatures=_SIGNATURES * 2), "signature-count"),
        (_resigned(signatures=[*_SIGNATURES, {"sig": ""}]), "signature-count"),
        (_resigned(payloadType="application/json"), "envelope-payload-type"),
        (dsse.render(KEY.sign(b"{}", "application/json")), "envelope-payload-type"),
        (GOOD[RESULT].replace(b'{"payload"', b'{"payload":"e30=","payload"'), "envelope-duplicate-key"),
        (_resigned(payload=json.loads(GOOD[RESULT])["payload"] + "\n"), "envelope-base64"),
        (_sealed(profile=BUILD_LOOP_PHASE2)[RESULT], "policy-profile"),
        (_sealed(profile=replace(GENERIC, minimum_tests=0))[RESULT], "policy-profile"),
        (_sealed(replace(samples.PASS, isolation="process"))[RESULT], "policy-isolation"),
        (_sealed(replace(samples.PASS, isolation="none"))[RESULT], "policy-isolation"),
        (_sealed(replace(samples.PASS, isolation=""))[RESULT], "policy-isolation"),
        (_sealed(replace(samples.PASS, isolation="total"))[RESULT], "policy-isolation"),
        (GOOD[SUMMARY], "predicate-type"),
        (dsse.render(KEY.sign(b"")), "statement-not-json"),
        (dsse.render(KEY.sign(b"[]")), "statement-type"),
        (dsse.render(KEY.sign(b'{"_type":1,"_type":2}')), "statement-duplicate-key"),
        (_stated(lambda it: it.update(_type="https://in-toto.io/Statement/v0.1")), "statement-type"),
        (_stated(lambda it: it.pop("predicateType")), "predicate-type"),
        (_stated(lambda it: it.update(predicateType="https://slsa.dev/provenance/v1")), "predicate-type"),
        (_stated(lambda it: it.pop("subject")), "subject-shape"),
        (_stated(lambda it: it["subject"].__setitem__(0, "good.zip")), "subject-shape"),
        (_stated(lambda it: it["subject"][0].pop("name")), "subject-shape"),
        (_stated(lambda it: it["subject"][0].update(digest="1" * 64)), "subject-shape"),
        (_stated(lambda it: it["subject"][0].update(digest={"sha1": "1" * 40})), "subject-shape"),
        (_stated(lambda it: it["subject"][0]["digest"].update(sha512="1" * 128)), "subject-shape"),
        (_stated(lambda it: it["subject"][0]["digest"].update(sha256=1)), "subject-shape"),
        (_stated(lambda it: it["subject"][0]["digest"].update(sha256="A" * 64)), "subject-shape"),
        (_stated(lambda it: it["subject"][1]["digest"].update(sha256="2" * 63)), "subject-shape"),
        (_stated(lambda it: it["subject"][0].update(digest={"SHA256": "1" * 64})), "subject-shape"),
        (_stated(lambda it: it.update(subject=[])), "subject-count"),
        (_stated(lambda it: it["subject"].append(_SUBJECT)), "subject-count"),
        (_stated(lambda it: it["subject"].insert(0, _SUBJECT)), "subject-count"),
        (_stated(lambda it: it["subject"].pop()), "subject-count"),
        (_stated(lambda it: it["subject"].__setitem__(0, _SUBJECT)), "subject-bundle"),
        (_stated(lambda it: it["subject"].reverse()), "subject-bundle"),
        (_stated(lambda it: it["subject"].__setitem__(1, _SUBJECT)), "subject-manifest"),
        (_stated(lambda it: it["subject"][1].update(name="MANIFEST.txt")), "subject-manifest"),
        (_stated(lambda it: it.pop("predicate")), "predicate-shape"),
        (_stated(lambda it: it.update(predicate={})), "predicate-shape"),
    ],
)
def test_attacks(data: bytes, code: str) -> None:
    """Each is refused for its own reason."""
    assert _code(data) == code


def test_other_bundle_and_other_manifest() -> None:
    """A good envelope shows nothing about other bytes."""
    assert _code(GOOD[RESULT], bundle=Sha256("9" * 64)) == "subject-bundle"
    assert _code(GOOD[RESULT], manifest=Sha256("9" * 64)) == "subject-manifest"
    assert _code(GOOD[RESULT], manifest=None) == "subject-manifest"


def test_other_demands() -> None:
    """The terms are the auditor's: other ones are not met by a good envelope."""
    assert _code(GOOD[RESULT], Policy(BUILD_LOOP_PHASE2)) == "policy-profile"
    assert _code(GOOD[RESULT], replace(POLICY, verdict=Verdict.FAIL)) == "policy-verdict"
    assert _code(GOOD[RESULT], replace(POLICY, predicate="vsa")) == "predicate-type"
    assert _code(GOOD[RESULT], key=OTHER) == "signature-key"


@pytest.mark.parametrize("demanded", Level)
@pytest.mark.parametrize("stated", Level)
def test_isolation_is_a_floor(demanded: Level, stated: Level) -> None:
    """Stronger than demanded is enough, weaker is not."""
    order = ["none", "process", "sandbox-exec", "landlock", "strict"]
    data = _sealed(replace(samples.PASS, isolation=stated.value))
    for name, predicate in ((RESULT, "test-result"), (SUMMARY, "vsa")):
        policy = Policy(GENERIC, isolation=demanded, predicate=predicate)
        if order.index(stated.value) >= order.index(demanded.value):
            assert _check(data[name], policy).isolation == stated.value
        else:
            assert _code(data[name], policy) == "policy-isolation"


@pytest.mark.parametrize(("name", "predicate"), [(RESULT, "test-result"), (SUMMARY, "vsa")])
def test_fail_can_be_demanded(name: str, predicate: str) -> None:
    """A signed FAIL is accepted by who asks for one, whatever ran."""
    policy = Policy(GENERIC, verdict=Verdict.FAIL, predicate=predicate)
    assert _check(_FAILED[name], policy).verdict == "FAIL"


def test_bundle_without_manifest() -> None:
    """One subject is enough for a FAIL, which may come before the manifest is read; a PASS is about both."""
    record = replace(samples.FAIL, subject=replace(samples.FAIL.subject, manifest_sha256=None))
    policy = Policy(GENERIC, verdict=Verdict.FAIL)
    data = _sealed(record)[RESULT]
    assert _check(data, policy, manifest=None).verdict == "FAIL"
    assert _check(data, policy).verdict == "FAIL"
    assert _code(_stated(lambda it: it["subject"].pop())) == "subject-count"
    assert _check(_stated(lambda it: it["subject"].pop()), manifest=None).verdict == "PASS"


def test_statement_in_an_envelope_of_securesystemslib() -> None:
    """Whoever signs our statement with their tools is verified by ours."""
    signer = CryptoSigner.generate_ed25519()
    theirs = TheirEnvelope(dsse.parse(GOOD[RESULT]).payload, dsse.PAYLOAD_TYPE, {})
    theirs.sign(signer)
    key = SigningKey.from_pem(signer.private_bytes, "k")
    assert _check(json.dumps(theirs.to_dict()).encode(), key=key).verdict == "PASS"


def test_every_code_is_used() -> None:
    """No code is promised that nothing refuses with; those of JSON are put together from two halves."""
    modules = [path for path in Path(attest.__file__).parent.glob("*.py") if path.name != "codes.py"]
    source = "".join(path.read_text("utf-8") for path in modules)
    assert {code for code in CODES if f'"{code}"' not in source} == {
        f"{what}-{why}" for what in ("envelope", "statement") for why in ("not-json", "duplicate-key")
    }

"""
Keys: PEM in and out, one name for a key, and signatures that securesystemslib agrees with.
"""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from securesystemslib.dsse import Envelope as TheirEnvelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey  # type: ignore[attr-defined] # re-exported, not in __all__

from phase2_gate.attest import dsse
from phase2_gate.attest.keys import SigningKey, VerifyingKey
from phase2_gate.core.errors import KeyFileError, RefusedError

KEY = SigningKey.new()


def test_pem_is_read_again() -> None:
    """Both halves survive their PEM, and a pair has one name."""
    private, public = KEY.to_pem(), KEY.public.to_pem()
    assert private.startswith(b"-----BEGIN PRIVATE KEY-----\n")
    assert public.startswith(b"-----BEGIN PUBLIC KEY-----\n")
    assert SigningKey.from_pem(private, "k").to_pem() == private
    assert VerifyingKey.from_pem(public, "k").to_pem() == public
    assert VerifyingKey.from_pem(public, "k").keyid == KEY.public.keyid
    assert SigningKey.new().public.keyid != KEY.public.keyid


def test_known_key() -> None:
    """The public key of RFC 8410, section 10.1, read from its text."""
    body = b"MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="
    pem = b"-----BEGIN PUBLIC KEY-----\n" + body + b"\n-----END PUBLIC KEY-----\n"
    assert VerifyingKey.from_pem(pem, "k").to_pem() == pem


def _ec_private() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _encrypted() -> bytes:
    key = CryptoSigner.generate_ed25519()._private_key
    return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "k: not a private key in PEM"),
        (b"secret", "k: not a private key in PEM"),
        (KEY.public.to_pem(), "k: not a private key in PEM"),
        (KEY.to_pem()[:60], "k: not a private key in PEM"),
        (_ec_private(), "k: another kind of key: seen ECPrivateKey, need Ed25519"),
        (_encrypted(), "k: the key is encrypted"),
    ],
)
def test_what_is_no_private_key(data: bytes, message: str) -> None:
    """Each is refused without a word of its content."""
    with pytest.raises(KeyFileError) as raised:
        SigningKey.from_pem(data, "k")
    assert raised.value.message == message
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "k: not a public key in PEM"),
        (KEY.to_pem(), "k: not a public key in PEM"),
        (
            ed448.Ed448PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            "k: another kind of key: seen Ed448PublicKey, need Ed25519",
        ),
    ],
)
def test_what_is_no_public_key(data: bytes, message: str) -> None:
    """A private key is not taken for its public half."""
    with pytest.raises(KeyFileError) as raised:
        VerifyingKey.from_pem(data, "k")
    assert raised.value.message == message


def test_signature_is_checked() -> None:
    """The right one passes; another payload, type, name or key does not."""
    envelope = KEY.sign(b"payload")
    KEY.public.check(envelope)
    KEY.public.check(dsse.Envelope(envelope.payload, envelope.signature, ""))
    for changed, code in (
        (dsse.Envelope(b"payloae", envelope.signature, envelope.keyid), "signature-invalid"),
        (dsse.Envelope(envelope.payload, envelope.signature, envelope.keyid, "t"), "signature-invalid"),
        (dsse.Envelope(envelope.payload, b"", envelope.keyid), "signature-invalid"),
        (dsse.Envelope(envelope.payload, envelope.signature, "x"), "signature-key"),
    ):
        with pytest.raises(RefusedError) as raised:
            KEY.public.check(changed)
        assert raised.value.code == code
    with pytest.raises(RefusedError, match="signature-key"):
        SigningKey.new().public.check(envelope)


def test_key_is_named_as_securesystemslib_names_it() -> None:
    """One key has one name in both."""
    signer = CryptoSigner.generate_ed25519()
    ours = SigningKey.from_pem(signer.private_bytes, "k")
    assert ours.public.keyid == signer.public_key.keyid
    theirs = SSlibKey.from_crypto(ours.public._key)
    assert theirs.keyid == ours.public.keyid


@pytest.mark.parametrize("payload", [b"", b"{}", "é€".encode(), bytes(range(256))])
def test_securesystemslib_verifies_ours(payload: bytes) -> None:
    """Our envelope is theirs, and a changed one is not."""
    data = json.loads(dsse.render(KEY.sign(payload)))
    key = SSlibKey.from_crypto(KEY.public._key)
    envelope = TheirEnvelope.from_dict(data)
    assert list(envelope.verify([key], 1)) == [KEY.public.keyid]
    envelope.payload += b"x"
    with pytest.raises(VerificationError):
        envelope.verify([key], 1)


@pytest.mark.parametrize("payload", [b"", b"{}", "é€".encode(), bytes(range(256))])
def test_we_verify_those_of_securesystemslib(payload: bytes) -> None:
    """Their envelope is ours, whatever white space it is written with."""
    signer = CryptoSigner.generate_ed25519()
    theirs = TheirEnvelope(payload, dsse.PAYLOAD_TYPE, {})
    theirs.sign(signer)
    envelope = dsse.parse(json.dumps(theirs.to_dict(), indent=2).encode())
    assert envelope.payload == payload
    SigningKey.from_pem(signer.private_bytes, "k").public.check(envelope)

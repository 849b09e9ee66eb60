"""
Keys: PEM in and out, one name for a key, and signatures that securesystemslib agrees with.
"""

from __future__ import annotations

import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519
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


_PRIME, _ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _PRIME) % _PRIME


def _add(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """The sum of two points of the curve (RFC 8032, 5.1.4, with affine coordinates)."""
    (x, y), (u, v) = one, other
    product = _D * x * u * y * v % _PRIME
    return (
        (x * v + y * u) * pow(1 + product, -1, _PRIME) % _PRIME,
        (y * v + x * u) * pow(1 - product, -1, _PRIME) % _PRIME,
    )


def _small_points() -> set[tuple[int, int]]:
    """All eight: the multiples by the group's prime order of whatever points there are."""
    found: set[tuple[int, int]] = set()
    y = 2
    while len(found) < 8:
        y += 1
        square = (y * y - 1) * pow(_D * y * y + 1, -1, _PRIME) % _PRIME
        x = pow(square, (_PRIME + 3) // 8, _PRIME)
        x = x if x * x % _PRIME == square else x * pow(2, (_PRIME - 1) // 4, _PRIME) % _PRIME
        if x * x % _PRIME != square:
            continue
        point, left, summed = (x, y), _ORDER, (0, 1)
        while left:
            summed = _add(summed, point) if left & 1 else summed
            point, left = _add(point, point), left >> 1
        found.add(summed)
    return found


def _spellings(y: int) -> list[bytes]:
    """The points of one height as they are written, and as they could be with a number beyond the field's size."""
    numbers = (number for number in (y, y + _PRIME) if number < 2**255)
    return [(number | sign << 255).to_bytes(32, "little") for number in numbers for sign in (0, 1)]


WEAK = sorted({spelling for _, y in _small_points() for spelling in _spellings(y)})


def test_small_points_are_known() -> None:
    """Fourteen spellings of the eight points, as the literature counts them."""
    assert len(WEAK) == 14


@pytest.mark.parametrize("point", WEAK, ids=bytes.hex)
def test_key_with_which_anybody_can_sign_is_refused(point: bytes) -> None:
    """Without a private key, signatures of some texts hold with it; so it is none."""
    key = ed25519.Ed25519PublicKey.from_public_bytes(point)

    def forged(text: bytes) -> bool:
        for start in WEAK:
            try:
                key.verify(start + bytes(32), text)
            except InvalidSignature:
                continue
            return True
        return False

    assert any(forged(b"text %d" % number) for number in range(64))
    with pytest.raises(KeyFileError, match="k: a key of small order, with which anybody can sign"):
        VerifyingKey.from_pem(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), "k")


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

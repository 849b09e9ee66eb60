"""
Ed25519 keys (RFC 8032) as PEM: PKCS #8 for the private one, SubjectPublicKeyInfo for the public one (RFC 8410).

The one module that needs ``cryptography``.
"""

from __future__ import annotations

import hashlib
import json

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from ..core.errors import KeyFileError, RefusedError
from .dsse import PAYLOAD_TYPE, Envelope, pae
from .strict_json import shown

# Points of small order, and their spellings beyond the field's size: with such a key a signature by anybody can hold,
# and OpenSSL does not refuse one (Brendel et al., The Provable Security of Ed25519, 2021). The highest bit is a sign.
_WEAK = frozenset(
    bytes.fromhex(text)
    for text in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)


class VerifyingKey:
    """
    A public key: tells whether an envelope was signed with its private twin.
    """

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    @classmethod
    def from_pem(cls, data: bytes, name: str) -> VerifyingKey:
        """
        The key in `data`.

        Args:
            data: A PEM document.
            name: What messages call it.

        Raises:
            KeyFileError: when it holds no Ed25519 public key, or one with which anybody can sign.
        """
        try:
            key = load_pem_public_key(data)
        except (ValueError, UnsupportedAlgorithm) as error:
            hint = "a public key begins with BEGIN PUBLIC KEY; `phase2-gate key new FILE` writes it to FILE.pub"
            raise KeyFileError(f"{name}: not a public key in PEM", hint=hint) from error
        if not isinstance(key, Ed25519PublicKey):
            raise KeyFileError(f"{name}: another kind of key: seen {type(key).__name__}, need Ed25519")
        point = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        if point[:-1] + bytes([point[-1] & 0x7F]) in _WEAK:
            raise KeyFileError(f"{name}: a key of small order, with which anybody can sign")
        return cls(key)

    @property
    def keyid(self) -> str:
        """
        The name of the key: the digest of its description, as securesystemslib and TUF form it.
        """
        public = self._key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
        described = {"keytype": "ed25519", "keyval": {"public": public}, "scheme": "ed25519"}
        return hashlib.sha256(json.dumps(described, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def to_pem(self) -> bytes:
        """
        The key as a PEM document.
        """
        return self._key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def check(self, envelope: Envelope) -> None:
        """
        Whether the envelope was signed with this key.

        Raises:
            RefusedError: when it names another key, or the signature is not this key's of these bytes.
        """
        # The name is not signed and proves nothing; but one that is given and wrong is no envelope that we would read.
        if envelope.keyid not in {"", self.keyid}:
            raise RefusedError("signature-key", f"seen key {shown(envelope.keyid)}, need {self.keyid}")
        try:
            self._key.verify(envelope.signature, pae(envelope.payload_type, envelope.payload))
        except InvalidSignature as error:
            raise RefusedError("signature-invalid", f"not made by key {self.keyid} for these bytes") from error


class SigningKey:
    """
    A private key.
    """

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def new(cls) -> SigningKey:
        """
        A fresh key, from the operating system's randomness.
        """
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, data: bytes, name: str) -> SigningKey:
        """
        The key in `data`.

        Args:
            data: A PEM document without a passphrase.
            name: What messages call it.

        Raises:
            KeyFileError: when it holds no such key; the message never quotes it.
        """
        try:
            key = load_pem_private_key(data, password=None)
        except TypeError:
            hint = "decrypt it where it is needed, and hand it over by a descriptor: --sign fd:3"
            raise KeyFileError(f"{name}: the key is encrypted", hint=hint) from None
        except (ValueError, UnsupportedAlgorithm):
            # Without the cause: what the library says of a broken key may quote it.
            hint = "`phase2-gate key new FILE` makes one"
            raise KeyFileError(f"{name}: not a private key in PEM", hint=hint) from None
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyFileError(f"{name}: another kind of key: seen {type(key).__name__}, need Ed25519")
        return cls(key)

    @property
    def public(self) -> VerifyingKey:
        """
        Its public twin.
        """
        return VerifyingKey(self._key.public_key())

    def to_pem(self) -> bytes:
        """
        The key as a PEM document, not encrypted.
        """
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, payload: bytes, payload_type: str = PAYLOAD_TYPE) -> Envelope:
        """
        An envelope around `payload`.
        """
        signature = self._key.sign(pae(payload_type, payload))
        return Envelope(payload, signature, self.public.keyid, payload_type)

"""
A Sigstore instance of the tests' own: its certificate authority, its logs, its trust root, and bundles that it made.

Written after RFC 6962 (timestamps of certificates, tree heads), the certificate profile of Fulcio, Rekor's ``dsse``
entries and C2SP's signed notes, so that what it makes is checked by nobody who made it.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import struct
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAME, ISSUER = "https://ci.example/project/workflow", "https://issuer.example"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
_ISSUER_OID = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.1")
_TIMESTAMPS_OID = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
_BORN = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
_YEARS = datetime.timedelta(days=3650)
_SIGNED = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _spki(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _key_id(key: ec.EllipticCurvePrivateKey) -> bytes:
    return hashlib.sha256(_spki(key)).digest()


def _sign(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


class Instance(NamedTuple):
    """
    Keys of an instance, and its root certificate.
    """

    authority: ec.EllipticCurvePrivateKey
    """Signs certificates."""
    certificate: x509.Certificate
    """The authority's own."""
    certificates: ec.EllipticCurvePrivateKey
    """Of the log of certificates."""
    entries: ec.EllipticCurvePrivateKey
    """Of the log of signatures."""

    @classmethod
    def new(cls) -> Instance:
        """
        One that nobody else trusts.
        """
        key = _key()
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority of the tests")])
        builder = x509.CertificateBuilder(name, name, key.public_key(), 1, _BORN, _BORN + _YEARS)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_usage(keys=True), critical=True)
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        certificate = builder.add_extension(identifier, critical=False).sign(key, hashes.SHA256())
        return cls(key, certificate, _key(), _key())

    def trust_root(self) -> bytes:
        """
        The ``trusted_root.json``.
        """
        since = {"start": _BORN.isoformat().replace("+00:00", "Z")}

        def log(key: ec.EllipticCurvePrivateKey, url: str) -> dict[str, object]:
            public = {"rawBytes": _b64(_spki(key)), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": since}
            return {
                "baseUrl": url,
                "hashAlgorithm": "SHA2_256",
                "publicKey": public,
                "logId": {"keyId": _b64(_key_id(key))},
            }

        chain = {"certificates": [{"rawBytes": _b64(self.certificate.public_bytes(Encoding.DER))}]}
        authority = {
            "subject": {"organization": "tests", "commonName": "authority of the tests"},
            "uri": "https://authority.invalid",
            "certChain": chain,
            "validFor": since,
        }
        root = {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [log(self.entries, "https://entries.invalid")],
            "certificateAuthorities": [authority],
            "ctlogs": [log(self.certificates, "https://certificates.invalid")],
        }
        return json.dumps(root).encode()

    def bundle(self, payload: bytes, kind: str = PAYLOAD_TYPE) -> dict[str, Any]:
        """
        A bundle around a payload, signed by `NAME`, as a JSON value.

        Args:
            payload: What is signed.
            kind: Its type.
        """
        key = _key()
        certificate = self._certified(key)
        signature = _sign(key, b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(payload), payload))
        envelope: dict[str, object] = {
            "payload": _b64(payload),
            "payloadType": kind,
            "signatures": [{"sig": _b64(signature)}],
        }
        der = _b64(certificate.public_bytes(Encoding.DER))
        return {
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": {
                "certificate": {"rawBytes": der},
                "tlogEntries": [self._entry(envelope, payload, signature, certificate)],
            },
            "dsseEnvelope": envelope,
        }

    def _certified(self, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
        public = self.authority.public_key()
        end = _SIGNED + datetime.timedelta(minutes=5)
        builder = x509.CertificateBuilder(
            self.certificate.subject, x509.Name([]), key.public_key(), 2, _SIGNED - datetime.timedelta(minutes=5), end
        )
        for extension, critical in (
            (_usage(keys=False), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), False),
            (x509.AuthorityKeyIdentifier.from_issuer_public_key(public), False),
            (x509.SubjectAlternativeName([x509.UniformResourceIdentifier(NAME)]), True),
            (x509.UnrecognizedExtension(_ISSUER_OID, ISSUER.encode()), False),
        ):
            builder = builder.add_extension(extension, critical=critical)
        # RFC 6962, 3.2: what the log signs is the certificate without the extension that holds the log's signature.
        bare = builder.sign(self.authority, hashes.SHA256()).tbs_certificate_bytes
        time = struct.pack(">Q", int(_SIGNED.timestamp() * 1000))
        entry = b"\x00\x01" + _key_id(self.authority) + len(bare).to_bytes(3, "big") + bare
        signed = _sign(self.certificates, b"\x00\x00" + time + entry + b"\x00\x00")
        stamp = b"\x00" + _key_id(self.certificates) + time + b"\x00\x00\x04\x03" + _sized(signed)
        octets = _sized(_sized(stamp))
        extension = x509.UnrecognizedExtension(_TIMESTAMPS_OID, b"\x04" + _length(octets) + octets)
        return builder.add_extension(extension, critical=False).sign(self.authority, hashes.SHA256())

    def _entry(
        self, envelope: dict[str, object], payload: bytes, signature: bytes, certificate: x509.Certificate
    ) -> dict[str, object]:
        verifier = _b64(certificate.public_bytes(Encoding.PEM))
        value = {
            "apiVersion": "0.0.1",
            "kind": "dsse",
            "spec": {
                "envelopeHash": {"algorithm": "sha256", "value": hashlib.sha256(_canonical(envelope)).hexdigest()},
                "payloadHash": {"algorithm": "sha256", "value": hashlib.sha256(payload).hexdigest()},
                "signatures": [{"signature": _b64(signature), "verifier": verifier}],
            },
        }
        body, identifier, time = _canonical(value), _key_id(self.entries), int(_SIGNED.timestamp())
        promise = {"body": _b64(body), "integratedTime": time, "logID": identifier.hex(), "logIndex": 1}
        # RFC 6962, 2.1: the second of two leaves.
        other = hashlib.sha256(b"\x00an older entry").digest()
        root = hashlib.sha256(b"\x01" + other + hashlib.sha256(b"\x00" + body).digest()).digest()
        head = f"entries.invalid - 1\n2\n{_b64(root)}\n"
        note = f"{head}\n\u2014 entries.invalid {_b64(identifier[:4] + _sign(self.entries, head.encode()))}\n"
        return {
            "logIndex": "1",
            "logId": {"keyId": _b64(identifier)},
            "kindVersion": {"kind": "dsse", "version": "0.0.1"},
            "integratedTime": str(time),
            "inclusionPromise": {"signedEntryTimestamp": _b64(_sign(self.entries, _canonical(promise)))},
            "inclusionProof": {
                "logIndex": "1",
                "rootHash": _b64(root),
                "treeSize": "2",
                "hashes": [_b64(other)],
                "checkpoint": {"envelope": note},
            },
            "canonicalizedBody": _b64(body),
        }


def _usage(*, keys: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not keys,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=keys,
        crl_sign=keys,
        encipher_only=False,
        decipher_only=False,
    )


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _sized(data: bytes) -> bytes:
    return struct.pack(">H", len(data)) + data


def _length(data: bytes) -> bytes:
    # DER, X.690 8.1.3: the extensions of these tests are shorter than 256 bytes.
    assert len(data) < 256
    return bytes([len(data)]) if len(data) < 128 else b"\x81" + bytes([len(data)])

"""
Tests of what counts as a secret.
"""

from __future__ import annotations

import base64
import struct
from types import ModuleType

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from phase2_gate.core import key_material, key_text

_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_PEM = _KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
_SSH = _KEY.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
_LOCKED = _KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
_PUBLIC = _KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
_RSA = rsa.generate_private_key(65537, 2048)
_EC = ec.derive_private_key(5, ec.SECP521R1())
_RANDOM = base64.b64encode(bytes(range(48)))
_PACKETS = [b"\x95\x03\x98\x04", b"\x94\x58\x04", b"\xc5\x58\x04", b"\xc5\xc3\x98\x04", b"\x95\x01\xbb\x03"]
"""How a secret key of OpenPGP begins: RFC 9580, sections 4.2 and 5.5.3."""
_OPENPGP = [base64.b64encode(packet + bytes(44)) for packet in _PACKETS]
_EC_PEM = _EC.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
_SSH2 = b"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: x\n" + base64.b64encode(
    b"\x3f\x6f\xf9\xeb\0\0\1\2\0\0\0\7if-modn" + bytes(32)
)
_PUTTY = (
    b"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: KY\nPublic-Lines: 1\nAA\nPrivate-Lines: 1\nAA\n"
)
_BEGIN = b"-----BEGIN %b-----"


@pytest.mark.parametrize(
    "path",
    [
        "id_rsa",
        ".env/SECRET",
        "home/.ssh/id_ed25519",
        "ID_RSA",
        ".env",
        "app/.env",
        ".env.local",
        ".env.production",
        ".env.example.local",
        ".env.production.ci",
        ".env.local.test",
        ".pypirc",
        ".netrc",
        "_netrc",
        ".git-credentials",
        "key.ppk",
        "store.p12",
        "Store.PFX",
        "passwords.kdbx",
        ".aws/credentials",
        "x/.docker/config.json",
        ".gnupg/private-keys-v1.d/AB.key",
    ],
)
def test_knows_names_of_secrets(path: str) -> None:
    """
    A name that stands for a secret is known below any parent and in any case.
    """
    assert key_material.by_name(path)


@pytest.mark.parametrize(
    "path",
    [
        "id_rsa.pub",
        "docs/id_rsa.md",
        "cert.pem",
        "server.key",
        ".env.example",
        ".env.vault",
        ".env.d.ts",
        ".env.md",
        ".env.sample.md",
        "id_rsa/readme",
        ".env.sample",
        ".env.local.template",
        ".envrc",
        "env",
        "credentials",
        "config.json",
        "docker/config.json",
        ".npmrc",
        ".ppk/readme",
        "p12",
        "",
    ],
)
def test_leaves_honest_names(path: str) -> None:
    """
    Public keys, templates and names that may be anything are left to the content.
    """
    assert key_material.by_name(path) is None


@pytest.mark.parametrize(
    "content",
    [
        _PEM,
        _SSH,
        _LOCKED,
        b"\xef\xbb\xbf" + _PEM,
        _PEM.replace(b"\n", b"\r\n"),
        _PUBLIC + _PEM,
        b"x" * 100_000 + b"\n" + _PEM,
        b'{"private_key": "' + _PEM.replace(b"\n", b"\\n") + b'"}',
        b"key: |\n" + b"".join(b"  " + line + b"\n" for line in _PEM.splitlines()),
        _BEGIN % b"RSA PRIVATE KEY" + b"\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A\n\n" + _RANDOM,
        *(_BEGIN % b"PGP PRIVATE KEY BLOCK" + b"\nVersion: GnuPG v2\n\n" + body for body in _OPENPGP),
        _BEGIN % b"PGP PRIVATE KEY BLOCK" + b"\n\n" + _OPENPGP[0],
        _BEGIN % b"PGP PRIVATE KEY BLOCK" + b"\\n\\n" + _OPENPGP[0],
        _BEGIN % b"SOME PRIVATE KEY" + b"\n" + _RANDOM,
        _PEM.replace(b"\n", b" "),
        _BEGIN % b"RSA PRIVATE KEY" + b" Proc-Type: 4,ENCRYPTED DEK-Info: AES-128-CBC,0A " + _RANDOM,
        _PEM[:60],
        _PEM[:64] + b"?" + _PEM[65:],
        b"\n".join(b'    "' + line + b'\\n"' for line in _PEM.splitlines()),
        b"\n".join(b'    "' + line + b'\\n" \\' for line in _PEM.splitlines()),
        b'"{\\"key\\": \\"' + _PEM.replace(b"\n", b"\\\\n") + b'\\"}"',
        _PEM.decode().encode("utf-16"),
        b"\xfe\xff" + _PEM.decode().encode("utf-16-be"),
        _PEM.decode().encode("utf-16-le"),
        _PEM.decode().encode("utf-16-be"),
        b"\xff\xfe" + _PEM,
        b"\xfe\xff" + _PEM,
        b"# created: 2026\nAGE-SECRET-KEY-1" + b"Q" * 58 + b"\n",
        b"AGE-SECRET-KEY-PQ-1" + b"Q" * 58 + b"\n",
        b"AGE-PLUGIN-YUBIKEY-1" + b"Q" * 22 + b"\n",
        b"client-key-data: " + base64.b64encode(_PEM),
        b"client-key-data: " + base64.b64encode(_EC_PEM),
        base64.encodebytes(_SSH) + b"# KY",
        _SSH2,
        _PUTTY,
        b"//registry.npmjs.org/:_authToken=npm_" + b"a1" * 18 + b"\n",
        b"//r.example/:_authToken = 01234567-89ab-cdef-0123-456789abcdef",
    ],
)
def test_finds_a_key_in_any_text(content: bytes) -> None:
    """
    A key is found wherever it stands and however its lines end, encrypted or not.
    """
    assert key_material.by_content(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        _PUBLIC,
        _BEGIN % b"CERTIFICATE" + b"\n" + _RANDOM,
        _BEGIN % b"PGP PUBLIC KEY BLOCK" + b"\n\n" + _RANDOM,
        b"a file that begins with `" + _BEGIN % b"PRIVATE KEY" + b"` is refused",
        b'if b"' + _BEGIN % b"PRIVATE KEY" + b'" in head:\n    return "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"',
        b'parse("' + _BEGIN % b"PRIVATE KEY" + b'",\n    privateKeyInformationFromPemContentReader.readAll());',
        _BEGIN % b"PRIVATE KEY" + b"` is read from\n/very/long/path/that/goes/on/and/on/and/on",
        _BEGIN % b"PRIVATE KEY" + b"\nyourprivatekeygoesherebase64encodedpem\n",
        _BEGIN % b"PRIVATE KEY" + b"\n" + b"X" * 64,
        _BEGIN % b"RSA PRIVATE KEY" + b"\nMIIEpAIBAAKCAQEA...\n",
        _BEGIN % b"OPENSSH PRIVATE KEY" + b"\n" + _RANDOM,
        _BEGIN % b"PGP PRIVATE KEY BLOCK" + b"\n\n" + _RANDOM,
        (_BEGIN % b"PRIVATE KEY").decode().encode("utf-16-le"),
        _BEGIN % b"PRIVATE KEY" + b"\n...\n" + b"-----END PRIVATE KEY-----",
        b"//registry.npmjs.org/:_authToken=${NPM_TOKEN}",
        b"AGE-SECRET-KEY-1...",
        b"AGE-PLUGIN-YUBIKEY-1...",
        b"# KY\ncertificate-authority-data: " + base64.b64encode(_PUBLIC),
        b"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n" + _RANDOM,
        _PUTTY.partition(b"Private-Lines")[0],
    ],
)
def test_leaves_public_keys_and_mentions(content: bytes) -> None:
    """
    Public material, and text about keys, is honest.
    """
    assert key_material.by_content(content) is None


@pytest.mark.parametrize("kind", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize("password", [None, b"secret"])
@pytest.mark.parametrize("key", [_RSA, _EC], ids=["rsa", "ec"])
def test_finds_keys_of_every_length(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, password: bytes | None, kind: PrivateFormat
) -> None:
    """
    Short ones are written in another way than long ones.
    """
    locked = NoEncryption() if password is None else BestAvailableEncryption(password)
    assert key_material.by_content(key.private_bytes(Encoding.PEM, kind, locked))


@pytest.mark.parametrize(
    "form",
    [
        *(
            'b"%b\\n"',
            "b'%b\\n'",
            'u"%b\\n"',
            'f"%b\\n"',
            'rb"%b"',
            'B"%b\\n"',
            'L"%b\\r\\n"',
            '"%b\\n" .',
            '"%b\\n" +',
        ),
        *('k += "%b\\n";', '$k .= "%b\\n";', 'k.append("%b\\n");', "`%b` +", '"%b\\n" \\'),
        *("> %b", "# %b", "// %b", "//%b", "- %b", "* %b", "; %b", "-%b", "+%b", "%b<br>", "%b&#10;", "%b&#xD;"),
    ],
)
@pytest.mark.parametrize("width", [64, 24])
@pytest.mark.parametrize("key", [_PEM, _SSH, _LOCKED, _BEGIN % b"PGP PRIVATE KEY BLOCK" + b"\n\n" + _OPENPGP[0]])
def test_finds_a_key_with_marks_on_each_line(key: bytes, width: int, form: str) -> None:
    """
    Whatever a program, a mail, a comment or a patch writes around a line, and however short the lines are.
    """
    header, *body = key.splitlines()
    parts = [line[start : start + width] for line in body for start in range(0, len(line), width)]
    text = b"\n".join(form.encode() % line for line in [header, *parts])
    assert key_material.by_content(text)
    assert key_material.by_content(text.replace(b"\n", b""))


def _store(magic: bytes, version: int, *entries: int) -> bytes:
    """
    A store of Java with entries of these kinds, as keytool writes them.
    """
    typed = b"\0\5X.509" if version == 2 else b""
    parts = [struct.pack(">IH1sQ", kind, 1, b"a", 0) + typed + struct.pack(">I9s", 9, b"encrypted") for kind in entries]
    return magic + struct.pack(">II", version, len(parts)) + b"".join(parts) + bytes(20)


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("magic", [b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce"])
def test_tells_stores_of_keys_from_those_of_certificates(magic: bytes, version: int) -> None:
    """
    A store with nothing but certificates is public; one that is cut off is not taken for such.
    """
    assert key_material.by_content(_store(magic, version)) is None
    assert key_material.by_content(_store(magic, version, 2, 2)) is None
    for kinds in [(1,), (3,), (2, 1), (2, 2, 3)]:
        assert key_material.by_content(_store(magic, version, *kinds)) == "a store of private keys of Java"
    assert key_material.by_content(_store(magic, version, 2, 2)[:40]) == "a store of private keys of Java"
    assert key_material.by_content(magic + bytes(40)) is None


@pytest.mark.parametrize("module", [key_material, key_text])
def test_its_own_source_is_honest(module: ModuleType) -> None:
    """
    The modules that look for keys may be packed.
    """
    assert module.__file__ is not None
    with open(module.__file__, "rb") as file:
        assert key_material.by_content(file.read()) is None


_PARTS = st.sampled_from(
    ["a", "ID_RSA", ".env", ".env.x", ".env.sample", "x.PFX", ".aws", "credentials", ".kube", "config", ""]
)


@given(st.lists(st.lists(_PARTS, min_size=1, max_size=3).map("/".join), max_size=5))
def test_the_quick_way_misses_nothing(paths: list[str]) -> None:
    """
    When no name is said to be looked at, none is the name of a secret.
    """
    if key_material.is_absent({name for path in paths for name in path.split("/")}):
        assert [None] * len(paths) == [key_material.by_name(path) for path in paths]


def test_one_name_among_many_is_found() -> None:
    """
    Wherever it stands.
    """
    many = [f"n{number}" for number in range(20)]

    assert key_material.is_absent(many)
    assert not key_material.is_absent([*many, ".netrc"])
    assert not key_material.is_absent([".ENV.production", *many])


def test_takes_no_longer_for_fields_without_a_body() -> None:
    """
    What looks like hundreds of fields on one line is looked at once: tried in every way, it would take days.
    """
    text = _BEGIN % b"PRIVATE KEY" + b"\n" + b"A: " * 600 + b"!"
    assert key_material.by_content(text * 500 + b"KY") is None
    assert key_material.by_content(text * 200 + _PEM) == "a private key"


def test_looks_once_at_what_follows_many_headers() -> None:
    """
    However much of it resembles the beginning of a key: no part is looked at for two headers.
    """
    for label in (b"", b"RSA ", b"ENCRYPTED ", b"OPENSSH ", b"PGP ", b"SOME "):
        header = _BEGIN % (label + b"PRIVATE KEY")
        for filling in (b"", b"M", b"lA", b"\\", b"Proc-Type: 4,ENCRYPTED", b"DEK-Info: "):
            text = header + filling * (2048 // max(len(filling), 1))
            if label != b"SOME " or filling not in (b"M", b"lA"):
                assert key_material.by_content((text * 500)[: key_material.HEAD_BYTES]) is None

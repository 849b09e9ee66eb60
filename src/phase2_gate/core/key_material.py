"""
Private key material and credentials: what fails a build when it would be packed.

Two layers. `by_name` knows files whose name says that they hold a secret; it needs no content. `by_content` finds a
private key in text of any name, so that a ``.pem`` with a public certificate stays honest and a key in ``notes.txt``
does not. A text that only mentions the header of a key, as documentation and programs do, is no key: the beginning of
one must follow (`key_text`).

References: RFC 7468 (PEM, sections 10 and 11), RFC 9580 section 6.2 (OpenPGP armour), pypa/hatch#1958, docs of
ssh-keygen, npm, pip, age.
"""

from __future__ import annotations

import re
from collections.abc import Collection

HEAD_BYTES = 1 << 20
"""How much of a file's beginning `by_content` wants to see; no honest key begins later."""
_TOKEN_BYTES = 4096
"""Within how many bytes a credential of one line is looked for; the files that hold them are small."""
_SETTINGS_BYTES = 1 << 16
"""Within how many bytes the base64 of a key file begins; settings are larger than files of credentials."""

_NAMES = {
    "id_rsa": "a private key of OpenSSH",
    "id_dsa": "a private key of OpenSSH",
    "id_ecdsa": "a private key of OpenSSH",
    "id_ecdsa_sk": "a private key of OpenSSH",
    "id_ed25519": "a private key of OpenSSH",
    "id_ed25519_sk": "a private key of OpenSSH",
    "id_xmss": "a private key of OpenSSH",
    "identity.age": "a private key of age",
    "secring.gpg": "a private keyring of GnuPG",
    "private-keys-v1.d": "private keys of GnuPG",
    ".env": "settings with secrets",
    ".pypirc": "credentials of package indexes",
    ".netrc": "credentials of hosts",
    "_netrc": "credentials of hosts",
    ".git-credentials": "credentials of git",
    ".pgpass": "credentials of PostgreSQL",
    ".my.cnf": "credentials of MySQL",
    ".htpasswd": "password hashes",
    ".s3cfg": "credentials of s3cmd",
    ".vault-token": "a token of Vault",
    ".dockercfg": "credentials of Docker",
}
_PATHS = {
    ".aws/credentials": "credentials of AWS",
    ".docker/config.json": "credentials of Docker",
    ".kube/config": "credentials of Kubernetes",
    ".cargo/credentials": "credentials of Cargo",
    ".cargo/credentials.toml": "credentials of Cargo",
    ".gem/credentials": "credentials of RubyGems",
}
_ENDS = {
    ".ppk": "a private key of PuTTY",
    ".p12": "a container of private keys (PKCS 12)",
    ".pfx": "a container of private keys (PKCS 12)",
    ".kdbx": "a password database of KeePass",
    ".agekey": "a private key of age",
}
_ENDINGS = tuple(_ENDS)
_SUSPICIOUS = ("/.env.", *(f"{end}/" for end in _ENDINGS))
_DIRECTORIES = frozenset(path.partition("/")[0] for path in _PATHS)
_TABLED = _DIRECTORIES.union(_NAMES)

_FOLDERS = frozenset({"private-keys-v1.d", ".env"})
"""The names of `_NAMES` that say of a directory as well that it holds secrets; ``.env`` may hold a file for each."""

_TEMPLATES = frozenset({"example", "sample", "template", "tmpl", "tpl", "dist", "default", "defaults", "schema", "md"})
"""What ends in ``.<one of these>`` shows which settings there are, not what they are."""
_SHARED = frozenset({".env.ci", ".env.test", ".env.vault", ".env.d.ts"})
"""Settings for tests, which have no secrets to keep, encrypted ones, and the types of settings."""

_AGE = re.compile(rb"AGE-(?:SECRET-KEY-(?:PQ-)?1[02-9AC-HJ-NP-Z]{58}|PLUGIN-[A-Z0-9+._-]{1,60}1[02-9AC-HJ-NP-Z]{20})")
_PUTTY = re.compile(rb"PuTTY-User-Key-File-[1-9]: .{0,3000}?Private-Lines: [1-9]", re.DOTALL)
_ENCODED = b"LS0tLS1CRUdJTi"
"""How base64 of a file begins that begins with ``-----BEGIN``."""
_NPM = re.compile(rb"_authToken\s*=\s*\"?(?:npm_[A-Za-z0-9]{36}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})")


_STORES = tuple(magic + bytes([0, 0, 0, version]) for magic in (b"\xfe\xed\xfe\xed", b"\xce" * 4) for version in (1, 2))
"""How JKS and JCEKS begin."""
_CERTIFICATE = 2
"""The kind of an entry of theirs that is no secret."""


_K, _Y, _T, _NUL = b"KYT\0"  # as numbers: bytes that look for bytes try them as a number first


def by_name(path: str) -> str | None:
    """
    What secret a file at `path` holds by the look of its name, as a noun phrase, or None.

    Args:
        path: A path with forward slashes, relative to the workspace; case does not matter.
    """
    folded = path.lower()
    parts = folded.split("/")
    for part in parts:
        if part in _FOLDERS:
            return _NAMES[part]
    if parts[-1] in _NAMES:
        return _NAMES[parts[-1]]
    if len(parts) > 1:
        known = _PATHS.get("/".join(parts[-2:]))
        if known is not None:
            return known
    name = parts[-1]
    if name.startswith(".env.") and name not in _SHARED and name.rpartition(".")[2] not in _TEMPLATES:
        return _NAMES[".env"]
    if name.endswith(_ENDINGS):
        return _ENDS[name[name.rindex(".") :]]
    return None


def is_absent(names: Collection[str]) -> bool:
    """
    Whether none of the components `names` is one that `by_name` looks at.

    A shorter way to what asking for each path comes to as well, for many.
    """
    text = "/".join(names)
    folded = text.lower()
    if folded != text:
        names = folded.split("/")
    return _TABLED.isdisjoint(names) and not any(map(f"/{folded}/".__contains__, _SUSPICIOUS))


def by_content(head: bytes) -> str | None:
    """
    What secret stands in `head`, as a noun phrase, or None.

    Args:
        head: The first `HEAD_BYTES` of a file, or all of it.
    """
    # The plain search decides for all but a handful of files, and single letters for most: both kinds of keys hold a K
    # and a Y, and a letter is found in a tenth of the time of a word. Without a blank a word is found faster as well.
    start = head[:_TOKEN_BYTES]
    if _K in head and _Y in head:
        if (b"-----BEGIN" in head or b"---- BEGIN SSH2 " in start) and _is_in_text(head):
            return "a private key"
        # UTF-16, as some shells write whatever is sent to a file: letters of ASCII, and as many zeros.
        if _NUL in head and b"\0K\0E\0Y" in head and _is_in_text(head.replace(b"\0", b"")):
            return "a private key"
        if head.find(_ENCODED, 0, _SETTINGS_BYTES) >= 0 and _is_encoded_in_text(head):
            return "a private key"
        if b"PuTTY-User-Key-File-" in start and _PUTTY.search(start):
            return "a private key of PuTTY"
        if (b"AGE-SECRET-KEY-" in start or b"AGE-PLUGIN-" in start) and _AGE.search(start):
            return "a private key of age"
    if _T in start and b"_authToken" in start and _NPM.search(start):
        return "a token of a package registry"
    if head.startswith(_STORES) and _is_key_store(head):
        return "a store of private keys of Java"
    return None


def _is_in_text(text: bytes) -> bool:
    from . import key_text

    return key_text.is_in(text)


def _is_encoded_in_text(text: bytes) -> bool:
    from . import key_text

    return key_text.is_encoded_in(text)


def _is_key_store(head: bytes) -> bool:
    """
    Whether a store of Java has anything but certificates, or cannot be read to its end.
    """
    typed = head[7] == 2  # the second version names the type of each certificate
    at = 12
    for _ in range(int.from_bytes(head[8:12], "big")):
        if int.from_bytes(head[at : at + 4], "big") != _CERTIFICATE:
            return True
        at += 4 + 2 + int.from_bytes(head[at + 4 : at + 6], "big") + 8
        at += 2 + int.from_bytes(head[at : at + 2], "big") if typed else 0
        at += 4 + int.from_bytes(head[at : at + 4], "big")
    return False

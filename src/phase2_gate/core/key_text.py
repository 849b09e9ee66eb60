r"""
Private keys in text: a header such as that of RFC 7468, and behind it the beginning of a key of that kind.

A header alone is no key: documentation and programs mention it. What a key begins with is known for each kind, and
base64 shows it, so that it is looked for as it is written, behind whatever a program, a mail or a patch puts in front
of a line::

    30 LL 02 01 ..           M C4 CAQ     a SEQUENCE that begins with a version: RSA, DSA, EC, PKCS 8
    30 81 LL 02 01 ..        MI Gk AgE    the same, longer
    30 82 LL LL 02 01 ..     MI IEvQ IB   the same, longer still
    30 .. 30 ..                           a SEQUENCE that begins with an algorithm: an encrypted key of PKCS 8
    "openssh-key-v1"                      OpenSSH
    3f 6f f9 eb                           SSH2
    94, 95 or c5 and a version            a secret key packet of OpenPGP

The body of an encrypted key of the older kind (RFC 1421) looks like anything; its fields say what it is.

Every search takes a time that grows with the text alone: what is tried at a place has an upper bound, and behind a
header nothing is looked at twice.
"""

from __future__ import annotations

import binascii
import re

_HEADER = re.compile(rb"--[- ]BEGIN ((?:[A-Z0-9]+ )*)PRIVATE KEY(?: BLOCK)?[- ]--")
_BODY_BYTES = 2048
"""Within how many bytes the body begins: there are few fields in front of it (RFC 1421, OpenPGP armour)."""


def _beginning(pattern: bytes) -> re.Pattern[bytes]:
    """
    `pattern`, with ``~`` for a letter of base64 and ``@`` for one whose last two bits are zero.
    """
    return re.compile(pattern.replace(b"~", b"[A-Za-z0-9+/]").replace(b"@", b"[AEIMQUYcgkosw048]"), re.DOTALL)


_VERSION = _beginning(rb"M(?:[A-I]@CAQ|I[E-H]~AgE[A-D]|I[I-L]~~[AQgw]IB)~{16}")
_ALGORITHM = _beginning(rb"M(?:[A-I]@w|I[E-H]~M[A-I]|I[I-L]~~[DTjz][A-C])~{16}")
_OPENSSH = _beginning(rb"b3BlbnNzaC1rZXktdjEA~{4}")
_SSH2 = _beginning(rb"P2/56w[A-P]~{17}")
_OPENPGP = _beginning(rb"(?:(?<![A-Za-z0-9])|(?<=\\[nr]))(?:l[A-P]~[D-G]|l[Q-f]~~[AB]|x[Q-f])~{18}")
_UNKNOWN = _beginning(rb"~{40}")
_KINDS = {
    b"": _VERSION,
    b"RSA ": _VERSION,
    b"DSA ": _VERSION,
    b"EC ": _VERSION,
    b"ENCRYPTED ": _ALGORITHM,
    b"OPENSSH ": _OPENSSH,
    b"SSH2 ENCRYPTED ": _SSH2,
    b"PGP ": _OPENPGP,
}
"""What a key begins with, by what its header says in front of ``PRIVATE KEY``."""
_LOCKED = _beginning(rb"Proc-Type: ?4, ?ENCRYPTED(?:.{0,40}?DEK-Info: ?[A-Z0-9-]{1,30},[0-9A-Fa-f]{0,64})?")
_LOCKED_BODY = _beginning(rb"~{24}")
_ENCODED = re.compile(rb"LS0tLS1CRUdJTi[A-Za-z0-9+/\s]{0,400}")
"""As much of the base64 of a file that begins with a header as holds fields and the beginning of a body."""


def is_in(text: bytes) -> bool:
    """
    Whether a private key stands in `text`.
    """
    return any(_has_body(text, found) for found in _HEADER.finditer(text))


def is_encoded_in(text: bytes) -> bool:
    """
    Whether a file with a private key stands in `text` as base64, as in settings of Kubernetes.
    """
    for found in _ENCODED.finditer(text):
        letters = b"".join(found[0].split())
        if is_in(binascii.a2b_base64(letters[: len(letters) // 4 * 4])):
            return True
    return False


def _has_body(text: bytes, header: re.Match[bytes]) -> bool:
    """
    Whether a key follows `header`.

    Looks no further than to the next header, so that the time for many grows with the text alone.
    """
    start = header.end()
    stop = text.find(b"----", start, start + _BODY_BYTES)
    if stop < 0:
        stop = start + _BODY_BYTES
    if _KINDS.get(header[1], _UNKNOWN).search(text, start, stop):
        return True
    locked = _LOCKED.search(text, start, stop)
    return locked is not None and _LOCKED_BODY.search(text, locked.end(), stop) is not None

"""
Statements signed without a key of one's own: Sigstore bundles, checked against a trust root that the auditor pinned.

The envelope and the statement in it are the same as everywhere; whose word counts is an identity that an issuer vouched
for, at a time that a public log recorded. Certificate, log entry, inclusion proof and signature are checked by
``sigstore`` (extra ``sigstore``), against the file that was named: neither a network nor a cached trust root is used.

The one module that needs ``sigstore``.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from sigstore.models import Bundle, TrustedRoot
from sigstore.verify import Verifier
from sigstore.verify.policy import Identity as Certified

from ..core.errors import KeyFileError, RefusedError
from . import dsse, strict_json
from .answer import Identity
from .strict_json import shown

MAX_MARKS = 10_000
"""Opening brackets, opening braces and commas of a bundle; a proof in the largest of logs has a few hundred."""


def trust_root(data: bytes, name: str) -> TrustedRoot:
    """
    The trust root in `data`.

    Args:
        data: A Sigstore trusted root, as JSON.
        name: What messages call it.

    Raises:
        KeyFileError: when it is none.
    """
    # The public way to read one takes a path; what was checked and read is what it shall see.
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "trusted_root.json")
        file.write_bytes(data)
        try:
            root = TrustedRoot.from_file(str(file))
            Verifier(trusted_root=root)
        except Exception as error:
            hint = "`trusted_root.json` of your Sigstore instance, from a place that you trust"
            raise KeyFileError(f"{name}: not a Sigstore trust root: {type(error).__name__}", hint=hint) from error
    return root


def payload(data: bytes, root: TrustedRoot, identity: Identity) -> bytes:
    """
    What was signed.

    Args:
        data: The bytes of a Sigstore bundle.
        root: What its certificates and log entries have to come from.
        identity: Whose word is believed.

    Raises:
        RefusedError: when it is not a bundle around a statement, signed by this identity.
    """
    dsse.demand_small(data, dsse.MAX_BYTES, MAX_MARKS)
    # What the library's own reader would overlook: a key that is there twice.
    strict_json.loads(data, "envelope")
    # Its readers raise what the parsers below them raise, which is no stable list; all of it means: nothing is shown.
    try:
        bundle = Bundle.from_json(data)
    except Exception as error:
        raise RefusedError("keyless-bundle", shown(str(error))) from error
    try:
        kind, signed = Verifier(trusted_root=root).verify_dsse(
            bundle, Certified(identity=identity.name, issuer=identity.issuer)
        )
    except Exception as error:
        raise RefusedError("keyless-untrusted", shown(str(error))) from error
    if kind != dsse.PAYLOAD_TYPE:
        raise RefusedError("envelope-payload-type", f"seen {shown(kind)}, need {dsse.PAYLOAD_TYPE}")
    return signed

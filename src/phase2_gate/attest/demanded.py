"""
A builder's signature that an auditor demands, as findings of the gate ``signature``.
"""

from __future__ import annotations

from ..core.digest import Sha256
from ..core.errors import RefusedError
from ..core.findings import Finding
from ..core.signed import Signed
from . import opening, provenance
from .codes import RULES
from .keys import VerifyingKey


def look(envelope: bytes | None, name: str, key: VerifyingKey, bundle: Sha256) -> Signed:
    """
    Whether the holder of a key signed that a bundle was built.

    Args:
        envelope: The bytes of the envelope; None when there is none.
        name: The name of its file.
        key: Whose word is believed.
        bundle: The digest of the bundle at hand.
    """
    if envelope is None:
        return Signed(None, (Finding("signature-missing", None, f"no file {name!r}"),))
    try:
        manifest = provenance.check(opening.payload(envelope, key, provenance.MAX_BYTES), bundle)
    except RefusedError as refused:
        return Signed(None, (Finding(RULES[refused.code], None, f"{name!r}: {refused}"),))
    return Signed(manifest, note=f"signed with key {key.keyid}")

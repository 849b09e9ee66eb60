"""
What is made of an envelope, as a JSON value with a published schema (``attestation.schema.json``).
"""

from __future__ import annotations

from ..core.digest import Sha256
from ..core.errors import RefusedError
from ..core.escape import line
from ..core.typed import NamedTuple
from .claim import Claim
from .codes import CODES

SCHEMA = "phase2-gate/attestation/1"
"""The name and version of the document's shape."""


class Identity(NamedTuple):
    """
    Whose word is believed.
    """

    name: str
    """An address or URI, as it stands in the certificate."""
    issuer: str
    """Who vouches for it: the URL of an OpenID Connect provider."""


class Answer(NamedTuple):
    """
    What is made of an envelope.
    """

    envelope: str
    """The name of its file."""
    predicate: str
    """The kind of statement that was asked for, as the command line calls it."""
    key: str | None
    """The name of the key whose word is believed; None when it is an identity's."""
    bundle: Sha256
    """The digest of the bundle at hand."""
    manifest: Sha256 | None = None
    """The digest of its manifest; None when it has none, or was not read because the signature does not hold."""
    claim: Claim | None = None
    """What is claimed of a verdict; None when the envelope was refused, or states none."""
    identity: Identity | None = None
    """The identity whose word is believed; None when it is a key's."""
    refused: RefusedError | None = None
    """Why it was refused; None when it was accepted."""

    @property
    def result(self) -> str:
        """
        The answer in a word or two.
        """
        if self.refused is not None:
            return "REFUSED"
        return f"ACCEPTED ({'BUILT' if self.claim is None else self.claim.verdict})"


def document(answer: Answer) -> dict[str, object]:
    """
    The answer as a JSON value.
    """
    refused, claim = answer.refused, answer.claim
    return {
        "schema": SCHEMA,
        "result": answer.result,
        "attestation": {"name": line(answer.envelope), "predicate": answer.predicate},
        "key": answer.key,
        "identity": None
        if answer.identity is None
        else {"name": line(answer.identity.name), "issuer": line(answer.identity.issuer)},
        "bundle": {"sha256": answer.bundle, "manifest_sha256": answer.manifest},
        "refused": None
        if refused is None
        else {"code": refused.code, "detail": line(refused.detail), "meaning": CODES[refused.code]},
        "claim": None
        if claim is None
        else {
            "verdict": claim.verdict,
            "profile": line(claim.profile),
            "profile_sha256": claim.profile_sha256,
            "isolation": claim.isolation or None,
        },
    }

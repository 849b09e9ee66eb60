"""
Whether an envelope shows what an auditor demands of a bundle: its key, its subjects, its kind, its terms.

Envelope, signature, statement and subjects are looked at first, in this order (`phase2_gate.attest.opening`); then
verdict, profile (by name and content) and isolation have to be what is demanded. Each step refuses with codes of its
own (`phase2_gate.attest.codes`).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..core.digest import Sha256
from ..core.errors import RefusedError
from ..core.escape import line
from ..core.profile import Profile
from ..core.report import Verdict
from ..isolation.level import Level
from . import opening, statement
from .claim import READERS, Claim
from .keys import VerifyingKey
from .strict_json import shown

_STRENGTH = (Level.NONE, Level.PROCESS, Level.SANDBOX_EXEC, Level.LANDLOCK, Level.STRICT)
"""The levels from the weakest up; the one that nobody has tried yet counts least among those that isolate."""


@dataclass(frozen=True, slots=True)
class Policy:
    """
    What is demanded of an attestation. Nothing of it ever comes from the envelope.
    """

    profile: Profile
    """Under which the bundle was to be judged; its content counts, not only its name."""
    verdict: Verdict = Verdict.PASS
    """What the verdict has to be."""
    isolation: Level = Level.LANDLOCK
    """How far the bundle's code was to be confined at least; void for a FAIL."""
    predicate: str = "test-result"
    """The kind of statement, a key of `phase2_gate.attest.claim.READERS`."""


def check(envelope: bytes, key: VerifyingKey, bundle: Sha256, manifest: Sha256 | None, policy: Policy) -> Claim:
    """
    The claim of an envelope that shows what is demanded.

    Args:
        envelope: Its bytes.
        key: Whose word is believed.
        bundle: The digest of the bundle at hand.
        manifest: The digest of the manifest in it; None when it has none.
        policy: What is demanded.

    Raises:
        RefusedError: when it does not; its code says why.
    """
    return judged(opening.payload(envelope, key), bundle, manifest, policy)


def judged(data: bytes, bundle: Sha256, manifest: Sha256 | None, policy: Policy) -> Claim:
    """
    As `check`, behind the signature.

    Args:
        data: What was signed; its signature was checked.
        bundle: As there.
        manifest: As there.
        policy: As there.

    Raises:
        RefusedError: as there.
    """
    kind, reader = READERS[policy.predicate]
    predicate, stated = opening.stated(data, kind, bundle)
    # A bundle may fail before its manifest is read; without one it never passes.
    if stated is None and manifest is not None and policy.verdict is Verdict.PASS:
        raise RefusedError("subject-count", "seen the bundle alone, need the bundle and its manifest")
    if stated is not None and stated != manifest:
        raise RefusedError("subject-manifest", f"seen {stated}, need {manifest or 'none'}")
    claim = reader(predicate)
    _demand(claim, policy)
    return claim


def _demand(claim: Claim, policy: Policy) -> None:
    if claim.verdict != policy.verdict.value:
        raise RefusedError("policy-verdict", f"seen {claim.verdict}, need {policy.verdict.value}")
    name, digest = line(policy.profile.name), statement.profile_sha256(policy.profile)
    if (claim.profile, claim.profile_sha256) != (name, digest):
        seen = f"{shown(claim.profile)} with sha256 {shown(claim.profile_sha256)}"
        raise RefusedError("policy-profile", f"seen {seen}, need {name!r} with sha256 {digest}")
    if policy.verdict is Verdict.PASS and claim.isolation not in _STRENGTH[_STRENGTH.index(policy.isolation) :]:
        raise RefusedError(
            "policy-isolation", f"seen {shown(claim.isolation)}, need {policy.isolation.value} or stronger"
        )

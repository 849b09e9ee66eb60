"""
Whether an envelope shows what an auditor demands of a bundle: its key, its subjects, its kind, its terms.

Steps, each of which refuses with codes of its own (`phase2_gate.attest.codes`):
 1. The envelope is one (`phase2_gate.attest.dsse`), around an in-toto statement.
 2. The signature is the key's. Nothing of the payload is looked at before.
 3. The statement is one, of the kind that was asked for.
 4. Its subjects are exactly this bundle and this bundle's manifest, in this order: a second bundle would share a
    verdict that it was never given.
 5. Verdict, profile (by name and content) and isolation are what is demanded.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..core.digest import Sha256
from ..core.errors import RefusedError
from ..core.escape import line
from ..core.manifest import NAME as MANIFEST
from ..core.profile import Profile
from ..core.report import Verdict
from ..isolation.level import Level
from . import dsse, statement, strict_json
from .claim import READERS, Claim
from .keys import VerifyingKey

_STRENGTH = (Level.NONE, Level.PROCESS, Level.LANDLOCK, Level.STRICT)
"""The levels from the weakest up."""


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
    parsed = dsse.parse(envelope)
    if parsed.payload_type != dsse.PAYLOAD_TYPE:
        raise RefusedError("envelope-payload-type", f"seen {parsed.payload_type!r}, need {dsse.PAYLOAD_TYPE}")
    key.check(parsed)
    stated = strict_json.loads(parsed.payload, "statement")
    if not isinstance(stated, dict) or stated.get("_type") != statement.STATEMENT_TYPE:
        raise RefusedError("statement-type", f"need _type {statement.STATEMENT_TYPE}")
    kind, reader = READERS[policy.predicate]
    if stated.get("predicateType") != kind:
        raise RefusedError("predicate-type", f"seen {stated.get('predicateType')!r}, need {kind}")
    _subjects(stated.get("subject"), bundle, manifest)
    predicate = stated.get("predicate")
    if not isinstance(predicate, dict):
        raise RefusedError("predicate-shape", "need an object")
    claim = reader(predicate)
    _demand(claim, policy)
    return claim


def _subjects(value: object, bundle: Sha256, manifest: Sha256 | None) -> None:
    if not isinstance(value, list):
        raise RefusedError("subject-shape", "need a list")
    seen = [_subject(one) for one in value]
    expected = 1 if manifest is None else 2
    if len(seen) != expected:
        raise RefusedError("subject-count", f"seen {len(seen)} subjects, need {expected}")
    if seen[0][1] != bundle:
        raise RefusedError("subject-bundle", f"seen {seen[0][1]!r}, need {bundle}")
    if manifest is not None and seen[1] != (MANIFEST, manifest):
        raise RefusedError("subject-manifest", f"seen {seen[1]!r}, need {manifest}")


def _subject(value: object) -> tuple[str, str]:
    if isinstance(value, dict) and isinstance(name := value.get("name"), str):
        digest = value.get("digest")
        if isinstance(digest, dict) and set(digest) == {"sha256"} and isinstance(sha256 := digest["sha256"], str):
            return name, sha256
    raise RefusedError("subject-shape", "need a name and one digest, sha256")


def _demand(claim: Claim, policy: Policy) -> None:
    if claim.verdict != policy.verdict.value:
        raise RefusedError("policy-verdict", f"seen {claim.verdict}, need {policy.verdict.value}")
    name, digest = line(policy.profile.name), statement.profile_sha256(policy.profile)
    if (claim.profile, claim.profile_sha256) != (name, digest):
        seen = f"{claim.profile!r} with sha256 {claim.profile_sha256!r}"
        raise RefusedError("policy-profile", f"seen {seen}, need {name!r} with sha256 {digest}")
    if policy.verdict is Verdict.PASS and claim.isolation not in _STRENGTH[_STRENGTH.index(policy.isolation) :]:
        raise RefusedError("policy-isolation", f"seen {claim.isolation!r}, need {policy.isolation.value} or stronger")

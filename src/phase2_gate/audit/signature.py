"""
The gate ``signature``, for auditors who demand that a builder signed the bundle.

 1. The digest of the file is taken, and the signature looked at, before anything of the bundle is read as an archive.
 2. Unless it holds, no other gate runs: what nobody answers for is not even parsed.
 3. The digest is taken again from the bytes that are judged, and the manifest compared with the one that was signed.

How a signature is looked at is the caller's: nothing here needs ``cryptography``, so a verifier without it can say why
it is BLOCKED.
"""

from __future__ import annotations

from ..core import rules, verify
from ..core.digest import Sha256
from ..core.findings import Finding
from ..core.profile import Profile
from ..core.report import GateResult, Verification, cut_short, judged
from ..core.source import Source
from ..core.typed import TYPE_CHECKING
from ..core.verify import Judgement
from .blocked import blocked
from .source import digest

if TYPE_CHECKING:
    from ..core.signed import Demand

GATE = rules.SIGNATURE_GATE
"""The gate."""


def judge(
    source: Source, profile: Profile, demand: Demand | None, *, require_canonical: bool, hash_archive: bool
) -> Judgement:
    """
    The static gates, with the gate ``signature`` before them where it is demanded.

    Args:
        source: The bytes of a bundle.
        profile: What is demanded of it.
        demand: Looks at the builder's signature; None when none is demanded.
        require_canonical: As for `phase2_gate.core.verify.judge`.
        hash_archive: As there; with a demand the digest is always taken.

    Raises:
        SourceError: when the bytes cannot be read.
    """
    if demand is None:
        return verify.judge(source, profile, require_canonical=require_canonical, hash_archive=hash_archive)
    sha256 = digest(source)
    required = verify.required(canonical=require_canonical, gates=(GATE, *rules.STATIC_GATES))
    try:
        signed = demand(sha256)
    except Exception as error:  # noqa: BLE001 - whatever stops us is a verdict too: BLOCKED
        return _unread(sha256, required, blocked(GATE, error))
    if signed.findings:
        return _unread(sha256, required, judged(GATE, signed.findings))
    judgement = verify.judge(source, profile, require_canonical=require_canonical, hash_archive=True)
    notes = (signed.note,) if signed.note else ()
    result = judged(GATE, _swapped(sha256, signed.manifest_sha256, judgement), notes)
    return judgement._replace(verification=Verification(required, (result, *judgement.verification.gates)))


def gates(demand: Demand | None, others: tuple[str, ...]) -> tuple[str, ...]:
    """
    The gates of a judgement: `others`, behind this one where it is demanded.
    """
    return others if demand is None else (GATE, *others)


def _unread(sha256: Sha256, required: tuple[str, ...], result: GateResult) -> Judgement:
    why = "nothing of a bundle is read before its builder's signature holds"
    rest = (cut_short(gate, (), (), why) for gate in rules.STATIC_GATES)
    return Judgement(Verification(required, (result, *rest)), (), sha256, None, "")


def _swapped(sha256: Sha256, manifest: Sha256 | None, judgement: Judgement) -> list[Finding]:
    """
    Findings when what was judged is not what was signed; what could not be read must be a finding of other gates.
    """
    found = []
    explained = bool(judgement.verification.findings)
    for what, signed, seen in (
        ("the bundle changed while it was being judged", sha256, judgement.bundle_sha256),
        ("another manifest was signed", manifest, judgement.manifest_sha256),
    ):
        if seen != signed and not (seen is None and explained):
            found.append(Finding("signature-other-bundle", None, what, None, str(seen), str(signed)))
    return found

"""
``phase2-gate attest verify``: whether an envelope shows what is demanded.
"""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from ..core.errors import RefusedError, SettingsError
from ..core.escape import line
from ..library import keys
from ..library.profiles import load
from . import demands, terminal
from .guard import FAIL, PASS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..attest.answer import Answer, Identity
    from ..attest.claim import Claim
    from ..attest.verification import Policy
    from ..core.digest import Sha256


def verify(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate attest verify``.
    """
    from ..attest.answer import Answer, document
    from ..attest.dsse import MAX_BYTES
    from ..audit.source import digest, opened
    from ..audit.static import judged_record

    identity = _identity(arguments)
    keys.demand_cryptography()
    policy = _policy(arguments)
    keyid, payload = _by_key(arguments) if identity is None else (None, keys.certified(arguments.trust_root, identity))
    with opened(arguments.envelope) as source:
        envelope = source.read_at(0, min(source.size, MAX_BYTES + 1))
    with opened(arguments.bundle) as source:
        answer = Answer(
            os.path.basename(arguments.envelope), arguments.predicate, keyid, digest(source), identity=identity
        )
        try:
            # Nothing is read of a bundle, or of a statement, before the signature holds.
            signed = payload(envelope)
            record = judged_record(source, arguments.bundle, policy.profile)[0]
            answer = answer._replace(manifest=record.subject.manifest_sha256)
            answer = answer._replace(claim=_claim(signed, answer.bundle, answer.manifest, policy))
        except RefusedError as refused:
            answer = answer._replace(refused=refused)
    if arguments.format == "json":
        import json

        terminal.out(json.dumps(document(answer), indent=2, sort_keys=True))
    else:
        _show(answer, arguments.envelope)
    return PASS if answer.refused is None else FAIL


def _identity(arguments: argparse.Namespace) -> Identity | None:
    from ..attest.answer import Identity

    parts = (arguments.identity, arguments.issuer, arguments.trust_root)
    if (arguments.key is None) == (None in parts) or (arguments.key is not None and any(parts)):
        message = "attest verify: whose word is believed: need --key, or --identity, --issuer and --trust-root together"
        raise SettingsError(message, hint="a key is all that `audit --sign` and `build --sign` need")
    return None if arguments.key is not None else Identity(arguments.identity, arguments.issuer)


def _by_key(arguments: argparse.Namespace) -> tuple[str, Callable[[bytes], bytes]]:
    from ..attest import dsse, opening, provenance

    key = keys.verifying(arguments.key)
    limit = provenance.MAX_BYTES if arguments.predicate == "provenance" else dsse.MAX_BYTES
    return key.keyid, lambda envelope: opening.payload(envelope, key, limit)


def _policy(arguments: argparse.Namespace) -> Policy:
    from ..attest.verification import Policy
    from ..core.report import Verdict
    from ..isolation.level import Level

    profile = demands.applied(load(arguments.profile), arguments)
    policy = Policy(profile, Verdict(arguments.verdict), Level(arguments.isolation), arguments.predicate)
    if policy.predicate == "provenance" and policy != Policy(load("generic"), predicate="provenance"):
        message = "--predicate provenance: states that a bundle was built: no terms of a verdict can be demanded"
        raise SettingsError(message, hint="leave out the profile, its options, --verdict and --isolation")
    return policy


def _claim(signed: bytes, bundle: Sha256, manifest: Sha256 | None, policy: Policy) -> Claim | None:
    from ..attest import provenance, verification

    if policy.predicate != "provenance":
        return verification.judged(signed, bundle, manifest, policy)
    stated = provenance.check(signed, bundle)
    if stated != manifest:
        raise RefusedError("subject-manifest", f"seen {stated}, need {manifest or 'none'}")
    return None


def _show(answer: Answer, path: str) -> None:
    from ..attest.codes import CODES

    terminal.out(f"attestation  {line(path)} ({answer.predicate})")
    terminal.out(f"bundle       sha256 {answer.bundle}")
    if answer.refused is not None:
        terminal.out(f"refused      {line(str(answer.refused))}")
        terminal.out(f"  hint: {CODES[answer.refused.code]}")
    else:
        terminal.out(f"manifest     {'none' if answer.manifest is None else f'sha256 {answer.manifest}'}")
        if answer.identity is None:
            terminal.out(f"key          {answer.key}")
        else:
            terminal.out(f"identity     {line(answer.identity.name)} (issuer {line(answer.identity.issuer)})")
    if answer.claim is not None:
        terminal.out(f"profile      {line(answer.claim.profile)} sha256 {answer.claim.profile_sha256}")
        terminal.out(f"isolation    {line(answer.claim.isolation) or 'nothing was run'}")
    terminal.out(f"RESULT: {answer.result}")

"""
From an envelope to what it states: the steps that every kind of statement has in common.

 1. The envelope is one (`phase2_gate.attest.dsse`), around an in-toto statement.
 2. The signature is the key's. Nothing of the payload is looked at before.
 3. The statement is one, of the kind that was asked for.
 4. Its subjects are exactly a bundle and its manifest, in this order: a second bundle would share a statement that was
    never made of it. A subject has one digest, sha256, in lower case: what cannot be compared cannot be believed.
"""

from __future__ import annotations

from ..core import digest as digests
from ..core.digest import Sha256
from ..core.errors import InvalidDigestError, RefusedError
from ..core.manifest import NAME as MANIFEST
from ..core.typed import NamedTuple
from . import dsse, strict_json
from .keys import VerifyingKey
from .statement import STATEMENT_TYPE
from .strict_json import shown


class Stated(NamedTuple):
    """
    A statement of the kind that was asked for, about one bundle.
    """

    predicate: dict[str, object]
    """What is said."""
    manifest_sha256: Sha256 | None
    """The manifest that it is said of, besides the bundle; None when it names none."""


def payload(envelope: bytes, key: VerifyingKey, limit: int = dsse.MAX_BYTES) -> bytes:
    """
    Steps 1 and 2: what was signed.

    Args:
        envelope: The bytes of a DSSE envelope.
        key: Whose word is believed.
        limit: The largest envelope that is read.

    Raises:
        RefusedError: when it is not an envelope around a statement, signed with this key.
    """
    parsed = dsse.parse(envelope, limit)
    if parsed.payload_type != dsse.PAYLOAD_TYPE:
        raise RefusedError("envelope-payload-type", f"seen {shown(parsed.payload_type)}, need {dsse.PAYLOAD_TYPE}")
    key.check(parsed)
    return parsed.payload


def stated(data: bytes, kind: str, bundle: Sha256) -> Stated:
    """
    Steps 3 and 4: what a signed payload says of a bundle.

    Args:
        data: The payload, whose signature was checked.
        kind: The type of predicate that was asked for.
        bundle: The digest of the bundle at hand.

    Raises:
        RefusedError: when it is not a statement of this kind about this bundle alone.
    """
    value = strict_json.loads(data, "statement")
    if not isinstance(value, dict) or value.get("_type") != STATEMENT_TYPE:
        raise RefusedError("statement-type", f"need _type {STATEMENT_TYPE}")
    if value.get("predicateType") != kind:
        raise RefusedError("predicate-type", f"seen {shown(value.get('predicateType'))}, need {kind}")
    manifest = _subjects(value.get("subject"), bundle)
    predicate = value.get("predicate")
    if not isinstance(predicate, dict):
        raise RefusedError("predicate-shape", "need an object")
    return Stated(predicate, manifest)


def _subjects(value: object, bundle: Sha256) -> Sha256 | None:
    if not isinstance(value, list):
        raise RefusedError("subject-shape", "need a list")
    seen = [_subject(one) for one in value]
    if len(seen) not in {1, 2}:
        raise RefusedError("subject-count", f"seen {len(seen)} subjects, need a bundle and its manifest")
    if seen[0][1] != bundle:
        raise RefusedError("subject-bundle", f"seen {seen[0][1]}, need {bundle}")
    if len(seen) == 1:
        return None
    if seen[1][0] != MANIFEST:
        raise RefusedError("subject-manifest", f"seen the name {shown(seen[1][0])}, need {MANIFEST!r}")
    return seen[1][1]


def _subject(value: object) -> tuple[str, Sha256]:
    if isinstance(value, dict) and isinstance(name := value.get("name"), str):
        digest = value.get("digest")
        if isinstance(digest, dict) and set(digest) == {"sha256"} and isinstance(sha256 := digest["sha256"], str):
            try:
                return name, digests.parse(sha256)
            except InvalidDigestError as error:
                raise RefusedError(
                    "subject-shape", f"seen {shown(sha256)}, need 64 hex digits in lower case"
                ) from error
    raise RefusedError("subject-shape", "need a name and one digest, sha256")

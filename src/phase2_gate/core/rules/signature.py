"""
Rules of the gate ``signature``: whoever the auditor named has signed that these bytes were built.

None may be waived: who does not care for the signature does not demand it.
"""

from __future__ import annotations

from .rule import SIGNATURE_GATE, Rule

_SIGN = "have the builder sign the very file at hand with `phase2-gate build --sign KEY`, and send both files on"


def _rule(slug: str, meaning: str, why: str, *references: str, remedy: str = _SIGN) -> Rule:
    return Rule(slug, SIGNATURE_GATE, meaning, why, remedy, references)


RULES = (
    _rule(
        "signature-missing",
        "There is no envelope of the builder's.",
        "Who demands a signature takes nothing without one.",
    ),
    _rule(
        "signature-malformed",
        "The envelope, or the statement in it, cannot be read in one way only.",
        "What two readers understand differently was signed by nobody in particular.",
        "DSSE envelope v1",
        "in-toto Statement v1",
    ),
    _rule(
        "signature-wrong-key",
        "The envelope was not signed with the key that is demanded.",
        "Anybody can sign with a key of their own.",
        remedy="name the builder's own public key, which you did not get together with the bundle; "
        "if it is the right one, the envelope was forged or damaged",
    ),
    _rule(
        "signature-other-kind",
        "What is signed is not that a bundle was built.",
        "A key may have signed other things too, a verdict for one.",
        "SLSA provenance v1",
    ),
    _rule(
        "signature-other-bundle",
        "The statement is about another bundle, or not about this one alone.",
        "A good signature next to other bytes is how bytes are swapped.",
    ),
)
"""The rules, in the order in which they are looked at."""

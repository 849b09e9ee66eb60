"""
Why an attestation is refused: one code for each reason, stable for ever, in the order in which they are looked for.
"""

from __future__ import annotations

CODES = {
    "envelope-too-large": "The envelope is larger than any honest one.",
    "envelope-not-json": "The envelope is not a JSON document in UTF-8.",
    "envelope-duplicate-key": "An object in the envelope has a key twice, so two readers may see two documents.",
    "envelope-shape": "The envelope lacks a key, has one too many, or a value of another type.",
    "envelope-base64": "A value is not base64 in its one canonical spelling (RFC 4648, section 4).",
    "envelope-payload-type": "The payload is not an in-toto statement.",
    "signature-count": "There is not exactly one signature.",
    "signature-key": "The signature names another key than the one it is to be checked with.",
    "signature-invalid": "The signature is not the key's signature of these bytes.",
    "keyless-bundle": "The document is not a Sigstore bundle.",
    "keyless-untrusted": "The trust root does not show that the identity signed these bytes.",
    "statement-not-json": "The signed bytes are not a JSON document in UTF-8.",
    "statement-duplicate-key": "An object in the statement has a key twice.",
    "statement-type": "The signed document is not an in-toto Statement v1.",
    "predicate-type": "The statement says something of another kind than was asked for.",
    "subject-shape": "A subject is not a name with one sha256 digest.",
    "subject-count": "There are more or fewer subjects than the bundle and its manifest.",
    "subject-bundle": "The statement is about another bundle.",
    "subject-manifest": "The statement is about another manifest.",
    "predicate-shape": "The predicate lacks what this version writes.",
    "policy-verdict": "The verdict is not the one that is demanded.",
    "policy-profile": "The bundle was judged under another profile, or another version of it.",
    "policy-isolation": "The bundle's code was confined less than is demanded.",
}
"""The meaning of each code."""

RULES = {
    **dict.fromkeys(
        (
            "envelope-too-large",
            "envelope-not-json",
            "envelope-duplicate-key",
            "envelope-shape",
            "envelope-base64",
            "signature-count",
            "statement-not-json",
            "statement-duplicate-key",
            "subject-shape",
        ),
        "signature-malformed",
    ),
    **dict.fromkeys(("signature-key", "signature-invalid"), "signature-wrong-key"),
    **dict.fromkeys(
        ("envelope-payload-type", "statement-type", "predicate-type", "predicate-shape"), "signature-other-kind"
    ),
    **dict.fromkeys(("subject-count", "subject-bundle", "subject-manifest"), "signature-other-bundle"),
}
"""The rule that a builder's envelope breaks, by the code that refuses it; no policy and no identity is asked of it."""

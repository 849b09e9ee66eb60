"""
What is made of an envelope, as JSON: it is what its schema says, whatever the envelope holds.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import jsonschema
import pytest

from phase2_gate.attest import answer
from phase2_gate.attest.answer import Answer, Identity
from phase2_gate.attest.claim import Claim
from phase2_gate.attest.codes import CODES
from phase2_gate.core.digest import Sha256
from phase2_gate.core.errors import RefusedError
from tests.report.samples import HOSTILE

SCHEMA = json.loads((resources.files("phase2_gate.attest") / "attestation.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
CLAIM = Claim("PASS", "generic", "4" * 64, "strict")
ASKED = Answer("vsa.intoto.json", "vsa", "3" * 64, Sha256("1" * 64), Sha256("2" * 64))


def _faults(value: object) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(value)]


def test_is_a_schema() -> None:
    """It is a JSON Schema of 2020-12, named after the version that documents name."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == "urn:phase2-gate:schema:attestation:1"
    assert SCHEMA["properties"]["schema"]["const"] == answer.SCHEMA


def test_accepted() -> None:
    """The claim and its terms."""
    made = answer.document(ASKED._replace(claim=CLAIM))
    assert made == {
        "schema": "phase2-gate/attestation/1",
        "result": "ACCEPTED (PASS)",
        "attestation": {"name": "vsa.intoto.json", "predicate": "vsa"},
        "key": "3" * 64,
        "identity": None,
        "bundle": {"sha256": "1" * 64, "manifest_sha256": "2" * 64},
        "refused": None,
        "claim": {"verdict": "PASS", "profile": "generic", "profile_sha256": "4" * 64, "isolation": "strict"},
    }
    assert _faults(made) == []


def test_built() -> None:
    """A builder's envelope claims no verdict."""
    made = answer.document(ASKED._replace(predicate="provenance"))
    assert (made["result"], made["claim"], _faults(made)) == ("ACCEPTED (BUILT)", None, [])


def test_believed_by_identity() -> None:
    """Either a key or an identity with its issuer, never both and never none."""
    made = answer.document(
        ASKED._replace(key=None, identity=Identity("a@example.org", "https://issuer.example"), claim=CLAIM)
    )
    assert (made["key"], made["identity"]) == (None, {"name": "a@example.org", "issuer": "https://issuer.example"})
    assert _faults(made) == []


@pytest.mark.parametrize("code", CODES)
def test_refused(code: str) -> None:
    """The code, what was seen, and what it means; no claim."""
    made = answer.document(ASKED._replace(refused=RefusedError(code, "seen \x1b[0m")))
    assert made["refused"] == {"code": code, "detail": "seen \\x1b[0m", "meaning": CODES[code]}
    assert (made["result"], made["claim"], _faults(made)) == ("REFUSED", None, [])


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_text_is_escaped(text: str) -> None:
    """Whatever an envelope says of itself, the document is printable."""
    claim = Claim("FAIL", text, "4" * 64, "")
    made = answer.document(
        ASKED._replace(envelope=text, claim=claim, manifest=None, key=None, identity=Identity(text, text))
    )
    assert _faults(made) == []
    assert json.dumps(made, ensure_ascii=False).isprintable()


@pytest.mark.parametrize(
    "changes",
    [
        {"result": "ACCEPTED (BUILT)"},
        {"result": "REFUSED"},
        {"claim": None},
        {"refused": {"code": "a-b", "detail": "", "meaning": ""}},
        {"attestation": {"name": "", "predicate": "provenance"}},
        {"key": "3" * 63},
        {"key": None},
        {"identity": {"name": "a", "issuer": "b"}},
        {"more": 1},
        {"bundle": {"sha256": None, "manifest_sha256": None}},
    ],
)
def test_a_document_that_contradicts_itself_is_none(changes: dict[str, Any]) -> None:
    """The schema holds result, reason and claim together."""
    assert _faults({**answer.document(ASKED._replace(claim=CLAIM)), **changes}) != []

"""
What is signed: in-toto Statements v1 about a bundle and its manifest.

Two predicates say the same for two kinds of reader: the test result (in-toto ``test-result/v0.1``), with every gate and
every test by name, and the verification summary of SLSA (``verification_summary/v1``), which refers to the first. Both
name the profile with the digest of its content: a profile of the same name that demands less is another one.

A BLOCKED is never stated: who could not judge has nothing to attest.
"""

from __future__ import annotations

import hashlib
import json
from urllib.parse import quote

from ..core.escape import line
from ..core.manifest import NAME as MANIFEST
from ..core.profile import Profile
from ..core.record import Record
from ..core.report import Verdict

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
"""The type of every statement."""
TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
"""The predicate for readers of test results."""
SUMMARY = "https://slsa.dev/verification_summary/v1"
"""The predicate for readers of SLSA."""

RESULTS = {Verdict.PASS: "PASSED", Verdict.FAIL: "FAILED"}
"""What both predicates call a verdict."""
_WARNED = frozenset({"skipped", "xfailed", "xpassed", "deselected"})


def profile_sha256(profile: Profile) -> str:
    """
    The digest of everything that a profile demands.
    """
    text = json.dumps(_plain(profile), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"phase2-gate/profile/1\n{text}".encode()).hexdigest()


def _plain(profile: Profile) -> dict[str, object]:
    demands = {**profile._asdict(), "limits": profile.limits._asdict()}
    demands["waivers"] = [waiver._asdict() for waiver in profile.waivers]
    return demands


def render(value: dict[str, object]) -> bytes:
    """
    A statement as it is signed: compact, sorted keys, ASCII.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def level(isolation: str) -> str:
    """
    What a summary calls an audit that passed with this isolation.
    """
    return f"PHASE2_GATE_AUDIT_{isolation.upper()}"


def test_result(record: Record, profile: Profile, report: bytes) -> dict[str, object]:
    """
    The statement for readers of test results.

    Args:
        record: The record of an audit; its verdict is PASS or FAIL, and its bundle has a digest.
        profile: What was demanded.
        report: The bytes of its report.json.
    """
    gates = record.verification.gates
    names = {
        "passedTests": [f"gate/{gate.gate}" for gate in gates if gate.state == "pass"],
        "warnedTests": [f"test/{line(test.name)}" for test in record.tests if test.outcome in _WARNED],
        "failedTests": [f"gate/{gate.gate}" for gate in gates if gate.state != "pass"],
    }
    for test in record.tests:
        if test.outcome not in _WARNED:
            kind = "passedTests" if test.outcome == "passed" else "failedTests"
            names[kind].append(f"test/{line(test.name)}")
    tool = {"isolation": record.isolation, "action": record.action, "canonical": record.subject.difference == ""}
    return _statement(
        record,
        TEST_RESULT,
        {
            "result": RESULTS[record.verdict],
            "configuration": [
                {"name": f"profile/{line(profile.name)}", "digest": {"sha256": profile_sha256(profile)}},
                {"name": "phase2-gate", "uri": f"pkg:generic/phase2-gate@{record.tool}", "annotations": tool},
                {"name": "report.json", "digest": {"sha256": hashlib.sha256(report).hexdigest()}},
            ],
            **names,
        },
    )


def summary(record: Record, profile: Profile, envelope: bytes) -> dict[str, object]:
    """
    The statement for readers of SLSA.

    Args:
        record: As for `test_result`.
        profile: As for `test_result`.
        envelope: The signed test result.
    """
    name = quote(line(record.subject.name), safe="")
    passed = record.verdict is Verdict.PASS
    return _statement(
        record,
        SUMMARY,
        {
            "verifier": {"id": "urn:phase2-gate", "version": {"phase2-gate": record.tool}},
            "timeVerified": record.started_at,
            "resourceUri": f"pkg:generic/{name}?checksum=sha256:{record.subject.sha256}",
            "policy": {
                "uri": f"urn:phase2-gate:profile:{quote(line(profile.name), safe='')}",
                "digest": {"sha256": profile_sha256(profile)},
            },
            "inputAttestations": [{"digest": {"sha256": hashlib.sha256(envelope).hexdigest()}}],
            "verificationResult": RESULTS[record.verdict],
            "verifiedLevels": [level(record.isolation) if passed else "FAILED"],
            "slsaVersion": "1.0",
        },
    )


def _statement(record: Record, kind: str, predicate: dict[str, object]) -> dict[str, object]:
    subjects = [(line(record.subject.name), record.subject.sha256), (MANIFEST, record.subject.manifest_sha256)]
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in subjects if digest is not None],
        "predicateType": kind,
        "predicate": predicate,
    }

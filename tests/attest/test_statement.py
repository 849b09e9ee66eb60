"""
Statements: what is said of a record, and that it is read again as it was meant.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from phase2_gate.attest import claim, dsse, statement
from phase2_gate.attest.claim import Claim
from phase2_gate.attest.keys import SigningKey
from phase2_gate.attest.seal import seal
from phase2_gate.core.errors import RefusedError
from phase2_gate.core.evidence import Test
from phase2_gate.core.limits import Limits
from phase2_gate.core.profile import BUILD_LOOP_PHASE2, GENERIC
from phase2_gate.core.record import Subject
from phase2_gate.report.pack import ATTESTATIONS
from tests.report import samples
from tests.values import replace

KEY = SigningKey.new()
REPORT = b"the report"


def _result(record: Any = samples.PASS) -> dict[str, Any]:
    return dict(statement.test_result(record, GENERIC, REPORT))


def _summary(record: Any = samples.PASS) -> dict[str, Any]:
    return dict(statement.summary(record, GENERIC, b"envelope"))


@pytest.mark.parametrize("made", [_result(), _summary()])
def test_subjects_are_bundle_and_manifest(made: dict[str, Any]) -> None:
    """Both by name and sha256, the bundle first."""
    assert made["_type"] == "https://in-toto.io/Statement/v1"
    assert made["subject"] == [
        {"name": "good.zip", "digest": {"sha256": "1" * 64}},
        {"name": "manifest.txt", "digest": {"sha256": "2" * 64}},
    ]


def test_bundle_without_manifest_is_alone() -> None:
    """What has no digest is no subject."""
    record = replace(samples.FAIL, subject=replace(samples.FAIL.subject, manifest_sha256=None))
    assert [one["name"] for one in _result(record)["subject"]] == ["good.zip"]


def test_result_of_a_pass() -> None:
    """Gates and tests by name, the terms with their digests."""
    made = _result()
    assert made["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    predicate = made["predicate"]
    assert (predicate["result"], predicate["failedTests"], predicate["warnedTests"]) == ("PASSED", [], [])
    assert predicate["passedTests"][0] == "gate/archive"
    assert predicate["passedTests"][-2:] == [
        "test/tests/test_a.py::test_one",
        "test/tests/test_a.py::TestB::test_two[a::b]",
    ]
    profile, tool, report = predicate["configuration"]
    assert profile == {"name": "profile/generic", "digest": {"sha256": statement.profile_sha256(GENERIC)}}
    assert tool["annotations"] == {"isolation": "strict", "action": "audit", "canonical": True}
    assert tool["uri"] == "pkg:generic/phase2-gate@0.1.0"
    assert report == {"name": "report.json", "digest": {"sha256": hashlib.sha256(REPORT).hexdigest()}}


def test_result_of_a_fail() -> None:
    """Gates that failed or did not run are failed tests; what was skipped is a warning, what is missing a failure."""
    predicate = _result(samples.FAIL)["predicate"]
    assert predicate["result"] == "FAILED"
    assert predicate["failedTests"] == [
        f"gate/{gate}" for gate in ("digests", "layout", "cleanliness", "imports", "tests", "workspace")
    ]
    outcomes = ("skipped", "xfailed", "xpassed", "deselected", "failed", "error", "missing", "new")
    record = replace(samples.FAIL, tests=tuple(Test(f"t::{outcome}", outcome) for outcome in outcomes))
    predicate = _result(record)["predicate"]
    assert predicate["warnedTests"] == [f"test/t::{outcome}" for outcome in outcomes[:4]]
    assert predicate["failedTests"][-4:] == [f"test/t::{outcome}" for outcome in outcomes[4:]]


def test_summary_of_a_pass() -> None:
    """The verifier, the bundle, the policy, the result, and the attestation it rests on."""
    made = _summary()
    assert made["predicateType"] == "https://slsa.dev/verification_summary/v1"
    assert made["predicate"] == {
        "verifier": {"id": "urn:phase2-gate", "version": {"phase2-gate": "0.1.0"}},
        "timeVerified": "2026-01-02T03:04:05Z",
        "resourceUri": f"pkg:generic/good.zip?checksum=sha256:{'1' * 64}",
        "policy": {
            "uri": "urn:phase2-gate:profile:generic",
            "digest": {"sha256": statement.profile_sha256(GENERIC)},
        },
        "inputAttestations": [{"digest": {"sha256": hashlib.sha256(b"envelope").hexdigest()}}],
        "verificationResult": "PASSED",
        "verifiedLevels": ["PHASE2_GATE_AUDIT_STRICT"],
        "slsaVersion": "1.0",
    }


def test_summary_of_a_fail() -> None:
    """A FAIL has no level; custom levels never begin with SLSA_, which is reserved."""
    predicate = _summary(samples.FAIL)["predicate"]
    assert (predicate["verificationResult"], predicate["verifiedLevels"]) == ("FAILED", ["FAILED"])


@pytest.mark.parametrize("name", ["pass", "fail", "foreign"])
def test_render_is_ascii(name: str) -> None:
    """Whatever a record holds, the signed bytes are JSON in ASCII."""
    for made in (_result(samples.ALL[name]), _summary(samples.ALL[name])):
        data = statement.render(made)
        assert data.isascii()
        assert json.loads(data) == made


@pytest.mark.parametrize(
    "other",
    [
        BUILD_LOOP_PHASE2,
        replace(GENERIC, name="other"),
        replace(GENERIC, minimum_tests=2),
        replace(GENERIC, imports=()),
        replace(GENERIC, imports=("a",)),
        replace(GENERIC, limits=Limits(test_seconds=121)),
    ],
)
def test_profile_digest_covers_everything(other: Any) -> None:
    """A profile that demands anything else has another digest."""
    assert statement.profile_sha256(other) != statement.profile_sha256(GENERIC)
    assert statement.profile_sha256(replace(GENERIC)) == statement.profile_sha256(GENERIC)


def test_seal_signs_both() -> None:
    """Two envelopes under the names that the report directory knows, the second bound to the first."""
    made = seal(samples.PASS, REPORT, KEY)
    assert tuple(made) == ATTESTATIONS
    for data in made.values():
        KEY.public.check(dsse.parse(data))
    first, second = (json.loads(dsse.parse(data).payload) for data in made.values())
    assert first == _result()
    digest = hashlib.sha256(made[ATTESTATIONS[0]]).hexdigest()
    assert second["predicate"]["inputAttestations"] == [{"digest": {"sha256": digest}}]


def test_seal_states_the_demands_that_were_in_force() -> None:
    """An option that asked for less than the profile of that name makes another digest."""
    eased = replace(GENERIC, max_skipped=1.0)
    made = seal(replace(samples.PASS, demands=eased), REPORT, KEY)
    stated = json.loads(dsse.parse(made[ATTESTATIONS[0]]).payload)
    digest = stated["predicate"]["configuration"][0]["digest"]["sha256"]
    assert digest == statement.profile_sha256(eased) != statement.profile_sha256(GENERIC)


def test_seal_never_states_a_blocked() -> None:
    """Who could not judge, or could not name bundle or demands, signs nothing."""
    assert seal(replace(samples.PASS, demands=None), REPORT, KEY) == {}
    assert seal(samples.BLOCKED, REPORT, KEY) == {}
    assert seal(replace(samples.FAIL, subject=Subject("a", "bundle")), REPORT, KEY) == {}


@pytest.mark.parametrize("isolation", ["strict", "landlock", "sandbox-exec", "process", "none"])
def test_claim_is_read_as_it_was_meant(isolation: str) -> None:
    """Both kinds give the same claim of a PASS."""
    record = replace(samples.PASS, isolation=isolation)
    expected = Claim("PASS", "generic", statement.profile_sha256(GENERIC), isolation)
    assert claim.of_test_result(_result(record)["predicate"]) == expected
    assert claim.of_summary(_summary(record)["predicate"]) == expected


def test_claim_of_a_fail() -> None:
    """Nothing was run, so nothing is said of isolation."""
    expected = Claim("FAIL", "a b/ü", statement.profile_sha256(replace(GENERIC, name="a b/ü")), "")
    profile = replace(GENERIC, name="a b/ü")
    result, summary = (
        statement.test_result(samples.FAIL, profile, REPORT)["predicate"],
        statement.summary(samples.FAIL, profile, b"")["predicate"],
    )
    assert isinstance(result, dict)
    assert isinstance(summary, dict)
    assert claim.of_test_result(result) == expected
    assert claim.of_summary(summary) == expected


@pytest.mark.parametrize(
    ("reader", "made", "path", "value"),
    [
        (reader, made, path, value)
        for reader, made, changes in (
            (
                claim.of_test_result,
                _result,
                [
                    (("result",), "WARNED"),
                    (("result",), None),
                    (("result",), "FAILED"),
                    (("configuration",), {}),
                    (("configuration",), []),
                    (("configuration", 0), 1),
                    (("configuration", 0, "name"), "generic"),
                    (("configuration", 0, "digest"), "x"),
                    (("configuration", 0, "digest", "sha256"), 1),
                    (("configuration", 1, "name"), "other-gate"),
                    (("configuration", 1, "annotations"), None),
                    (("configuration", 1, "annotations", "isolation"), 4),
                    (("failedTests",), None),
                    (("failedTests",), ["gate/tests"]),
                ],
            ),
            (
                claim.of_summary,
                _summary,
                [
                    (("verificationResult",), "FAILED"),
                    (("verificationResult",), "PASS"),
                    (("verifiedLevels",), "PHASE2_GATE_AUDIT_STRICT"),
                    (("verifiedLevels",), []),
                    (("verifiedLevels",), [1]),
                    (("verifiedLevels",), ["SLSA_BUILD_LEVEL_3"]),
                    (("verifiedLevels",), ["FAILED"]),
                    (("verifiedLevels",), ["PHASE2_GATE_AUDIT_STRICT", "PHASE2_GATE_AUDIT_NONE"]),
                    (("verifier", "id"), "https://example.org"),
                    (("verifier",), None),
                    (("policy", "uri"), "https://example.org/policy"),
                    (("policy", "digest"), {}),
                    (("policy",), []),
                ],
            ),
        )
        for path, value in changes
    ],
)
def test_predicate_that_is_not_ours_is_refused(reader: Any, made: Any, path: tuple[Any, ...], value: object) -> None:
    """A predicate with one thing changed says nothing that we would believe."""
    predicate = json.loads(json.dumps(made()["predicate"]))
    reader(predicate)
    node = predicate
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    with pytest.raises(RefusedError) as raised:
        reader(predicate)
    assert raised.value.code == "predicate-shape"


def test_unknown_keys_are_passed_over() -> None:
    """As in-toto's parsing rules demand it of readers."""
    predicate = {**_result()["predicate"], "url": "https://example.org", "x": 1}
    assert claim.of_test_result(predicate).verdict == "PASS"

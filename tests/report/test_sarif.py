"""
SARIF: valid by the published schema, every finding a result, no location outside of the bundle.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest

from phase2_gate.core import rules
from phase2_gate.core.findings import Finding
from phase2_gate.core.record import Record
from phase2_gate.core.report import judged
from phase2_gate.report import sarif
from tests.report import samples
from tests.values import replace

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))


def _run(record: Record) -> dict[str, Any]:
    (run,) = json.loads(sarif.render([record]))["runs"]
    return dict(run)


def _results(*findings: Finding, gate: str = "paths") -> list[dict[str, Any]]:
    verification = replace(samples.PASS.verification, gates=(judged(gate, findings),))
    return list(_run(replace(samples.PASS, verification=verification))["results"])


@pytest.mark.parametrize("name", samples.ALL)
def test_is_valid_by_the_schema(name: str) -> None:
    """Every record is a document that the schema accepts, in ASCII."""
    text = sarif.render([samples.ALL[name]])
    assert text.isascii()
    document = json.loads(text)
    validator = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)
    assert [error.message for error in validator.iter_errors(document)] == []
    assert document["version"] == "2.1.0"


def test_several_bundles_are_several_runs() -> None:
    """Each record is a run with its verdict and its exit code."""
    runs = json.loads(sarif.render([samples.PASS, samples.FAIL, samples.BLOCKED]))["runs"]
    seen = [
        (run["properties"]["verdict"], run["invocations"][0]["exitCode"], run["invocations"][0]["executionSuccessful"])
        for run in runs
    ]
    assert seen == [("PASS", 0, True), ("FAIL", 1, True), ("BLOCKED", 3, False)]


def test_every_rule_has_help() -> None:
    """The driver lists all rules in the order of the table, each with meaning, reason and remedy."""
    described = _run(samples.PASS)["tool"]["driver"]["rules"]
    assert list(rules.RULES) == [rule["id"] for rule in described]
    for rule in described:
        slug = rules.RULES[rule["id"]]
        assert slug.meaning == rule["shortDescription"]["text"]
        assert slug.remedy in rule["help"]["text"]
        assert slug.why in rule["help"]["markdown"]


def test_finding_lies_at_its_member() -> None:
    """A finding points at the member it names, percent-encoded and relative to the bundle's root."""
    first, second = _run(samples.FAIL)["results"]
    assert first["ruleId"] == "manifest-digest-mismatch"
    described = _run(samples.FAIL)["tool"]["driver"]["rules"][first["ruleIndex"]]
    assert described["id"] == "manifest-digest-mismatch"
    assert first["locations"] == [
        {
            "logicalLocations": [{"fullyQualifiedName": "pkg/a b.py", "kind": "member"}],
            "physicalLocation": {"artifactLocation": {"uri": "pkg/a%20b.py", "uriBaseId": "BUNDLE"}},
        }
    ]
    (related,) = first["relatedLocations"]
    assert related["physicalLocation"] == {
        "artifactLocation": {"uri": "good.zip", "index": 0},
        "region": {"byteOffset": 77},
    }
    assert "relatedLocations" not in second
    assert first["partialFingerprints"] != second["partialFingerprints"]


def test_offset_of_a_manifest_rule_lies_in_the_manifest() -> None:
    """Findings about the manifest count bytes from its beginning."""
    (result,) = _results(Finding("manifest-unsorted", None, "not sorted", 5), gate="manifest")
    place = result["relatedLocations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "manifest.txt", "uriBaseId": "BUNDLE"}
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "good.zip", "index": 0}


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        *((path, path) for path in ("../../etc/passwd", "/etc/passwd", "//host/share", "C:/x", "a/../../b")),
        ("https://example.org/x", "https://example.org/x"),
        ("x\0y", "x\\x00y"),
        ("\udcff", "\\udcff"),
    ],
)
def test_name_that_is_no_member_path_is_no_uri(path: str, shown: str) -> None:
    """A name that could lead out of the bundle is text only; the location is the bundle."""
    (result,) = _results(Finding("name-control", path, "bad"))
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": "good.zip", "index": 0}
    assert location["logicalLocations"] == [{"fullyQualifiedName": shown, "kind": "member"}]


@pytest.mark.parametrize("name", samples.ALL)
def test_no_uri_leaves_the_bundle(name: str) -> None:
    """No URI of a result has a scheme, a host, a leading slash or a parent component."""
    found = 0
    for result in _run(samples.ALL[name])["results"]:
        for location in result["locations"] + result.get("relatedLocations", []):
            uri = location["physicalLocation"]["artifactLocation"]["uri"]
            parts = urlsplit(uri)
            assert (parts.scheme, parts.netloc, unquote(uri).startswith("/")) == ("", "", False)
            assert ".." not in unquote(uri).split("/")
            found += 1
    assert (found > 0) == (name in {"fail", "foreign"})


def test_message_is_plain_text() -> None:
    """What SARIF reads as a placeholder or as a link is escaped (3.11.5, 3.11.6)."""
    (result,) = _results(Finding("name-control", None, "{0} [text](https://example.org)"))
    assert result["message"]["text"] == "{{0}} \\[text\\](https://example.org)"


def test_message_is_never_empty() -> None:
    """A finding without words is told by its rule."""
    (result,) = _results(Finding("name-control"))
    assert result["message"]["text"] == "name-control"


def test_blocked_gate_is_a_notification() -> None:
    """What stopped us is told as a notification of the tool, not as a result about the bundle."""
    run = _run(samples.BLOCKED)
    assert run["results"] == []
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    expected = "archive: gone.zip: cannot be opened: No such file (hint: check the path)"
    assert {"level": "error", "message": {"text": expected}} == notification


def test_results_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that GitHub would refuse is cut, and says so."""
    assert sarif.MAX_RESULTS == 25_000
    monkeypatch.setattr(sarif, "MAX_RESULTS", 1)
    run = _run(samples.FAIL)
    assert [result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] for result in run["results"]] == [
        "pkg/a b.py"
    ]
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification == {"level": "warning", "message": {"text": "1 more findings are in report.json"}}
    monkeypatch.setattr(sarif, "MAX_RESULTS", 2)
    assert _run(samples.FAIL)["invocations"][0]["toolExecutionNotifications"] == []

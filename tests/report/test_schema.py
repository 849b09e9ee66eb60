"""
The JSON Schema of report.json: every report validates, and a report that contradicts itself does not.
"""

from __future__ import annotations

import copy
import json
from importlib import resources
from typing import Any

import jsonschema
import pytest

from phase2_gate.core import rules
from phase2_gate.core.report import Verdict
from phase2_gate.isolation.level import Level
from phase2_gate.report import as_json
from tests.report import samples

SCHEMA = json.loads((resources.files("phase2_gate.report") / "report.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def _faults(document: object) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(document)]


def _document(name: str = "pass") -> dict[str, Any]:
    return dict(json.loads(as_json.render(samples.ALL[name])))


def test_is_a_schema() -> None:
    """It is a JSON Schema of 2020-12, named after the version that reports name."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == "urn:phase2-gate:schema:report:1"
    assert SCHEMA["properties"]["schema"]["const"] == as_json.SCHEMA


def test_is_closed() -> None:
    """Every object names all of its keys, demands them, and allows no other: nothing is reported unseen."""

    def objects(node: object) -> list[dict[str, Any]]:
        if isinstance(node, list):
            return [found for item in node for found in objects(item)]
        if not isinstance(node, dict):
            return []
        inner = [found for key, item in node.items() if key != "allOf" for found in objects(item)]
        return (
            [node, *inner]
            if "properties" in node and "type" in node and isinstance(node["properties"], dict)
            else inner
        )

    found = objects(SCHEMA)
    assert len(found) > 8
    for one in found:
        assert one["additionalProperties"] is False
        assert sorted(one["required"]) == sorted(one["properties"])


def test_lists_are_those_of_the_code() -> None:
    """Gates, verdicts and levels are the ones that exist; every rule's slug fits."""
    assert SCHEMA["$defs"]["gateName"]["enum"] == list(rules.ALL_GATES)
    assert SCHEMA["properties"]["verdict"]["enum"] == [verdict.value for verdict in Verdict]
    assert SCHEMA["properties"]["isolation"]["enum"] == [*(level.value for level in Level), None]
    slug = jsonschema.Draft202012Validator(SCHEMA["$defs"]["slug"])
    assert all(slug.is_valid(name) for name in rules.RULES)


@pytest.mark.parametrize("name", samples.ALL)
def test_reports_validate(name: str) -> None:
    """Whatever a record holds, its report.json has the published shape."""
    assert _faults(_document(name)) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("verdict",), "FAIL"),
        (("verdict",), "BLOCKED"),
        (("verdict",), "pass"),
        (("result",), "RESULT: FAIL"),
        (("result",), "RESULT: PASS (isolation: strict)"),
        (("unjudged",), ["tests-failed"]),
        (("required",), []),
        (("schema",), "phase2-gate/report/2"),
        (("more",), 1),
        (("subject", "sha256"), "A" * 64),
        (("subject", "size"), -1),
        (("gates", 0, "state"), "passed"),
        (("gates", 0, "state"), "fail"),
        (("gates", 0, "gate"), "zip"),
        (("gates", 0, "blocked"), "why"),
        (("gates", 0, "findings"), [{"rule": "x"}]),
        (("tests", 0, "outcome"), "green"),
        (("isolation",), "auto"),
        (("volatile", "seconds"), -1),
        (("volatile", "runs", 0, "stdout", "bytes"), 1.5),
        (("volatile", "journal"), []),
    ],
)
def test_contradictions_do_not(path: tuple[str | int, ...], value: object) -> None:
    """A report with one thing changed is refused, a forged verdict above all."""
    document = _document()
    changed: Any = copy.deepcopy(document)
    node = changed
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    assert _faults(document) == []
    assert _faults(changed) != []


@pytest.mark.parametrize("key", sorted(SCHEMA["required"]))
def test_every_key_is_needed(key: str) -> None:
    """A report that lacks a part is none."""
    document = _document()
    del document[key]
    assert _faults(document) != []

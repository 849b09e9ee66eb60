"""
Waived findings: no format leaves them out, and each gives the reason.
"""

from __future__ import annotations

import json
from xml.etree.ElementTree import fromstring

import pytest

from phase2_gate.core import rules
from phase2_gate.core.findings import Finding
from phase2_gate.core.profile import GENERIC
from phase2_gate.core.record import Record, result_line
from phase2_gate.core.report import GateResult, Verdict, Verification, Waived
from phase2_gate.core.waivers import Waiver
from phase2_gate.report import as_json, github, html, junit, markdown, sarif, text
from tests.values import replace

from . import samples
from .test_schema import VALIDATOR

WHY = "it adds a <column> | here"
FOUND = Finding("tests-hook", "conftest.py", "a hook that decides", seen="makereport")


def record(count: int = 1, *more: Finding) -> Record:
    """
    An audit with waived findings of one rule, a waiver that matched nothing, and findings that count.
    """
    gates = [gate for gate in samples.PASS.verification.gates if gate.gate != "tests"]
    waived = tuple(Waived(FOUND._replace(path=f"{number}/conftest.py"), WHY) for number in range(count))
    gates.insert(-1, GateResult("tests", rules.of_gate("tests"), more, waived=waived))
    return replace(
        samples.PASS,
        verification=Verification(samples.PASS.verification.required, tuple(gates)),
        demands=replace(GENERIC, waivers=(Waiver("tests-hook", WHY), Waiver("clean-litter", "in case"))),
    )


@pytest.mark.parametrize(
    ("waived", "levels", "expected"),
    [
        (0, {"strict"}, "RESULT: PASS"),
        (1, {"strict"}, "RESULT: PASS (1 waived)"),
        (2, {"process", "strict"}, "RESULT: PASS (2 waived, isolation: process)"),
        (0, {"none", "process", ""}, "RESULT: PASS (isolation: none, process)"),
    ],
)
def test_the_verdict_line(waived: int, levels: set[str], expected: str) -> None:
    """
    It says how many findings do not count, and how weak the confinement was.
    """
    assert result_line(Verdict.PASS, waived, levels) == expected


def test_text() -> None:
    """
    The finding below its gate, each waiver before the verdict, the one for nothing as well.
    """
    lines = text.render(record()).splitlines()
    assert "  waived: tests-hook: 0/conftest.py: a hook that decides: seen makereport" in lines
    assert lines[-3:] == [
        f"waived       tests-hook: 1 finding: {WHY}",
        "waived       clean-litter: no findings: in case",
        "RESULT: PASS (1 waived)",
    ]
    many = text.render(record(25)).splitlines()
    assert ("  waived: and 5 more" in many, sum(line.startswith("  waived: ") for line in many)) == (True, 21)


def test_json() -> None:
    """
    Beside the findings of the gate, and among the demands; the schema allows it.
    """
    document = json.loads(as_json.render(record()))
    (gate,) = [gate for gate in document["gates"] if gate["waived"]]
    assert (gate["gate"], gate["state"], gate["findings"]) == ("tests", "pass", [])
    assert gate["waived"][0]["finding"]["rule"] == "tests-hook"
    assert gate["waived"][0]["reason"] == WHY
    assert document["demands"]["waivers"] == {"tests-hook": WHY, "clean-litter": "in case"}
    assert document["result"] == "RESULT: PASS (1 waived)"
    assert list(VALIDATOR.iter_errors(document)) == []


@pytest.mark.parametrize("result", ["RESULT: PASS", "RESULT: PASS (2 waived"])
def test_a_report_that_hides_a_waiver_is_not_valid(result: str) -> None:
    """
    The result line and the gates have to agree.
    """
    document = json.loads(as_json.render(record()))
    document["result"] = result
    assert list(VALIDATOR.iter_errors(document)) != []
    plain = json.loads(as_json.render(samples.PASS))
    plain["result"] = "RESULT: PASS (1 waived)"
    assert list(VALIDATOR.iter_errors(plain)) != []


def test_markdown() -> None:
    """
    A section of its own, and the result line.
    """
    lines = markdown.render(record()).splitlines()
    assert f"- **tests-hook**, 1 finding: `{WHY}`" in lines
    assert "  - `0/conftest.py`: `a hook that decides: seen makereport`" in lines
    assert "- **clean-litter**, no findings: `in case`" in lines
    assert lines[-1] == "RESULT: PASS (1 waived)"
    assert "## Waived" not in markdown.render(samples.PASS)


def test_html() -> None:
    """
    A section of its own, bounded as the findings are; none when nothing was waived.
    """
    page = html.render(record(501))
    assert '<strong>tests-hook</strong>, 501 findings: <bdi dir="ltr">it adds a &lt;column&gt; | here</bdi>' in page
    assert "0/conftest.py" in page
    assert "<p>And 1 more, in report.json.</p>" in page
    assert 'id="waived"' not in html.render(samples.PASS)


def test_sarif() -> None:
    """
    A result with an accepted suppression; every other result says that it has none.
    """
    counted = Finding("tests-failed", "a.py", "no")
    (run,) = json.loads(sarif.render([record(1, counted)]))["runs"]
    assert [(result["ruleId"], result["suppressions"]) for result in run["results"]] == [
        ("tests-failed", []),
        ("tests-hook", [{"kind": "external", "status": "accepted", "justification": WHY}]),
    ]
    (plain,) = json.loads(sarif.render([samples.FAIL]))["runs"]
    assert all("suppressions" not in result for result in plain["results"])


def test_junit() -> None:
    """
    A property for each waiver; the case of the gate passes.
    """
    root = fromstring(junit.render([record()]))  # noqa: S314 - our own document
    properties = {each.get("name"): each.get("value") for each in root.iter("property")}
    assert properties["waiver.tests-hook"] == f"1 findings: {WHY}"
    assert properties["waiver.clean-litter"] == "0 findings: in case"


def test_github() -> None:
    """
    The notice carries the whole result line.
    """
    assert [command.rpartition("::")[2] for command in github.commands(record())] == [
        "good.zip: RESULT: PASS (1 waived)"
    ]

"""
JUnit XML: valid by the common XSD, nothing green that did not pass, foreign text kept inside.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema

from phase2_gate.core.evidence import Test
from phase2_gate.core.findings import Finding
from phase2_gate.core.record import Record
from phase2_gate.core.report import judged
from phase2_gate.report import captured, junit
from tests.report import samples
from tests.values import replace

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).parent / "schemas" / "junit-10.xsd"))


def _parsed(*of: Record) -> ElementTree.Element:
    return ElementTree.fromstring(junit.render(of))  # noqa: S314 - written by us


def _suite(root: ElementTree.Element, name: str) -> ElementTree.Element:
    return next(suite for suite in root if str(suite.get("name")).endswith(name))


@pytest.mark.parametrize("name", samples.ALL)
def test_is_valid_by_the_xsd(name: str) -> None:
    """Every record is a document that Jenkins' schema accepts, and that is ASCII or UTF-8 without surrogates."""
    text = junit.render([samples.ALL[name]])
    SCHEMA.validate(text)
    assert text == text.encode().decode()


def test_several_bundles_share_a_document() -> None:
    """Each bundle adds its suites, and the root counts them all."""
    root = _parsed(samples.PASS, samples.FAIL)
    assert [suite.get("name") for suite in root] == ["good.zip: gates", "good.zip: tests", "good.zip: gates"]
    assert tuple(root.get(key) for key in ("tests", "failures", "errors", "time")) == ("22", "2", "0", "5.000")


def test_gates_and_verdict_of_a_pass() -> None:
    """Nine gates and the verdict pass, with the logs on the gates that ran something."""
    suite = _suite(_parsed(samples.PASS), "gates")
    assert tuple(suite.get(key) for key in ("tests", "failures", "errors", "skipped")) == ("10", "0", "0", "0")
    assert suite.findtext("testcase[@name='tests']/system-out") == "2 passed"
    properties = {one.get("name"): one.get("value") for one in suite.iter("property")}
    assert properties["bundle.sha256"] == "1" * 64
    assert properties["manifest.sha256"] == "2" * 64


def test_failed_gate_tells_findings_and_remedy() -> None:
    """A failed gate is a failure with its findings, later gates are skipped, the verdict fails."""
    suite = _suite(_parsed(samples.FAIL), "gates")
    assert tuple(suite.get(key) for key in ("tests", "failures", "errors", "skipped")) == ("10", "2", "0", "5")
    failure = suite.find("testcase[@name='digests']/failure")
    assert failure is not None
    assert failure.get("message") == "2 findings: manifest-digest-mismatch"
    lines = (failure.text or "").splitlines()
    assert f"manifest-digest-mismatch: pkg/b.py: another digest: seen {'5' * 64}, need {'6' * 64}" == lines[1]
    assert lines[2].startswith("hint: manifest-digest-mismatch: ")
    verdict = suite.find("testcase[@name='verdict']/failure")
    assert verdict is not None
    assert verdict.get("message") == "RESULT: FAIL"


def test_blocked_is_never_green() -> None:
    """A gate that could not judge is an error, and so is the verdict, even when no gate says why."""
    suite = _suite(_parsed(samples.BLOCKED), "gates")
    error = suite.find("testcase[@name='archive']/error")
    assert error is not None
    assert error.text == "hint: check the path"
    bare = replace(samples.PASS, verification=replace(samples.PASS.verification, required=()))
    suite = _suite(_parsed(bare), "gates")
    assert (suite.get("failures"), suite.get("errors")) == ("0", "1")
    assert suite.find("testcase[@name='verdict']/error") is not None


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        ("passed", None),
        ("failed", "failure"),
        ("error", "error"),
        ("missing", "error"),
        ("skipped", "skipped"),
        ("xfailed", "skipped"),
        ("xpassed", "skipped"),
        ("deselected", "skipped"),
        ("of a later version", "error"),
    ],
)
def test_outcomes(outcome: str, kind: str | None) -> None:
    """Only a test that passed looks like one."""
    record = replace(samples.PASS, tests=(Test("t.py::test", outcome, "why"),))
    case = _suite(_parsed(record), "tests").find("testcase")
    assert case is not None
    assert ([] if kind is None else [(kind, outcome, "why")]) == [
        (child.tag, child.get("type"), child.get("message")) for child in case
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a/test_b.py::test_c", ("a.test_b", "test_c")),
        ("a/test_b.py::C::test_d[x::y/z.py]", ("a.test_b.C", "test_d[x::y/z.py]")),
        ("README.md", ("", "README.md")),
        ("", ("", "")),
    ],
)
def test_place(name: str, expected: tuple[str, str]) -> None:
    """Node ids become class name and name as in pytest's own files."""
    assert expected == junit.place(name)


def test_foreign_text_arrives_escaped() -> None:
    """A test's name that holds markup, controls or surrogates is an attribute and nothing else."""
    cases = {case.get("name") for case in _suite(_parsed(samples.FOREIGN), "tests")}
    assert {"<script>alert(1)</script>", "nul\\x00nul", "lone \\ud800 and \\udcff surrogates", "]]>"} <= cases


def test_output_is_bounded() -> None:
    """Of twenty megabytes the end is quoted, and the first line says so."""
    text = _suite(_parsed(samples.LARGE), "gates").findtext("testcase[@name='tests']/system-err") or ""
    first, second = text.split("\n")
    assert first == "(the last 262144 of 20000000 bytes)"
    assert len(second) == captured.QUOTED_BYTES


def test_findings_are_bounded() -> None:
    """A gate with very many findings lists the first two hundred and counts the rest."""
    gate = judged("paths", [Finding("name-empty", None, f"number {number:03}") for number in range(203)])
    record = replace(samples.PASS, verification=replace(samples.PASS.verification, gates=(gate,)))
    failure = _suite(_parsed(record), "gates").find("testcase/failure")
    assert failure is not None
    lines = (failure.text or "").splitlines()
    assert lines[199:201] == ["name-empty: number 199", "and 3 more"]
    assert len(lines) == 202

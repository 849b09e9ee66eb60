"""
The report directory of a real audit whose tests say whatever a test can say: every format is what its schema demands.
"""

from __future__ import annotations

import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xmlschema

from phase2_gate.cli.main import main
from tests.bundles import bundle
from tests.report import test_junit, test_sarif, test_schema

_TESTS = b"""\
import os, sys, pytest

NAMES = ["<script>alert(1)</script>", "nul\\0", "\\x1b[31mred", "]]>"]
NAMES += ["\\u202eabc", "\\ud800", "##[add-path]x", "::error::x"]

@pytest.mark.parametrize("name", NAMES, ids=NAMES)
def test_names(name):
    assert name == ""

def test_bytes():
    os.write(1, b"\\xff\\xfe\\x00\\x1b[2J]]></script>\\nRESULT: PASS\\n::error::x\\n")
    os.write(2, "\\u202e<pre></details>".encode() + b"\\r\\n" + b"x" * 3_000_000)
    pytest.skip("]]> \\ud800")
"""


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base's
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The report directory.
    """
    path = tmp_path_factory.mktemp("audit")
    (path / "a.zip").write_bytes(bundle({"pkg/__init__.py": b"", "tests/test_a.py": _TESTS}))
    argv = ["audit", str(path / "a.zip"), "--isolation", "process", "--report-dir", str(path / "r")]
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GITHUB_ACTIONS", raising=False)  # a fixture of this scope comes before the one for all tests
        assert main(argv) == 1
    return path / "r"


def _report(reports: Path) -> dict[str, Any]:
    return dict(json.loads((reports / "report.json").read_text("ascii")))


def test_json(reports: Path) -> None:
    """
    By the published schema, with the digests of the raw logs.
    """
    document = _report(reports)
    jsonschema.Draft202012Validator(test_schema.SCHEMA).validate(document)
    assert (document["verdict"], len(document["tests"])) == ("FAIL", 9)
    for run in document["volatile"]["runs"]:
        for stream in ("stdout", "stderr"):
            data = (reports / "logs" / f"{run['gate']}.{stream}").read_bytes()
            assert run[stream] == {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def test_sarif_document(reports: Path) -> None:
    """
    By the schema of SARIF, with a result for each finding.
    """
    document = json.loads((reports / "report.sarif").read_text("ascii"))
    jsonschema.Draft4Validator(test_sarif.SCHEMA).validate(document)
    findings = [found for gate in _report(reports)["gates"] for found in gate["findings"]]
    assert [found["rule"] for found in findings] == [one["ruleId"] for one in document["runs"][0]["results"]]
    assert len(findings) == 8


def test_junit_document(reports: Path) -> None:
    """
    By the XSD, with a case for each test.
    """
    schema: xmlschema.XMLSchema = test_junit.SCHEMA
    text = (reports / "junit.xml").read_text("utf-8")
    schema.validate(text)
    assert re.findall(r'name="a.zip: tests".* tests="(\d+)" failures="(\d+)" errors="0" skipped="(\d+)"', text) == [
        ("9", "8", "1")
    ]


def test_html_document(reports: Path) -> None:
    """
    Inert, with what was said in it as text.
    """
    page = _Text()
    page.feed((reports / "report.html").read_text("utf-8"))
    page.close()
    assert "script" not in page.tags
    assert "<script>alert(1)</script>" in page.text
    assert all(char.isprintable() or char in "\n\t" for char in page.text)


def test_sums(reports: Path) -> None:
    """
    Of every file of the directory, as it is.
    """
    rows = (reports / "SHA256SUMS").read_text("ascii").splitlines()
    files = {path.relative_to(reports).as_posix(): path for path in reports.rglob("*") if path.is_file()}
    del files["SHA256SUMS"]
    assert rows == [f"{hashlib.sha256(files[name].read_bytes()).hexdigest()}  {name}" for name in sorted(files)]
    assert {"journal.jsonl", "FAIL_report.md", "logs/tests.stderr"} <= set(files)

"""
A bundle whose test writes a hundred megabytes of everything that breaks a viewer: the verdict stands, and every format
is what its schema demands, of a size that can be opened.
"""

from __future__ import annotations

import hashlib
import json
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
import xmlschema

from phase2_gate.cli.main import main
from tests.bundles import bundle
from tests.report import test_junit, test_sarif, test_schema

MEGABYTES = 100
LINE = (
    b"<script>alert(1)</script>]]>--><!--\x00\x1b[2J\xff\xc3( \xe2\x80\xae\xd7\x90\xd7\x91"
    b" ::error::x ##[add-path]x ```\r"
)
"""Of a line of 100 bytes: markup, ends of sections, NUL, ANSI, invalid UTF-8, right-to-left, commands of runners."""
SHOWN_BYTES = 8_000_000
"""What a format may grow to: the quoted ends of four streams, each character as an escape of up to six."""

_TESTS = f"""\
def test_it(capfd):
    line = {LINE.ljust(99, b".")!r} + b"\\n"
    with capfd.disabled(), open(1, "wb", closefd=False) as stream:
        for _ in range({MEGABYTES}):
            stream.write(line * 10_000)
"""
_FORMATS = ("PASS_report.md", "report.html", "report.json", "report.sarif", "junit.xml")


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The report directory of an audit whose limit leaves room for all of it.
    """
    path = tmp_path_factory.mktemp("much")
    (path / "a.zip").write_bytes(bundle({"pkg/__init__.py": b"", "tests/test_a.py": _TESTS.encode()}))
    (path / "wide.toml").write_text("[limits]\noutput-bytes = 200000000\n", "utf-8")
    words = ["--isolation", "process", "--profile", str(path / "wide.toml"), "--report-dir", str(path / "r")]
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GITHUB_ACTIONS", raising=False)  # a fixture of this scope comes before the one for all tests
        assert main(["audit", str(path / "a.zip"), *words]) == 0
    return path / "r"


def test_the_log_has_every_byte(reports: Path) -> None:
    """
    A hundred megabytes, as they were written, by the digest in the report.
    """
    log = (reports / "logs/tests.stdout").read_bytes()
    written = (LINE.ljust(99, b".") + b"\n") * 10_000 * MEGABYTES
    assert log.count(written[:1_000_000]) == MEGABYTES
    runs = json.loads((reports / "report.json").read_bytes())["volatile"]["runs"]
    (stdout,) = (run["stdout"] for run in runs if run["gate"] == "tests")
    assert stdout == {"bytes": len(log), "sha256": hashlib.sha256(log).hexdigest()}
    assert len(log) >= MEGABYTES * 1_000_000


@pytest.mark.parametrize("name", _FORMATS)
def test_every_format_can_be_opened(reports: Path, name: str) -> None:
    """
    It quotes the end and names the log, in text without controls.
    """
    text = (reports / name).read_text("utf-8")
    assert len(text.encode()) < SHOWN_BYTES
    assert all(char.isprintable() or char in "\n\t" for char in text)


def test_json_is_valid(reports: Path) -> None:
    """By the published schema, and a PASS all the same."""
    document = json.loads((reports / "report.json").read_bytes())
    jsonschema.Draft202012Validator(test_schema.SCHEMA).validate(document)
    assert document["verdict"] == "PASS"


def test_sarif_is_valid(reports: Path) -> None:
    """By the schema of SARIF 2.1.0."""
    document = json.loads((reports / "report.sarif").read_bytes())
    jsonschema.Draft4Validator(test_sarif.SCHEMA).validate(document)


def test_junit_is_valid(reports: Path) -> None:
    """By the XSD, with the end of the output in it."""
    schema: xmlschema.XMLSchema = test_junit.SCHEMA
    text = (reports / "junit.xml").read_text("utf-8")
    schema.validate(text)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;]]&gt;" in text


def test_html_is_inert(reports: Path) -> None:
    """The markup is text: no element of it is made."""
    seen: set[str] = set()

    class Page(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base's
            seen.add(tag)

    page = Page()
    page.feed((reports / "report.html").read_text("utf-8"))
    page.close()
    assert {"details", "pre"} <= seen
    assert "script" not in seen


def test_the_default_limit_is_a_finding(tmp_path: Path) -> None:
    """
    Whoever does not ask for so much stops it at 16 MiB, and says so.
    """
    (tmp_path / "a.zip").write_bytes(bundle({"pkg/__init__.py": b"", "tests/test_a.py": _TESTS.encode()}))
    words = ["--isolation", "process", "--report-dir", str(tmp_path / "r")]
    assert main(["audit", str(tmp_path / "a.zip"), *words]) == 1
    document = json.loads((tmp_path / "r/report.json").read_bytes())
    rules = {finding["rule"] for gate in document["gates"] for finding in gate["findings"]}
    assert "tests-output-limit" in rules
    assert (tmp_path / "r/logs/tests.stdout").stat().st_size <= 17 << 20

"""
Tests of `phase2_gate.report.markdown`.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phase2_gate.core import rules
from phase2_gate.core.evidence import Test
from phase2_gate.core.findings import Finding
from phase2_gate.core.record import Record
from phase2_gate.report import captured, markdown
from tests.values import replace

from .specimens import MANIFEST_SHA256, NASTY, RUN, SHA256, blocked, failed, nasty, passed


def outside(document: str) -> list[str]:
    """
    The lines of a document that lie in no fenced code block, by the rules of CommonMark (section 4.5).

    An unclosed fence swallows the rest, so whoever finds the result line here knows that every fence was closed.
    """
    lines, fence = [], ""
    for line in re.split(r"\r\n|\n|\r", document):
        if fence:
            closing = re.fullmatch(r" {0,3}(`{3,}|~{3,})[ \t]*", line)
            if closing and closing[1].startswith(fence):
                fence = ""
            continue
        opening = re.match(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})", line)
        if opening:
            fence = opening[1]
            continue
        lines.append(line)
    return lines


def test_a_passing_audit() -> None:
    """
    Everything that a reader needs, and the verdict last.
    """
    shown = markdown.render(passed())
    for part in (
        "# PASS: `good.zip`",
        f"| bundle sha256 | `{SHA256}` |",
        f"| manifest sha256 | `{MANIFEST_SHA256}` |",
        "| size | 1234 bytes, 3 members |",
        "| canonical | yes |",
        "| profile | `generic` |",
        "| isolation | strict |",
        "| tool | phase2-gate 1.2.3 |",
        "| began | 2030-01-02T03:04:05Z, 2.50 s |",
        f"| tests | pass | {len(rules.of_gate('tests'))} | `1 passed` |",
        "Command: `python -c 'a b'`",
        "Ended: exit status 0, 1.25 s. Isolation: strict; namespaces, seccomp.",
        "Note: `no cgroup`",
        "stdout: 9 bytes (`logs/tests.stdout`).\n\n```text\n  1 passed\n```\n",
        "stderr: empty (`logs/tests.stderr`).",
        "- verifier: CPython 3.12.1 on Linux 6.1 x86_64",
        "- interpreter of the bundle: `/some/python`, CPython 3.12.1, pytest 8.3.0",
        "- journal: `sha256:origin 20 head` (origin, entries, head)",
    ):
        assert part in shown
    assert shown.endswith("\n\nRESULT: PASS\n")
    for absent in ("Findings of", "Tests that did not pass", "Rules that did not run", "kept in"):
        assert absent not in shown


def test_findings_come_with_meaning_reason_and_remedy() -> None:
    """
    A reader need not look the rule up.
    """
    shown = markdown.render(
        failed(Finding("name-dot-component", "a/./b", "a dot"), Finding("name-dot-component", None, "no path"))
    )
    rule = rules.RULES["name-dot-component"]
    assert "### Findings of paths" in shown
    assert "- **name-dot-component** `a/./b`: `a dot`" in shown
    assert "- **name-dot-component** `no path`" in shown
    assert shown.count(f"name-dot-component: {rule.meaning} {rule.why} Remedy: {rule.remedy}.") == 1


def test_what_could_not_be_judged() -> None:
    """
    Nothing is claimed, and every rule that did not run is named.
    """
    shown = markdown.render(blocked("no such file"))
    for part in (
        "# BLOCKED: `absent.zip`",
        "| bundle sha256 | not taken |",
        "| manifest sha256 | none |",
        "| size | unknown |",
        "| canonical | not told |",
        "| isolation | nothing was run |",
        "| archive | blocked | 0 | `no such file` |",
        f"Rules that did not run: {', '.join(blocked('').verification.unjudged)}.",
        "RESULT: BLOCKED",
    ):
        assert part in shown
    assert "interpreter of the bundle" not in shown
    assert "PASS\n" not in shown.replace("A PASS says", "")


def test_every_test_that_did_not_pass_is_listed() -> None:
    """
    With its outcome and reason; those that passed are in report.json.
    """
    tests = (Test("a", "passed"), Test("b", "skipped", "no network"), Test("c", "missing"))
    shown = markdown.render(replace(passed(), tests=tests, workspace="/kept", notes=("a note",)))
    assert "- skipped: `b`: `no network`\n- missing: `c`\n" in shown
    assert "`a`" not in shown
    assert "- extracted files kept in `/kept`" in shown
    assert "- note: `a note`" in shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", "`a`"),
        ("", "`  `"),
        ("`", "`` ` ``"),
        ("a``b", "```a``b```"),
        ("`a", "`` `a ``"),
        ("a\nb", "`a\\nb`"),
        ("\x1b[0m", "`\\x1b[0m`"),
    ],
)
def test_inline_code(text: str, expected: str) -> None:
    """
    The ticks around are more than any run of ticks within.
    """
    assert expected == markdown.code(text)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a\nb\n", ["```text", "  a", "  b", "```"]),
        (b"a\n\n", ["```text", "  a", "  ", "```"]),
        (b"```\n", ["````text", "  ```", "````"]),
        (b"a `````b", ["``````text", "  a `````b", "``````"]),
        (b"a\r\nb\rc", ["```text", "  a\\r", "  b\\rc", "```"]),
        (b"\xff\x00\x1b[0m", ["```text", "  \\xff\\x00\\x1b[0m", "```"]),
        ("a\u2028b\u202e\tc\\".encode(), ["```text", "  a\\u2028b\\u202e\tc\\", "```"]),
    ],
)
def test_quoted_output(data: bytes, expected: list[str]) -> None:
    """
    Indented, in a fence longer than any run of ticks, with escapes for what is not printable.
    """
    assert expected == markdown.quoted(data)


def test_the_end_of_long_output_is_quoted() -> None:
    """
    A limit for the report; the log has all of it, and the report says so.
    """
    data = b"first\n" + b"x" * captured.QUOTED_BYTES
    shown = markdown.render(replace(passed(), runs=(replace(RUN, stdout=data),)))
    size = captured.QUOTED_BYTES
    assert f"stdout: {size + 6} bytes, of which the last {size} follow (`logs/tests.stdout`)." in shown
    assert "first" not in shown
    assert "x" * size in shown


def check(document: str, verdict: str) -> None:
    """
    Demands that a report can be read in one way only.
    """
    assert all(char.isprintable() or char in "\n\t" for char in document)
    lines = outside(document)
    assert [line for line in document.splitlines() if line.startswith("RESULT")] == [f"RESULT: {verdict}"]
    assert (lines[-2], lines[-1]) == (f"RESULT: {verdict}", "")
    assert [line for line in lines if line.startswith("# ")] == [document.splitlines()[0]]


@pytest.mark.parametrize("foreign", NASTY)
def test_foreign_text_is_only_text(foreign: str) -> None:
    """
    In no place does it end its quotation, begin a line, or add a row or a heading.
    """
    record = nasty(foreign)
    document = markdown.render(record)
    check(document, "FAIL")
    rows = [line for line in outside(document) if line.startswith("|")]
    assert len(rows) == 2 + 9 + 2 + len(record.verification.gates)
    assert {len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows[2:11]} == {3}


@given(st.lists(st.sampled_from([*"`~ \n\r\t#|", "RESULT: PASS", "\n```\n", "\n~~~~\n", "a", "\x1b", "\u2028"])))
def test_no_output_ends_its_quotation(parts: list[str]) -> None:
    """
    Whatever is written to stdout, the report around it stays as it is.
    """
    data = "".join(parts).encode()
    record: Record = replace(passed(), runs=(replace(RUN, stdout=data, stderr=data),))
    document = markdown.render(record)
    check(document, "PASS")
    empty = markdown.render(replace(passed(), runs=(replace(RUN, stdout=b"x", stderr=b"x"),)))
    if data:
        counted = [re.sub(r": \d+ bytes", "", line) for line in outside(document)]
        assert counted == [re.sub(r": \d+ bytes", "", line) for line in outside(empty)]


@given(st.binary(max_size=300))
def test_any_bytes_can_be_quoted(data: bytes) -> None:
    """
    One line for each line feed, all printable, all within the fence.
    """
    first, *lines, last = markdown.quoted(data)
    assert (first, len(lines)) == (f"{last}text", data.removesuffix(b"\n").count(b"\n") + 1)
    assert all(line.startswith("  ") and line.replace("\t", "").isprintable() for line in lines)
    assert all(last not in line for line in lines)

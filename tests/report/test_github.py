"""
GitHub Actions: annotations and summaries that no bundle can extend with commands of its own.
"""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phase2_gate.core.findings import Finding
from phase2_gate.core.record import Record
from phase2_gate.core.report import judged
from phase2_gate.report import formats, github
from tests.report import samples
from tests.values import replace


def _is_command(line: str) -> bool:
    # As the runner finds one: the current form behind white space, the old form anywhere.
    return line.lstrip().startswith("::") or "##[" in line


def _findings(count: int) -> Record:
    gate = judged("paths", [Finding("name-empty", None, f"number {number:02}") for number in range(count)])
    return replace(samples.PASS, verification=replace(samples.PASS.verification, gates=(gate,)))


def test_pass_is_a_notice() -> None:
    """A PASS is told once."""
    assert list(github.commands(samples.PASS)) == ["::notice title=phase2-gate::good.zip: RESULT: PASS"]


def test_findings_are_errors() -> None:
    """Each finding is an error under its rule, the verdict the last."""
    first, second, last = github.commands(samples.FAIL)
    assert first == (
        "::error title=phase2-gate%3A manifest-digest-mismatch::"
        f"good.zip: pkg/a b.py: another digest: seen {'3' * 64}, need {'4' * 64} (offset 77)"
    )
    assert second.startswith("::error title=phase2-gate%3A manifest-digest-mismatch::good.zip: pkg/b.py: ")
    assert last == "::error title=phase2-gate::good.zip: RESULT: FAIL"


def test_blocked_gate_is_an_error() -> None:
    """What stopped us is told, and the verdict."""
    assert list(github.commands(samples.BLOCKED)) == [
        "::error title=phase2-gate%3A archive::gone.zip: gone.zip: cannot be opened: No such file",
        "::error title=phase2-gate::gone.zip: RESULT: BLOCKED",
    ]


@pytest.mark.parametrize(("count", "shown"), [(1, 1), (9, 9), (10, 8), (300, 8)])
def test_never_more_than_github_shows(count: int, shown: int) -> None:
    """Ten lines at most, with the number of those that are left out, and the verdict always among them."""
    told = list(github.commands(_findings(count)))
    assert len(told) <= github.SHOWN
    assert sum("number" in one for one in told) == shown
    assert told[-1].endswith("RESULT: FAIL")
    assert (f"good.zip: and {count - shown} more" in told[-2]) == (count > shown)


def test_values_are_escaped() -> None:
    """Percent signs and line breaks cannot be read as escapes or end the command."""
    gate = judged("paths", [Finding("name-empty", "a%0A::error::b\n::error::c", "##[group]d")])
    record = replace(samples.PASS, verification=replace(samples.PASS.verification, gates=(gate,)))
    first = next(github.commands(record))
    assert first == (
        "::error title=phase2-gate%3A name-empty::good.zip: a%250A::error::b\\n::error::c: #\\u0023[group]d"
    )


def test_foreign_text_makes_no_second_command() -> None:
    """Whatever a record holds, each command is one line of ours."""
    for one in github.commands(samples.FOREIGN):
        assert len(one.splitlines()) == 1
        assert one.isprintable()
        assert one.startswith(("::error title=phase2-gate::", "::error title=phase2-gate%3A "))
        assert "##[" not in one


@pytest.mark.parametrize("style", ["md", "json", "html", "sarif", "junit"])
def test_documents_are_inert(style: str) -> None:
    """Printed in a run, no format holds a line that the runner takes for a command."""
    text = formats.render(style, [samples.FOREIGN])
    assert any(_is_command(line) for line in text.splitlines())
    made = github.inert(text, style)
    assert not any(_is_command(line) for line in made.splitlines())
    if style in {"json", "sarif"}:
        assert json.loads(made) == json.loads(text)
    if style in {"html", "junit"}:
        assert unescape(made) == unescape(text)


@given(st.text(st.sampled_from(":#[] \t\nx\\"), max_size=40), st.sampled_from(["text", "html"]))
def test_inert_is_inert(text: str, style: str) -> None:
    """No text stays a command, and one without commands stays as it is."""
    made = github.inert(text, style)
    assert not any(_is_command(line) for line in re.split(r"[\r\n]", made))
    if not any(_is_command(line) for line in text.split("\n")):
        assert made == text


def test_summary_is_the_overview() -> None:
    """Head, gates, findings and result, without the captured output."""
    text = github.summary(samples.FAIL)
    assert text.startswith("# FAIL: `good.zip`\n")
    assert text.endswith("\n\nRESULT: FAIL\n")
    assert "manifest-digest-mismatch" in text
    assert "Output of" not in github.summary(samples.FOREIGN)


def test_summary_is_bounded() -> None:
    """Very many findings leave a summary that GitHub still shows, ended by the result."""
    text = github.summary(_findings(20_000))
    assert len(text.encode()) <= github.SUMMARY_BYTES + 100
    assert text.endswith("\nThe rest is in the report directory.\n\nRESULT: FAIL\n")

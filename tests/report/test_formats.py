"""
The formats by name.
"""

from __future__ import annotations

import json

import pytest

from phase2_gate.cli.options import FORMATS
from phase2_gate.report import as_json, formats, html, junit, markdown, sarif
from tests.report import samples


def test_each_name_is_its_renderer() -> None:
    """Every name that the command line offers beside ``text`` is a format."""
    record = samples.PASS
    expected = {
        "json": as_json.render(record),
        "md": markdown.render(record),
        "html": html.render(record),
        "sarif": sarif.render([record]),
        "junit": junit.render([record]),
    }
    assert {style: formats.render(style, [record]) for style in FORMATS if style != "text"} == expected


def test_several_records() -> None:
    """JSON becomes a list, Markdown one report after the other; HTML shows one only."""
    both = [samples.PASS, samples.FAIL]
    assert json.loads(formats.render("json", both)) == [as_json.document(record) for record in both]
    assert formats.render("md", both) == f"{markdown.render(both[0])}\n{markdown.render(both[1])}"
    assert {"html"} == formats.SINGLE
    with pytest.raises(ValueError, match="too many values"):
        formats.render("html", both)


def test_unknown_name() -> None:
    """There is no fallback."""
    with pytest.raises(ValueError, match=r"^yaml$"):
        formats.render("yaml", [samples.PASS])

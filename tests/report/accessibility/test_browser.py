"""
The HTML report as Chromium shows it: accessible by axe-core, nothing fetched, nothing run, no wider than its screen.

axe-core comes from npm: ``npm ci --ignore-scripts`` in this directory, whose lock file pins version and digest.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from scripts.browser import Browser

from phase2_gate.report import html
from tests.report import samples
from tests.tools import NO_SKIP, require

AXE = Path(__file__).parent / "node_modules/axe-core/axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
"""What is checked: WCAG 2.2, levels A and AA, and what axe recommends."""

_RUN = f"""
axe.run({{runOnly: {json.dumps(TAGS)}}}).then(seen => JSON.stringify({{
  passes: seen.passes.length,
  violations: seen.violations.map(one => one.id + ": " + one.nodes[0].html)}}))
"""


def _axe() -> str:
    if not AXE.exists():
        if os.environ.get(NO_SKIP) == "1":
            pytest.fail(f"{AXE} is not there, and {NO_SKIP}=1 forbids to skip: run npm ci --ignore-scripts")
        pytest.skip("axe-core is not installed")
    return AXE.read_text("utf-8")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A directory with the report of each sample.
    """
    directory = tmp_path_factory.mktemp("pages")
    for name, record in samples.ALL.items():
        (directory / f"{name}.html").write_text(html.render(record), "utf-8")
    return directory


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """
    One for all tests; each opens a page of its own.
    """
    with Browser(require("chromium"), tmp_path_factory.mktemp("browser") / "profile") as started:
        yield started


def _violations(browser: Browser) -> list[str]:
    browser.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    browser.evaluate(_axe())
    seen = json.loads(str(browser.evaluate(_RUN)))
    assert seen["passes"] > 10
    return list(seen["violations"])


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", samples.ALL)
def test_axe_finds_nothing(browser: Browser, pages: Path, name: str, dark: bool) -> None:
    """
    With everything unfolded, in both palettes, whatever the record holds.
    """
    browser.open(pages / f"{name}.html", dark=dark)
    assert _violations(browser) == []


def test_axe_would_find_something(browser: Browser, pages: Path, tmp_path: Path) -> None:
    """
    The same page with pale text, a picture that says nothing and a heading too low does not get through.
    """
    page = (pages / "pass.html").read_text("utf-8")
    spoilt = tmp_path / "spoilt.html"
    spoilt.write_text(
        page.replace('<meta http-equiv="Content-Security-Policy"', "<meta")
        .replace("<h2", '<img src="data:,"><h4 style="color:#eee">pale text</h4><h2', 1)
        .replace('<html lang="en">', "<html>"),
        "utf-8",
    )
    browser.open(spoilt)
    found = {violation.partition(":")[0] for violation in _violations(browser)}
    assert {"image-alt", "color-contrast", "html-has-lang", "heading-order"} <= found


@pytest.mark.parametrize("name", samples.ALL)
def test_nothing_is_fetched_and_nothing_runs(browser: Browser, pages: Path, name: str) -> None:
    """
    The document is all that is asked for, and has no script that could ask for more later.
    """
    browser.requests.clear()
    browser.open(pages / f"{name}.html")
    assert browser.requests == [(pages / f"{name}.html").as_uri()]
    assert browser.evaluate("document.scripts.length + document.images.length + frames.length") == 0
    assert browser.evaluate("document.styleSheets.length") == 1


@pytest.mark.parametrize("width", [320, 1000])
@pytest.mark.parametrize("name", samples.ALL)
def test_no_line_is_cut_off(browser: Browser, pages: Path, name: str, width: int) -> None:
    """
    Text flows anew on a narrow screen (WCAG 2.2, 1.4.10): nobody has to scroll sideways, long names or not.
    """
    browser.open(pages / f"{name}.html", width=width)
    browser.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert browser.evaluate("document.documentElement.scrollWidth") == width

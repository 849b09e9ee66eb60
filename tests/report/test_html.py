"""
The HTML report: one inert file, well formed, accessible, and foreign text stays text.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from phase2_gate.core.findings import Finding
from phase2_gate.core.profile import GENERIC
from phase2_gate.core.record import Record
from phase2_gate.core.report import judged
from phase2_gate.report import html, html_style
from tests.report import samples
from tests.values import replace

_VOID = {"meta"}
_ELEMENTS = """html head meta title style body a header h1 h2 h3 p span nav ul li main section table caption thead tbody
tr th td strong code bdi details summary pre footer"""
_ATTRIBUTES = "lang charset http-equiv content name class href id aria-label aria-labelledby scope colspan dir"


class Page(HTMLParser):
    """
    A document as its elements with their attributes, the text in them, and whatever does not nest.
    """

    def __init__(self, record: Record) -> None:
        super().__init__(convert_charrefs=True)
        self.source = html.render(record)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.faults: list[str] = []
        self._open: list[str] = []
        self.feed(self.source)
        self.close()
        self.faults += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called by the base class."""
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Called by the base class."""
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        """Called by the base class."""
        self.texts.append((self._open[-1] if self._open else "", data))

    def tags(self, *names: str) -> list[dict[str, str | None]]:
        """The attributes of each element of these names."""
        return [attributes for tag, attributes in self.elements if tag in names]


PAGES = {name: Page(record) for name, record in samples.ALL.items()}
each = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)


@each
def test_nests(page: Page) -> None:
    """Every element that is opened is closed, in order, whatever the record holds."""
    assert page.faults == []
    assert page.source.startswith("<!doctype html>\n<html")
    assert page.source.endswith("</html>\n")


@each
def test_holds_only_known_elements(page: Page) -> None:
    """No script, no image, no frame, no form: the elements are those that the report is made of."""
    known = set(_ELEMENTS.split())
    assert {tag for tag, _ in page.elements} <= known
    assert {name for _, attributes in page.elements for name in attributes} <= set(_ATTRIBUTES.split())


@each
def test_refers_to_nothing_outside(page: Page) -> None:
    """Every link leads to a place in the document, and nothing is fetched."""
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [str(attributes["href"]) for attributes in page.tags("a")]
    assert links
    assert {link.removeprefix("#") for link in links} <= set(map(str, ids))
    assert all(link.startswith("#") for link in links)
    style = page.source.partition("<style>")[2].partition("</style>")[0]
    assert not re.search(r"url\(|@import|//", style)


@each
def test_policy_allows_its_own_style_only(page: Page) -> None:
    """The policy names the digest of the style sheet as it stands in the document, and denies everything else."""
    style = page.source.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = (one["content"] for one in page.tags("meta") if one.get("http-equiv") == "Content-Security-Policy")
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "style=" not in page.source.replace(style, "")


@each
def test_landmarks_and_headings(page: Page) -> None:
    """One header, one main, one footer, a named navigation; one h1, and no level left out below it."""
    assert [len(page.tags(name)) for name in ("header", "main", "footer", "h1", "title")] == [1] * 5
    assert [attributes.get("aria-label") for attributes in page.tags("nav")] == ["Contents"]
    levels = [int(tag[1]) for tag, _ in page.elements if tag in {"h1", "h2", "h3"}]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert page.elements[0] == ("html", {"lang": "en"})


@each
def test_tables_name_themselves_and_their_cells(page: Page) -> None:
    """Every table has a caption, every header cell says what it heads."""
    assert len(page.tags("table")) == len(page.tags("caption")) > 0
    assert {attributes.get("scope") for attributes in page.tags("th")} <= {"row", "col"}


@each
def test_no_line_looks_like_a_verdict(page: Page) -> None:
    """Printable text only: no control, no override of direction, no surrogate."""
    assert all(char.isprintable() or char in "\n\t" for char in page.source)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", [html_style.LIGHT, html_style.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("pair", html_style.PAIRS)
def test_contrast(palette: dict[str, str], pair: tuple[str, str]) -> None:
    """Text stands out from its ground by 4.5 to 1 at least, as WCAG 2.2 demands (1.4.3)."""
    darker, lighter = sorted(_luminance(palette[name]) for name in pair)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_palettes_name_the_same_tokens() -> None:
    """Both palettes define what the style sheet uses, and nothing else."""
    used = set(re.findall(r"var\(--([a-z-]+)\)", html_style.sheet()))
    assert set(html_style.LIGHT) == set(html_style.DARK) == used


def test_foreign_text_stays_text() -> None:
    """A test named as a script is shown, not made."""
    seen = [text for parent, text in PAGES["foreign"].texts if parent == "bdi"]
    assert "<script>alert(1)</script>" in seen
    assert "lone \\ud800 and \\udcff surrogates" in seen
    assert not PAGES["foreign"].tags("script")


def test_log_is_verbatim() -> None:
    """What was printable in a log arrives as it was, line by line."""
    logs = [text for parent, text in PAGES["foreign"].texts if parent == "pre"]
    assert len(logs) == 4
    lines = logs[0].removeprefix("\n").split("\n")
    assert lines[0] == "<script>alert(1)</script>"
    assert "]]>" in lines
    assert "back\\slash" in lines
    assert lines[-1] == "\\xff\\xfe\\xc3("


def test_log_is_bounded() -> None:
    """Of twenty megabytes the end is quoted, and the summary says so."""
    page = Page(samples.LARGE)
    assert page.faults == []
    summary = next(text for parent, text in page.texts if parent == "summary" and text.startswith("stderr"))
    assert summary == "stderr: 20000000 bytes, of which the last 262144 follow (logs/tests.stderr)"
    assert len(page.source) < 4_000_000


def test_finding_with_remedy() -> None:
    """A finding is shown with its path, what was seen and needed, and the rule's remedy once."""
    seen = " ".join(text for _, text in PAGES["fail"].texts)
    assert f"another digest: seen {'5' * 64}, need {'6' * 64}" in seen
    assert seen.count("Remedy: ") == 1
    assert "pkg/a b.py" in seen


def test_findings_are_bounded() -> None:
    """Of very many findings of one rule the first five hundred are listed, and the rest counted."""
    gate = judged("paths", [Finding("name-empty", None, f"number {number:03}") for number in range(503)])
    page = Page(replace(samples.PASS, verification=replace(samples.PASS.verification, gates=(gate,))))
    seen = [text for _, text in page.texts]
    assert "number 499" in seen
    assert "number 500" not in seen
    assert "And 3 more, in report.json." in seen


def test_how_to_check_again() -> None:
    """The commands name the bundle quoted for a shell, its digest, and the profile."""
    page = PAGES["pass"]
    codes = [text for parent, text in page.texts if parent == "bdi"]
    assert {
        "sha256sum -c SHA256SUMS",
        "sha256sum good.zip",
        "phase2-gate audit good.zip --profile generic",
        "1" * 64,
    } <= set(codes)
    seen = " ".join(text for _, text in Page(replace(samples.PASS, profile="mine")).texts)
    assert "phase2-gate audit good.zip --profile PROFILE.toml" in seen


def test_demands() -> None:
    """What was in force is shown where it is known; what has no value is not left blank."""
    seen = [text for _, text in PAGES["pass"].texts]
    assert {"tests that may be skipped", "50%", "limit members", "2000000", "none"} <= set(seen)
    demands = replace(GENERIC, plugins=("a.b", "c"))
    assert "a.b, c" in [text for _, text in Page(replace(samples.PASS, demands=demands)).texts]
    assert "demands" not in [
        attributes.get("id") for attributes in Page(replace(samples.PASS, demands=None)).tags("h2")
    ]


def test_blocked_tells_the_way_out() -> None:
    """A gate that could not judge shows why and the hint; nothing claims a digest."""
    seen = [text for _, text in PAGES["blocked"].texts]
    assert "gone.zip: cannot be opened: No such file" in seen
    assert "check the path" in seen
    assert "not taken" in seen


def test_passes_tidy(tmp_path: Path) -> None:
    """HTML Tidy has nothing to say about any of them."""
    tidy = shutil.which("tidy")
    if tidy is None and "PHASE2_GATE_NO_SKIP" not in os.environ:
        pytest.skip("tidy is not installed")
    assert tidy is not None
    for name, page in PAGES.items():
        file = tmp_path / f"{name}.html"
        file.write_text(page.source, "utf-8")
        done = subprocess.run([tidy, "-q", "-e", "-utf8", str(file)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")

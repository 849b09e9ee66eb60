"""
What a site loads from elsewhere is found, what it merely links to is not.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts import check_site


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.html", '<script src="https://cdn.example/a.js"></script>', ["a.html: https://cdn.example/a.js"]),
        ("a.html", '<link rel="preconnect" href="//fonts.example">', ["a.html: //fonts.example"]),
        ("a.html", '<img src="../images/a.webp"><a href="https://example.org">x</a>', []),
        ("a.html", '<link rel="canonical" href="https://example.org/a.html">', []),
        ("d/a.css", "@import 'https://fonts.example/a.css';", ["d/a.css: https://fonts.example/a.css"]),
        ("a.svg", "@font-face{src: url(https://cdn.example/a.woff2)}", ["a.svg: https://cdn.example/a.woff2"]),
        ("a.css", "a{background: url(../a.png)}", []),
    ],
)
def test_loads(tmp_path: Path, name: str, text: str, expected: list[str]) -> None:
    """
    Each with the file that asks for it.
    """
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    assert list(check_site.remote(tmp_path)) == expected


def test_a_site_without_pages_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Nothing looked at is never a pass.
    """
    assert check_site.main([str(tmp_path)]) == 1
    assert capsys.readouterr().out == "0 pages, 0 loads from elsewhere\n"

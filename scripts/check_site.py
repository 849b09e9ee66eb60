"""
Whether a built site fetches anything from elsewhere: ``python scripts/check_site.py artifacts/site``.

Links that a reader may click are free; what a browser loads by itself has to lie in the site.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

_LOADING = {"stylesheet", "icon", "preload", "prefetch", "preconnect", "dns-prefetch", "modulepreload", "manifest"}
"""Relations of a link element that make a browser ask for something."""
_IN_STYLES = re.compile(r"(?:url\(\s*[\"']?|@import\s+[\"'])((?:https?:)?//[^\"')]+)")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "link" and _LOADING & set(values.get("rel", "").lower().split()):
            self.loaded.append(values.get("href", ""))
        self.loaded += [values[name] for name in ("src", "srcset", "poster", "data", "background") if name in values]


def remote(site: Path) -> Iterator[str]:
    """
    What is loaded from elsewhere, each with the file that asks for it.
    """
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site).as_posix()
        if path.suffix == ".html":
            page = _Page()
            page.feed(path.read_text("utf-8"))
            found = [address for address in page.loaded if address.startswith(("http:", "https:", "//"))]
        elif path.suffix in {".css", ".svg"}:
            found = _IN_STYLES.findall(path.read_text("utf-8"))
        else:
            continue
        yield from (f"{name}: {address}" for address in found)


def main(arguments: list[str]) -> int:
    """
    Names what is loaded from elsewhere; 1 when there is something, or no site.
    """
    (name,) = arguments
    site = Path(name)
    pages = len(list(site.rglob("*.html")))
    found = list(remote(site))
    for line in found:
        sys.stderr.write(f"{line}\n")
    sys.stdout.write(f"{pages} pages, {len(found)} loads from elsewhere\n")
    return int(bool(found) or not pages)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

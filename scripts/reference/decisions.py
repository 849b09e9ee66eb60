"""
The list of docs/decisions/README.md, from the pages beside it.
"""

from __future__ import annotations

import re
from pathlib import Path

_DIRECTORY = Path(__file__).parents[2] / "docs" / "decisions"
_BLOCK = re.compile(r"(<!-- written: decisions -->\n).*?(<!-- end -->\n)", re.DOTALL)


def render(page: str) -> str:
    """
    `page` with its list written anew.
    """
    rows = "".join(f"- [{_title(path)}]({path.name})\n" for path in sorted(_DIRECTORY.glob("[0-9]*.md")))
    return _BLOCK.sub(lambda found: found[1] + rows + found[2], page)


def _title(path: Path) -> str:
    first = path.read_text("utf-8").partition("\n")[0]
    return first.removeprefix("#").strip()

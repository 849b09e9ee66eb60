"""
Writes the lists of docs/selection.md from the tables they describe: ``python scripts/generate_selection_docs.py
[--check]``. What stands outside of the marked blocks is written by hand.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "selection.md"

sys.path.insert(0, str(ROOT / "src"))
sys.path.insert(0, str(ROOT))

from scripts.reference import markdown  # noqa: E402 - as above

from phase2_gate.core import key_material, litter  # noqa: E402 - a checkout need not be installed

_BLOCK = re.compile(r"(<!-- written: (\w+) -->\n).*?(<!-- end -->\n)", re.DOTALL)


def built_in() -> str:
    """
    What is never packed, a row for each kind.
    """
    rows: dict[tuple[str, str], list[str]] = {}
    # The tables are private to their module, which has no other reader than this page.
    for name, kind in litter._NAMES.items():  # noqa: SLF001
        rows.setdefault((kind.category, kind.reason), []).append(markdown.code(name))
    for end, kind in litter._ENDS.items():  # noqa: SLF001
        rows.setdefault((kind.category, kind.reason), []).append(markdown.code(f"*{end}"))
    for pattern, kind in litter._PATTERNS:  # noqa: SLF001
        rows.setdefault((kind.category, kind.reason), []).append(f"{markdown.code(pattern)} (regular expression)")
    mark = f"directories that hold a {markdown.code(litter.ENVIRONMENT_MARK)}, whatever their name"
    rows["environment", "a virtual environment"] = [mark]
    ordered = sorted(rows.items(), key=lambda item: litter.CATEGORIES.index(item[0][0]))
    return markdown.table(("category", "what it is", "names"), ((*kind, ", ".join(names)) for kind, names in ordered))


def secrets() -> str:
    """
    What makes a build fail by its name.
    """
    rows: dict[str, list[str]] = {}
    names = {**key_material._NAMES, **key_material._PATHS}  # noqa: SLF001 - as above
    for name, reason in names.items():
        rows.setdefault(reason, []).append(markdown.code(name))
    for end, reason in key_material._ENDS.items():  # noqa: SLF001 - as above
        rows.setdefault(reason, []).append(markdown.code(f"*{end}"))
    honest = ", ".join(map(markdown.code, sorted(key_material._SHARED)))  # noqa: SLF001 - as above
    ends = ", ".join(markdown.code(f".{end}") for end in sorted(key_material._TEMPLATES))  # noqa: SLF001 - as above
    rows["settings with secrets"].append(f"{markdown.code('.env.*')} but for {honest} and what ends in {ends}")
    return markdown.table(("what it is", "names"), ((reason, ", ".join(names)) for reason, names in rows.items()))


_LISTS = {"built_in": built_in, "secrets": secrets}


def render(page: str) -> str:
    """
    `page` with its lists written anew.
    """
    return _BLOCK.sub(lambda found: found[1] + _LISTS[found[2]]() + found[3], page)


def main(arguments: list[str]) -> int:
    """
    Writes the page, or with ``--check`` says whether it is what would be written.
    """
    before = TARGET.read_text(encoding="utf-8")
    after = render(before)
    if arguments == ["--check"]:
        if before != after:
            sys.stderr.write(f"{TARGET}: not what the tables say: run scripts/generate_selection_docs.py\n")
        return int(before != after)
    TARGET.write_text(after, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

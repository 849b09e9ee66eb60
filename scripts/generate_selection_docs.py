"""
Writes the lists of docs/selection.md from the tables they describe: ``python scripts/generate_selection_docs.py
[--check]``. What stands outside of the marked blocks is written by hand.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "selection.md"

try:
    from phase2_gate.core import key_material, litter
except ImportError:  # a checkout that is not installed
    sys.path.insert(0, str(ROOT / "src"))
    from phase2_gate.core import key_material, litter

_BLOCK = re.compile(r"(<!-- written: (\w+) -->\n).*?(<!-- end -->\n)", re.DOTALL)


def built_in() -> str:
    """
    What is never packed, a row for each kind.
    """
    rows: dict[tuple[str, str], list[str]] = {}
    # The tables are private to their module, which has no other reader than this page.
    for name, kind in litter._NAMES.items():  # noqa: SLF001
        rows.setdefault((kind.category, kind.reason), []).append(_code(name))
    for end, kind in litter._ENDS.items():  # noqa: SLF001
        rows.setdefault((kind.category, kind.reason), []).append(_code(f"*{end}"))
    for pattern, kind in litter._PATTERNS:  # noqa: SLF001
        rows.setdefault((kind.category, kind.reason), []).append(f"{_code(pattern.pattern)} (regular expression)")
    mark = f"directories that hold a {_code(litter.ENVIRONMENT_MARK)}, whatever their name"
    rows["environment", "a virtual environment"] = [mark]
    ordered = sorted(rows.items(), key=lambda item: litter.CATEGORIES.index(item[0][0]))
    return _table(("category", "what it is", "names"), ((*kind, ", ".join(names)) for kind, names in ordered))


def secrets() -> str:
    """
    What makes a build fail by its name.
    """
    rows: dict[str, list[str]] = {}
    names = {**key_material._NAMES, **key_material._PATHS}  # noqa: SLF001 - as above
    for name, reason in names.items():
        rows.setdefault(reason, []).append(_code(name))
    for end, reason in key_material._ENDS.items():  # noqa: SLF001 - as above
        rows.setdefault(reason, []).append(_code(f"*{end}"))
    honest = ", ".join(_code(f".env.{name}") for name in sorted(key_material._HONEST_ENVIRONMENTS))  # noqa: SLF001
    rows["settings with secrets"].append(f"{_code('.env.*')} but for {honest}")
    return _table(("what it is", "names"), ((reason, ", ".join(names)) for reason, names in rows.items()))


_LISTS = {"built_in": built_in, "secrets": secrets}


def _code(text: str) -> str:
    # A bar ends a cell of a table, in code too.
    return "`" + text.replace("|", "\\|") + "`"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


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

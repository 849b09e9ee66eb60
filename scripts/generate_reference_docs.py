"""
Writes the reference pages from what they describe: ``python scripts/generate_reference_docs.py [--check]``.

docs/cli.md from the parser, docs/report-schema.md from the published schema, the limits of docs/profile.md from the
profile, docs/decisions/README.md from the pages beside it. The lists of rules and of what is never packed have scripts
of their own.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "src"))
sys.path.insert(0, str(ROOT))

from scripts.reference import commands, decisions, limits, schema  # noqa: E402 - a checkout need not be installed

PAGES = {
    "cli.md": commands.render,
    "report-schema.md": schema.render,
    "profile.md": limits.render,
    "decisions/README.md": decisions.render,
}
"""What is written, and by what; each is given the page as it was."""


def main(arguments: list[str]) -> int:
    """
    Writes the pages, or with ``--check`` says whether they are what would be written.
    """
    stale = []
    for name, render in PAGES.items():
        target = ROOT / "docs" / name
        before = target.read_text("utf-8") if target.exists() else ""
        after = render(before)
        if arguments == ["--check"]:
            stale += [name] if before != after else []
        else:
            target.write_text(after, "utf-8", newline="\n")
    for name in stale:
        sys.stderr.write(f"docs/{name}: not what the code says: run scripts/generate_reference_docs.py\n")
    return int(bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

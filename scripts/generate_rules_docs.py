"""
Writes docs/rules.md from the one table of rules: ``python scripts/generate_rules_docs.py [--check]``.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "rules.md"

try:
    from phase2_gate.core import rules
    from phase2_gate.core.rules import selection
except ImportError:  # a checkout that is not installed
    sys.path.insert(0, str(ROOT / "src"))
    from phase2_gate.core import rules
    from phase2_gate.core.rules import selection

_HEAD = """\
# Rules

<!-- Written by scripts/generate_rules_docs.py from the table in src/phase2_gate/core/rules; do not edit. -->

Every requirement has a slug.
Findings, reports, test vectors (`tests/vectors/<slug>/`) and `phase2-gate rule SLUG` use the same one.
Gates run in the order of this page; no code of a bundle runs unless every rule of the static gates was judged and kept.
"""

_GATES = {
    "signature": "The builder's signature holds; judged before all else, where `--require-signature` demands it.",
    "archive": "The bytes can be read in one way only.",
    "paths": "Every name means one ordinary file, on every platform.",
    "manifest": "The manifest lists every member, and nothing else.",
    "digests": "Every member has the content that the manifest says.",
    "layout": "What the profile demands is there.",
    "cleanliness": "Nothing is packed that stems from runs, machines or version control.",
    "imports": "The modules import.",
    "tests": "The tests ran and passed.",
    "workspace": "Nothing changed while they ran.",
    "selection": "What a build asks of the workspace that it packs.",
}


def render() -> str:
    """
    The whole page.
    """
    parts = [_HEAD]
    known = (*rules.RULES.values(), *selection.RULES.values())
    for gate in dict.fromkeys(rule.gate for rule in known):
        parts.append(f"## {_title(gate)}\n\n{_GATES[gate]}\n")
        parts.extend(_rule(rule) for rule in known if rule.gate == gate)
    return "\n".join(parts)


def _title(gate: str) -> str:
    if gate not in rules.ALL_GATES:
        return f"Building: `{gate}`"
    return f"Gate `{gate}` ({'dynamic' if gate in rules.DYNAMIC_GATES else 'static'})"


def _rule(rule: rules.Rule) -> str:
    lines = [f"### `{rule.slug}`", "", rule.meaning, f"Why: {rule.why}", f"Remedy: {rule.remedy}."]
    if rule.references:
        lines.append(f"References: {'; '.join(rule.references)}.")
    if rule.waivable:
        lines.append("An auditor may waive it with a reason.")
    return "\n".join(lines[:2]) + "\n" + "\n\n".join(lines[2:]) + "\n"


def main(arguments: list[str]) -> int:
    """
    Writes the page, or with ``--check`` says whether it is what would be written.
    """
    page = render()
    if arguments == ["--check"]:
        if TARGET.read_text(encoding="utf-8") == page:
            return 0
        print(f"{TARGET}: not what the table says: run scripts/generate_rules_docs.py", file=sys.stderr)  # noqa: T201 - a command
        return 1
    TARGET.write_text(page, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

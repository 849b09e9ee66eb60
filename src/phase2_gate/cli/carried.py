"""
The audit that a carried verifier does by itself: what ``python scripts/phase2_gate`` runs in an extracted bundle.

The same audit as ``phase2-gate audit``, under the profile ``generic`` unless another is named.
"""

from __future__ import annotations

import argparse

from ..library.profiles import load
from . import demands, display, options
from .guard import guarded
from .judging import judge_all

_EXAMPLES = """\
examples:
  python scripts/phase2_gate --zip BUNDLE.zip
  python scripts/phase2_gate --zip BUNDLE.zip --profile demands.toml --report-dir reports

exit codes: 0 PASS, 1 FAIL (the bundle's fault), 2 usage error, 3 BLOCKED (could not judge)

The verifier that a bundle carries shows that the bundle is consistent, not where it comes from.
"""


def parser() -> argparse.ArgumentParser:
    """
    The parser.
    """
    made = argparse.ArgumentParser(
        prog="python scripts/phase2_gate",
        description="Judge a bundle: archive, manifest, layout, imports, tests. Fail-closed.",
        epilog=_EXAMPLES,
        formatter_class=options.Help,
        allow_abbrev=False,
    )
    made.add_argument("--zip", metavar="BUNDLE", required=True, help="the bundle")
    options.add_profile(made)
    options.add_judging(made)
    options.add_running(made)
    demands.add(made)
    return made


def main(argv: list[str] | None = None) -> int:
    """
    Runs it.

    Args:
        argv: The arguments; None means those of the process.

    Returns:
        The exit code: 0 PASS, 1 FAIL, 2 usage, 3 BLOCKED.
    """
    # As for the launcher of the Phase 2 bundle: whoever runs it trusts the bundle's code already.
    arguments = parser().parse_args(argv)
    shown = display.of(arguments.format)
    return guarded(lambda: judge_all(arguments, [arguments.zip], load(arguments.profile), shown, floor="process"))

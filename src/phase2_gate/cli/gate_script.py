"""
The audit gate of the Phase 2 bundle: what ``scripts/audit_gate_build_loop_phase2.py`` runs.

The same audit as ``phase2-gate audit``, pinned to the profile ``build-loop-phase2``.
"""

from __future__ import annotations

import argparse

from ..core.profile import BUILD_LOOP_PHASE2
from . import demands, display, options
from .guard import guarded
from .judging import judge_all

_EXAMPLES = """\
examples:
  python scripts/audit_gate_build_loop_phase2.py --zip artifacts/bundles/Bundle_Build_Loop_Phase2_v1.1.zip
  python scripts/audit_gate_build_loop_phase2.py --zip BUNDLE.zip --report-dir artifacts/reports

The verifier that a bundle carries shows that the bundle is consistent, not where it comes from.
"""


def parser() -> argparse.ArgumentParser:
    """
    The parser of the script.
    """
    made = argparse.ArgumentParser(
        prog="audit_gate_build_loop_phase2.py",
        description="Judge a Phase 2 bundle: archive, manifest, layout, imports, tests. Fail-closed.",
        epilog=_EXAMPLES,
        formatter_class=options.Help,
        allow_abbrev=False,
    )
    made.add_argument("--zip", metavar="BUNDLE", required=True, help="the bundle")
    options.add_judging(made)
    options.add_running(made)
    demands.add(made)
    return made


def main(argv: list[str] | None = None) -> int:
    """
    Runs the script.

    Args:
        argv: The arguments; None means those of the process.

    Returns:
        The exit code: 0 PASS, 1 FAIL, 2 usage, 3 BLOCKED.
    """
    # Whoever starts the script runs the bundle's code already, and the plan's command has to work everywhere: where
    # nothing isolates, the level is "process", and the result line says so.
    arguments = parser().parse_args(argv)
    shown = display.of(arguments.format)
    return guarded(lambda: judge_all(arguments, [arguments.zip], BUILD_LOOP_PHASE2, shown, floor="process"))

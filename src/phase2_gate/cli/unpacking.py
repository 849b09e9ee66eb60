"""
``phase2-gate extract``.
"""

from __future__ import annotations

import argparse
from contextlib import closing

from ..core.escape import line
from ..core.profile import GENERIC
from . import displays, terminal
from .guard import PASS


def extract(arguments: argparse.Namespace) -> int:
    """
    Extracts a bundle that the static gates pass; shows the findings of one that they do not.
    """
    from ..audit.unpack import unpack

    record, count = unpack(arguments.bundle, arguments.destination)
    passed = record.verdict.exit_code == PASS
    if arguments.quiet:
        terminal.out(record.result)
    elif not passed or arguments.verbose:
        with closing(displays.judged(verbose=arguments.verbose)) as display:
            display.begin(record.action, record.subject.name, GENERIC)
            for gate in record.verification.gates:
                display.gate(gate)
            display.end(record, None)
    if passed and not arguments.quiet:
        terminal.out(f"extracted {count} files to {line(arguments.destination)}")
    return record.verdict.exit_code

"""
``phase2-gate extract``.
"""

from __future__ import annotations

import argparse

from ..core.escape import line as escaped
from ..report import text
from . import terminal
from .guard import PASS


def extract(arguments: argparse.Namespace) -> int:
    """
    Extracts a bundle that the static gates pass; shows the findings of one that they do not.
    """
    from ..audit.unpack import unpack

    record, count = unpack(arguments.bundle, arguments.destination)
    if record.verdict.exit_code == PASS:
        terminal.out(f"extracted {count} files to {escaped(arguments.destination)}")
        return PASS
    for line in text.render(record).splitlines():
        terminal.out(line)
    return record.verdict.exit_code

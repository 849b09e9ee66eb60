"""
Tests of `phase2_gate.audit.options`.
"""

from __future__ import annotations

import sys

from phase2_gate.audit.options import Options


def test_the_defaults_are_the_strict_ones() -> None:
    """
    Unless asked otherwise: our interpreter, the strongest isolation and no lower one, nothing kept, nothing written.
    """
    options = Options()
    assert (options.python, options.isolation, options.floor) == (sys.executable, "auto", None)
    assert (options.require_canonical, options.keep, options.journal_directory) == (False, False, None)
    assert options.requirements is None

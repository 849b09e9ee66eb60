"""
The command ``phase2-gate``.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable

from .guard import guarded
from .parser import build


def main(argv: list[str] | None = None) -> int:
    """
    Runs the command line.

    Args:
        argv: The arguments; None means those of the process.

    Returns:
        The exit code: 0 PASS, 1 FAIL, 2 usage, 3 BLOCKED.
    """
    if argv is None:
        # The process is ours. Our words are English, and so are argparse's then, whatever LANGUAGE says. To look for
        # catalogues that nobody has written, once for each word, takes a fifth of the time of a small bundle.
        argparse._ = str  # type: ignore[attr-defined] # where it keeps `gettext.gettext`
    words = sys.argv[1:] if argv is None else argv

    def action() -> int:
        arguments = build(words[0] if words else None).parse_all(words)
        return _handler(arguments.handler)(arguments)

    # The parser within: a defect of ours there must not end as a traceback's exit status, which would read as FAIL.
    return guarded(action)


def _handler(name: str) -> Callable[[argparse.Namespace], int]:
    module, _, function = name.partition(".")
    found: Callable[[argparse.Namespace], int] = getattr(importlib.import_module(f".{module}", __package__), function)
    return found

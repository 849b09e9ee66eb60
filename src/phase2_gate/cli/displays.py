"""
Which display the installed command uses: what its options ask for, and whether a person looks at a terminal.

Colour and movement are two things: `NO_COLOR` (no-color.org) forbids the one; ``TERM=dumb``, `CI` and a stream that is
no terminal forbid the other. `FORCE_COLOR` (force-color.org) asks for colour where there is no terminal.
"""

from __future__ import annotations

import argparse
import os
import sys

from ..core.errors import SettingsError
from ..core.typed import TYPE_CHECKING
from . import terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from .display import Display


def of(arguments: argparse.Namespace) -> Display:
    """
    The display for judgements.

    Args:
        arguments: The parsed options of `options.add_loudness`, and the format.

    Raises:
        SettingsError: when a document is to be quiet or verbose.
    """
    demand_text(arguments)
    from .display import Document, Quiet

    if arguments.format != "text":
        return Document(arguments.format)
    if arguments.quiet:
        return Quiet()
    return judged(verbose=arguments.verbose)


def judged(*, verbose: bool) -> Display:
    """
    The display of judgements for people: on a terminal a screen, elsewhere plain lines.
    """
    from .display import Plain

    more = None
    if verbose:
        from .verbose import Verbose

        more = Verbose()
    if interactive():
        from .screen import Screen

        return Screen(more)
    return Plain(line(), more)


def demand_text(arguments: argparse.Namespace) -> None:
    """
    Refuses a document that is to be quiet or verbose.

    Raises:
        SettingsError: when that was asked for.
    """
    for name in ("quiet", "verbose"):
        if arguments.format != "text" and getattr(arguments, name):
            message = f"--{name}: a document is always whole: seen --format {arguments.format}"
            raise SettingsError(message, hint=f"leave out --{name}")


def line() -> Callable[[str], None]:
    """
    What prints a line: in colour where that is wanted, with nothing loaded for it where it is not.
    """
    stream = sys.stdout
    if stream is not None and (stream.isatty() or os.environ.get("FORCE_COLOR")):
        from . import colour

        return colour.out
    return terminal.out


def interactive() -> bool:
    """
    Whether a person looks at a terminal that can take lines back, and there is what draws on it.
    """
    stream = sys.stdout
    if stream is None or not stream.isatty() or terminal.in_actions():
        return False
    if os.environ.get("CI") or os.environ.get("TERM") == "dumb":
        return False
    from . import colour

    if not colour.can_paint():
        return False
    if os.name != "nt":
        return True
    from rich.console import detect_legacy_windows

    return not detect_legacy_windows()

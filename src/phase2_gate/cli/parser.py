"""
The parser of the installed command.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from .._version import __version__
from . import options
from .commands import KINDS
from .declaring import EXIT


class _Completion(argparse.Action):
    """
    Prints a completion script; shtab is loaded only then.
    """

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,  # noqa: ARG002 - the signature is argparse's
        values: str | Sequence[object] | None,
        option_string: str | None = None,  # noqa: ARG002 - as above
    ) -> None:
        import shtab

        from . import terminal

        # Not as the message of `exit`, which goes to standard error.
        terminal.out(shtab.complete(parser, shell=str(values)))
        parser.exit()


def build(command: str | None = None) -> argparse.ArgumentParser:
    """
    The parser.

    Args:
        command: The first argument, when it is known: if it names a command, only the commands of its kind are added,
            because making them all takes longer than judging a small bundle.
    """
    parser = argparse.ArgumentParser(
        prog="phase2-gate",
        description="Build source bundles whose bytes depend on nothing but the files, and judge bundles from anybody.",
        epilog=EXIT,
        formatter_class=options.Help,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"phase2-gate {__version__}")
    parser.add_argument(
        "--print-completion",
        action=_Completion,
        choices=("bash", "zsh", "tcsh", "fish"),
        help="print a completion script for a shell and exit",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    kinds = [add for add, names in KINDS.items() if command in names] or KINDS
    for add in kinds:
        add(commands)
    return parser

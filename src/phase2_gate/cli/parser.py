"""
The parser of the installed command.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence

from .._version import __version__
from . import options
from .commands import COMMANDS
from .declaring import EXIT
from .suggesting import Parser

_EXAMPLES = """\
examples:
  phase2-gate build path/to/workspace --output bundle.zip
  phase2-gate verify bundle.zip
  phase2-gate audit bundle.zip --report-dir reports
  phase2-gate audit --help
"""


_PLACES = frozenset(
    ("A", "B", "BUNDLE", "DEST", "DIR", "DIRECTORY", "ENVELOPE", "FILE", "KEY", "PATH", "PUB", "WORKSPACE")
)
"""Words in the names of arguments that stand for files and directories."""


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

        _complete_files(parser, shtab.FILE)
        # Not as the message of `exit`, which goes to standard error.
        terminal.out(shtab.complete(parser, shell=str(values)))
        parser.exit()


def _complete_files(parser: argparse.ArgumentParser, files: object) -> None:
    """
    Lets every argument that stands for a file or directory be completed by names of files.
    """
    for action in parser._actions:  # noqa: SLF001 - shtab itself reads them: there is no public way
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            for command in action.choices.values():
                _complete_files(command, files)
        elif isinstance(action.metavar, str) and _PLACES.intersection(re.split(r"\W+", action.metavar)):
            action.complete = files  # type: ignore[attr-defined] # shtab's protocol


def build(command: str | None = None) -> Parser:
    """
    The parser.

    Args:
        command: The first argument, when it is known: if it names a command, only that one is added, because making
            them all takes longer than judging a small bundle.
    """
    parser = Parser(
        prog="phase2-gate",
        description="Build source bundles whose bytes depend on nothing but the files, and judge bundles from anybody.",
        epilog=f"{_EXAMPLES}\n{EXIT}",
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
    for add in (COMMANDS[command],) if command in COMMANDS else COMMANDS.values():
        add(commands)
    return parser

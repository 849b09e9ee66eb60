"""
How a command is declared: its help, its examples, and the name of what handles it.
"""

from __future__ import annotations

import argparse

from ..core.typed import TYPE_CHECKING
from . import options

if TYPE_CHECKING:
    from .suggesting import Parser

    # argparse has no public name for what commands are added to, and this one is generic for type checkers alone.
    Commands = argparse._SubParsersAction[Parser]  # noqa: SLF001

EXIT = """\
exit codes: 0 PASS, 1 FAIL (the bundle's or workspace's fault), 2 usage error, 3 BLOCKED (could not judge)
"""
"""What most commands' exit codes mean."""


def command(
    commands: Commands,
    name: str,
    handler: str,
    about: str,
    examples: str,
    exits: str = EXIT,
) -> argparse.ArgumentParser:
    """
    Adds one command.

    Args:
        commands: What it is added to.
        name: Its name.
        handler: What does it: module and function below `phase2_gate.cli`.
        about: What it does, a clause without capital and stop.
        examples: Calls, each indented and ended by a line feed.
        exits: What its exit codes mean.
    """
    parser = commands.add_parser(
        name,
        help=about,
        description=f"{about[0].upper()}{about[1:]}.",
        epilog=f"examples:\n{examples}\n{exits}",
        formatter_class=options.Help,
        allow_abbrev=False,
    )
    parser.set_defaults(handler=handler)
    return parser


def group(commands: Commands, name: str, about: str, examples: str) -> Commands:
    """
    Adds a command that has commands of its own; the arguments are those of `command`.
    """
    parser = commands.add_parser(
        name,
        help=about,
        description=f"{about[0].upper()}{about[1:]}.",
        epilog=f"examples:\n{examples}",
        formatter_class=options.Help,
        allow_abbrev=False,
    )
    return parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

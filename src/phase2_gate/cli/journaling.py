"""
The commands about missions and their journals: the runtime's own, under this command's name.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..core.errors import Phase2GateError
from ..runtime import command


def run(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate mission run``.

    Raises:
        Phase2GateError: when the runtime is no directory of files: its guard could not watch over itself.
    """
    home = Path(command.__file__).parent
    if not home.is_dir():
        message = f"mission run: the guard's own files lie in an archive: seen {str(home)!r}, need a directory"
        raise Phase2GateError(message, hint="install phase2-gate with pip; journals verify here as well")
    arguments.action = command.run
    return command.perform(arguments, sys.stdout)


def verify(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate journal verify``: 0 good, 1 corrupt or not what the anchor says, 3 torn or unreadable.
    """
    arguments.action = command.verify
    return command.perform(arguments, sys.stdout)


def show(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate journal show``.
    """
    arguments.action = command.show
    return command.perform(arguments, sys.stdout)

"""
The commands about missions and their journals: the runtime's own, under this command's name.
"""

from __future__ import annotations

import argparse
import sys

from ..runtime import command


def run(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate mission run``.
    """
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

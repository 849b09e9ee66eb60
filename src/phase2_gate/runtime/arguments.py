"""
The arguments of the commands, declared once for ``python -m runtime`` and for whoever offers them under another name.

Nothing but argparse is loaded here.
"""

from __future__ import annotations

import argparse

__all__ = ["add_run", "add_show", "add_verify"]


def add_run(parser: argparse.ArgumentParser) -> None:
    """
    The arguments of running a mission.
    """
    parser.add_argument("mission", metavar="MISSION.json", help="mission file, or - for standard input")
    parser.add_argument("--repo", metavar="DIR", required=True, help="tree to work on")
    parser.add_argument("--journal", metavar="FILE", required=True, help="record of the run; continued if it is there")
    parser.add_argument("--images", metavar="DIR", help="where pre-images go (default: beside the journal)")
    parser.add_argument("--dry-run", action="store_true", help="show every decision, change nothing")


def add_verify(parser: argparse.ArgumentParser) -> None:
    """
    The arguments of verifying a journal.
    """
    parser.add_argument("file", metavar="FILE", help="the journal")
    parser.add_argument("--anchor", metavar="FILE", help="file with a checkpoint that was kept elsewhere")
    parser.add_argument("--run-id", metavar="ID", help="the run it must be of")
    parser.add_argument("--require-sealed", action="store_true", help="refuse a journal without an end")


def add_show(parser: argparse.ArgumentParser) -> None:
    """
    The arguments of showing a journal.
    """
    parser.add_argument("file", metavar="FILE", help="the journal")

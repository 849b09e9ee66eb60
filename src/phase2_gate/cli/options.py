"""
Options that the installed command and the carried script share, declared once.
"""

from __future__ import annotations

import argparse

FORMATS = ("text", "json", "md", "html", "sarif", "junit")
"""What `--format` may name."""


def add_judging(parser: argparse.ArgumentParser) -> None:
    """
    How a report looks and whether the canonical form is demanded.
    """
    parser.add_argument(
        "--require-canonical",
        action="store_true",
        help="fail a bundle whose bytes are not the ones that `phase2-gate build` writes for the same files",
    )
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help="what to print on standard output (default: text)"
    )


ISOLATION = ("auto", "strict", "landlock", "process", "none")
"""What `--isolation` may name; stated here, because loading the package that knows takes longer than a verify."""


def named(text: str) -> str:
    """
    `text`, which names something: an empty one, as an unset variable of a shell gives it, would mean this directory.
    """
    if not text:
        raise argparse.ArgumentTypeError("empty")
    return text


def add_running(parser: argparse.ArgumentParser) -> None:
    """
    How the bundle's code is run and where the evidence goes.
    """
    parser.add_argument(
        "--report-dir",
        type=named,
        metavar="DIR",
        help="write the report in every format, the journal and the raw logs there",
    )
    parser.add_argument(
        "--python",
        type=named,
        metavar="PATH",
        help="the interpreter that runs the bundle's code; it needs pytest (default: the one that runs phase2-gate)",
    )
    parser.add_argument(
        "--isolation",
        choices=ISOLATION,
        default="auto",
        help="how the bundle's code is confined; auto: the strongest level that isolates here (default: auto)",
    )
    parser.add_argument("--keep", action="store_true", help="keep the extracted files and print where they are")


def add_profile(parser: argparse.ArgumentParser) -> None:
    """
    What is demanded of a bundle.
    """
    parser.add_argument(
        "--profile",
        metavar="NAME|FILE.toml",
        default="generic",
        help="what is demanded: generic, build-loop-phase2, or a profile file (default: generic)",
    )

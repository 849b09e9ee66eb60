"""
Options that the installed command and the carried script share, declared once.
"""

from __future__ import annotations

import argparse
import os
from functools import cache


class Help(argparse.RawDescriptionHelpFormatter):
    """
    Help as wide as the terminal, with descriptions as they are written.

    argparse asks `shutil` for the width each time an option is added; loading that, and bz2 and lzma with it, takes
    longer than judging a small bundle.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns())


@cache
def _columns() -> int:
    try:
        columns = int(os.environ.get("COLUMNS", "0")) or os.get_terminal_size().columns or 80
    except (ValueError, OSError):
        columns = 80
    return max(columns - 2, 20)


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


def add_loudness(parser: argparse.ArgumentParser) -> None:
    """
    How much is printed; of the installed command alone.
    """
    loudness = parser.add_mutually_exclusive_group()
    loudness.add_argument("-q", "--quiet", action="store_true", help="print the result line and nothing else")
    loudness.add_argument(
        "-v", "--verbose", action="store_true", help="print more: the rules that ran, all notes, how long it took"
    )


ISOLATION = ("auto", "strict", "landlock", "sandbox-exec", "process", "none")
"""What `--isolation` may name; stated here, because loading the package that knows takes longer than a verify."""


def named(text: str) -> str:
    """
    `text`, which names something: an empty one, as an unset variable of a shell gives it, would mean this directory.
    """
    if not text:
        raise argparse.ArgumentTypeError("empty")
    return text


def file_named(text: str) -> str:
    """
    `text`, which names a file: with a slash at its end it is the name of a directory.
    """
    if named(text).endswith(("/", os.sep)):
        raise argparse.ArgumentTypeError(f"seen a directory, {text}: need the name of a file")
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
        "--requirements",
        type=named,
        metavar="FILE",
        help="run the tests in a throw-away environment with these packages: pinned, with hashes, wheels only",
    )
    parser.add_argument(
        "--isolation",
        choices=ISOLATION,
        default="auto",
        help="how the bundle's code is confined; auto: the strongest level that isolates here (default: auto)",
    )
    parser.add_argument("--keep", action="store_true", help="keep the extracted files and print where they are")


def add_signed(parser: argparse.ArgumentParser) -> None:
    """
    Whether the builder has to have signed the bundle.
    """
    parser.add_argument(
        "--require-signature",
        type=named,
        metavar="PUB",
        help="judge only what the builder signed with this key's private half; a file, or fd:N for an open descriptor",
    )
    parser.add_argument(
        "--signature",
        type=named,
        metavar="FILE",
        help="the builder's envelope (default: BUNDLE.build.intoto.json, beside the bundle)",
    )


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


def add_attested(parser: argparse.ArgumentParser) -> None:
    """
    What is demanded of an attestation, beside its profile, and how the answer looks.
    """
    parser.add_argument(
        "--key",
        type=named,
        metavar="PUB",
        help="the public key whose word is believed: a file, or fd:N for an open descriptor",
    )
    parser.add_argument(
        "--identity",
        type=named,
        metavar="NAME",
        help="in place of a key: the address or URI in the certificate of a Sigstore bundle",
    )
    parser.add_argument("--issuer", type=named, metavar="URL", help="who has to vouch for the identity")
    parser.add_argument(
        "--trust-root",
        type=named,
        metavar="FILE",
        help="the trusted_root.json of the Sigstore instance; no other is used, and no network",
    )
    parser.add_argument(
        "--verdict", choices=("PASS", "FAIL"), default="PASS", help="what the verdict has to be (default: PASS)"
    )
    parser.add_argument(
        "--isolation",
        choices=ISOLATION[1:],
        default="landlock",
        help="how far the bundle's code was to be confined at least (default: landlock)",
    )
    parser.add_argument(
        "--predicate",
        choices=("test-result", "vsa", "provenance"),
        default="test-result",
        help="the kind of statement: a verdict as in-toto's test result or SLSA's verification summary, or the "
        "provenance that a builder signs, of which no terms can be demanded (default: test-result)",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")

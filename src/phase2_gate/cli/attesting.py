"""
The commands that sign: ``key new``, ``audit --sign`` and ``build --sign``.
"""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.errors import SettingsError
from ..core.escape import line
from ..library import keys
from ..library.profiles import load
from . import displays, judging, requiring, terminal
from .guard import PASS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..build.bundle import Built
    from ..core.record import Record
    from ..report.pack import Seal


def new_key(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate key new``: writes a pair of keys.
    """
    keys.demand_cryptography()
    from ..attest.key_files import write_pair
    from ..attest.keys import SigningKey

    key = SigningKey.new()
    public = write_pair(Path(arguments.file), key.to_pem(), key.public.to_pem())
    terminal.out(f"private key  {line(arguments.file)}")
    terminal.out(f"public key   {line(str(public))}")
    terminal.out(f"key id       {key.public.keyid}")
    return PASS


def audit(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate audit``: all gates, behind the builder's signature where one is demanded, and signed where a
    key is given.
    """
    seal = None if arguments.sign is None else _seal(arguments)
    signed = requiring.demand(arguments)
    profile = load(arguments.profile)
    with closing(displays.of(arguments)) as display:
        return judging.judge_all(arguments, arguments.paths, profile, display, seal=seal, signed=signed)


def _seal(arguments: argparse.Namespace) -> Seal:
    if arguments.report_dir is None:
        raise SettingsError("--sign: needs a report directory", hint="name one with --report-dir")
    if arguments.isolation in {"process", "none"}:
        message = f"--sign: needs a level that isolates: seen --isolation {arguments.isolation}"
        raise SettingsError(message, hint="code that is not confined can read the key and write the record")
    # Read before anything is judged: a key that cannot be used is known at once, and nothing was run for nothing.
    key = keys.signing(arguments.sign)
    from ..attest.seal import seal

    def sealed(record: Record, report: bytes) -> dict[str, bytes]:
        made = seal(record, report, key)
        if not made:
            terminal.warn(f"{record.subject.name}: not signed: the verdict is {record.verdict.value}")
        return made

    return sealed


def builder(key_file: str) -> Callable[[Built], None]:
    """
    What signs a bundle that was built, with the key in `key_file`, which is read at once.
    """
    key = keys.signing(key_file)
    from ..attest import provenance
    from ..build.output import written
    from ..workspace import beside

    def sign(built: Built) -> None:
        envelope = Path(beside.envelope(str(built.path)))
        written(envelope, provenance.signed(built.path.name, built.sha256, built.manifest_sha256, key))
        terminal.out(f"signed       {line(str(envelope))} (key {key.public.keyid})")

    return sign

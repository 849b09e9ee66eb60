"""
The commands about signed verdicts: ``key new``, ``audit --sign`` and ``attest verify``.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.errors import KeyFileError, RefusedError, SettingsError
from ..core.escape import line
from ..library.profiles import load
from . import colour, demands, judging, terminal
from .guard import FAIL, PASS

if TYPE_CHECKING:
    from types import ModuleType

    from ..core.record import Record
    from ..report.pack import Seal


def new_key(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate key new``: writes a pair of keys.
    """
    _demand_cryptography()
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
    ``phase2-gate audit``: as `judging.audit`, signed where a key is given.
    """
    seal = None if arguments.sign is None else _seal(arguments)
    return judging.judge_all(arguments, arguments.paths, load(arguments.profile), seal=seal, out=colour.out)


def _seal(arguments: argparse.Namespace) -> Seal:
    if arguments.report_dir is None:
        raise SettingsError("--sign: needs a report directory", hint="name one with --report-dir")
    if arguments.isolation in {"process", "none"}:
        message = f"--sign: needs a level that isolates: seen --isolation {arguments.isolation}"
        raise SettingsError(message, hint="code that is not confined can read the key and write the record")
    _demand_cryptography()
    from ..attest.key_files import read_private
    from ..attest.keys import SigningKey
    from ..attest.seal import seal

    # Read before anything is judged: a key that cannot be used is known at once, and nothing was run for nothing.
    key = SigningKey.from_pem(read_private(arguments.sign), arguments.sign)

    def sealed(record: Record, report: bytes) -> dict[str, bytes]:
        made = seal(record, report, key)
        if not made:
            terminal.warn(f"{record.subject.name}: not signed: the verdict is {record.verdict.value}")
        return made

    return sealed


def verify(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate attest verify``: whether an envelope shows what is demanded.
    """
    _demand_cryptography()
    from ..attest.codes import CODES
    from ..attest.dsse import MAX_BYTES
    from ..attest.key_files import read_public
    from ..attest.keys import VerifyingKey
    from ..attest.verification import Policy, check
    from ..audit.source import digest, opened
    from ..audit.static import judged_record
    from ..core.report import Verdict
    from ..isolation.level import Level

    profile = demands.applied(load(arguments.profile), arguments)
    policy = Policy(profile, Verdict(arguments.verdict), Level(arguments.isolation), arguments.predicate)
    key = VerifyingKey.from_pem(read_public(arguments.key), arguments.key)
    with opened(arguments.envelope) as source:
        envelope = source.read_at(0, min(source.size, MAX_BYTES + 1))
    with opened(arguments.bundle) as source:
        bundle = digest(source)
        manifest = judged_record(source, arguments.bundle, profile)[0].subject.manifest_sha256
    terminal.out(f"attestation  {line(arguments.envelope)} ({arguments.predicate})")
    terminal.out(f"bundle       sha256 {bundle}")
    try:
        claim = check(envelope, key, bundle, manifest, policy)
    except RefusedError as refused:
        terminal.out(f"refused      {line(str(refused))}")
        terminal.out(f"  hint: {CODES[refused.code]}")
        terminal.out("RESULT: REFUSED")
        return FAIL
    terminal.out(f"manifest     {'none' if manifest is None else f'sha256 {manifest}'}")
    terminal.out(f"key          {key.keyid}")
    terminal.out(f"profile      {line(claim.profile)} sha256 {claim.profile_sha256}")
    terminal.out(f"isolation    {line(claim.isolation) or 'nothing was run'}")
    terminal.out(f"RESULT: ACCEPTED ({claim.verdict})")
    return PASS


def _demand_cryptography() -> ModuleType:
    try:
        import cryptography
    except ImportError as error:
        hint = "install phase2-gate with its extra: phase2-gate[sign]"
        raise KeyFileError("signatures: the package cryptography is missing", hint=hint) from error
    return cryptography

"""
``--require-signature``: the demand that a builder signed the bundle, for ``verify`` and ``audit``.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

from ..core.errors import KeyFileError, SettingsError, SourceError
from . import displays, judging

if TYPE_CHECKING:
    from ..core.digest import Sha256
    from ..core.signed import Demand, Signed


def verify(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate verify``: as `judging.verify`, behind the builder's signature where one is demanded.
    """
    with closing(displays.of(arguments)) as display:
        return judging.verify(arguments, display, demand(arguments))


def demand(arguments: argparse.Namespace) -> Callable[[str], Demand] | None:
    """
    What makes the demand for a bundle of its path; None when there is none.

    The key is read once. Where it cannot be used, each bundle is BLOCKED, with the reason in its report.

    Args:
        arguments: The parsed options of `options.add_signed`, and the paths.

    Raises:
        SettingsError: when an envelope is named that would not be looked at, or one for several bundles.
    """
    if arguments.require_signature is None:
        if arguments.signature is not None:
            message = "--signature: nobody would look at it"
            raise SettingsError(message, hint="name the builder's public key with --require-signature")
        return None
    if arguments.signature is not None and len(arguments.paths) > 1:
        message = f"--signature: names the envelope of one bundle: seen {len(arguments.paths)} bundles"
        raise SettingsError(message, hint="leave it out, and let each envelope lie beside its bundle")
    from . import keys

    try:
        key = keys.verifying(arguments.require_signature)
    except KeyFileError as unusable:
        reason = unusable

        def refuse(_: Sha256) -> Signed:
            raise KeyFileError(reason.message, hint=reason.hint)

        return lambda _: refuse
    from ..attest import demanded
    from ..workspace import beside

    def of(path: str) -> Demand:
        file = arguments.signature or beside.envelope(path)
        return lambda sha256: demanded.look(_content(file), os.path.basename(file), key, sha256)

    return of


def _content(file: str) -> bytes | None:
    from ..attest.provenance import MAX_BYTES
    from ..audit.source import opened

    try:
        with opened(file) as source:
            # One byte more than may be there, so that it is seen.
            return source.read_at(0, min(source.size, MAX_BYTES + 1))
    except SourceError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return None
        raise

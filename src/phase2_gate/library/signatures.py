"""
The demand that a builder signed the bundle, for ``verify`` and ``audit``.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..core.errors import KeyFileError, SettingsError, SourceError
from . import keys

if TYPE_CHECKING:
    from ..core.digest import Sha256
    from ..core.signed import Demand, Signed


def demand(key: str | None, envelope: str | None, bundles: int = 1) -> Callable[[str], Demand] | None:
    """
    What makes the demand for a bundle of its path; None when there is none.

    The key is read once. Where it cannot be used, each bundle is BLOCKED, with the reason in its report.

    Args:
        key: The builder's public key: a file, or ``fd:N``; None when no signature is demanded.
        envelope: The builder's envelope; None for the one beside each bundle.
        bundles: How many there are.

    Raises:
        SettingsError: when an envelope is named that would not be looked at, or one for several bundles.
    """
    if key is None:
        if envelope is not None:
            message = "--signature: nobody would look at it"
            raise SettingsError(message, hint="name the builder's public key with --require-signature")
        return None
    if envelope is not None and bundles > 1:
        message = f"--signature: names the envelope of one bundle: seen {bundles} bundles"
        raise SettingsError(message, hint="leave it out, and let each envelope lie beside its bundle")
    try:
        builder = keys.verifying(key)
    except KeyFileError as unusable:
        reason = unusable

        def refuse(_: Sha256) -> Signed:
            raise KeyFileError(reason.message, hint=reason.hint)

        return lambda _: refuse
    from ..attest import demanded
    from ..workspace import beside

    def of(path: str) -> Demand:
        file = envelope or beside.envelope(path)
        return lambda sha256: demanded.look(_content(file), os.path.basename(file), builder, sha256)

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

"""
Keys that options and callers name: read once, before anything is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.errors import KeyFileError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..attest.answer import Identity
    from ..attest.keys import SigningKey, VerifyingKey


def signing(name: str) -> SigningKey:
    """
    The private key in a file or behind ``fd:N``.

    Raises:
        KeyFileError: when it cannot be used, or ``cryptography`` is missing.
    """
    demand_cryptography()
    from ..attest.key_files import read_private
    from ..attest.keys import SigningKey

    return SigningKey.from_pem(read_private(name), name)


def verifying(name: str) -> VerifyingKey:
    """
    The public key in a file or behind ``fd:N``.

    Raises:
        KeyFileError: when it cannot be used, or ``cryptography`` is missing.
    """
    demand_cryptography()
    from ..attest.key_files import read_public
    from ..attest.keys import VerifyingKey

    return VerifyingKey.from_pem(read_public(name), name)


def certified(root: str, identity: Identity) -> Callable[[bytes], bytes]:
    """
    What gives the payload of a Sigstore bundle that an identity signed.

    Args:
        root: The trust root: a file, or ``fd:N``.
        identity: Whose word is believed.

    Raises:
        KeyFileError: when the trust root cannot be used, or ``sigstore`` is missing.
    """
    try:
        import sigstore  # noqa: F401 - whether it can be imported is the question
    except ImportError as error:
        hint = "install phase2-gate with its extra: phase2-gate[sigstore]"
        raise KeyFileError("identities: the package sigstore is missing", hint=hint) from error
    from ..attest import keyless
    from ..attest.key_files import read_public

    trusted = keyless.trust_root(read_public(root, "trust root"), root)
    return lambda data: keyless.payload(data, trusted, identity)


def demand_cryptography() -> None:
    """
    Says which extra is missing, where it is.

    Raises:
        KeyFileError: when ``cryptography`` is not installed.
    """
    try:
        import cryptography  # noqa: F401 - whether it can be imported is the question
    except ImportError as error:
        hint = "install phase2-gate with its extra: phase2-gate[sign]"
        raise KeyFileError("signatures: the package cryptography is missing", hint=hint) from error

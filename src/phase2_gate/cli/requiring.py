"""
``--require-signature``: the demand that a builder signed the bundle, for ``verify`` and ``audit``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import closing

from ..core.typed import TYPE_CHECKING
from . import displays, judging

if TYPE_CHECKING:
    from ..core.signed import Demand


def verify(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate verify``: as `judging.verify`, behind the builder's signature where one is demanded.
    """
    with closing(displays.of(arguments)) as display:
        return judging.verify(arguments, display, demand(arguments))


def demand(arguments: argparse.Namespace) -> Callable[[str], Demand] | None:
    """
    What makes the demand for a bundle of its path; None when there is none.

    Args:
        arguments: The parsed options of `options.add_signed`, and the paths.

    Raises:
        SettingsError: when an envelope is named that would not be looked at, or one for several bundles.
    """
    if arguments.require_signature is arguments.signature is None:
        return None
    from ..library import signatures

    return signatures.demand(arguments.require_signature, arguments.signature, len(arguments.paths))

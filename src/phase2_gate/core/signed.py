"""
What a look at a builder's signature comes to, as values.

Those who demand a signature (`phase2_gate.audit`) need not know how one is checked, and those who check one
(`phase2_gate.attest`) need not know what a gate is: both know these.
"""

from __future__ import annotations

from collections.abc import Callable

from .digest import Sha256
from .findings import Finding
from .typed import NamedTuple


class Signed(NamedTuple):
    """
    What a look at the builder's signature came to.
    """

    manifest_sha256: Sha256 | None
    """The manifest that was signed together with the bundle; None when there is a finding."""
    findings: tuple[Finding, ...] = ()
    """Why the signature does not hold; empty when it does."""
    note: str = ""
    """What a reader should know of it: whose it is."""


Demand = Callable[[Sha256], Signed]
"""
Looks at the signature for a bundle of that digest.

Raises whatever kept it from looking, which blocks the gate; a signature that is missing or wrong is a finding.
"""

"""
What a rule is, and the gates in their order.
"""

from __future__ import annotations

from ..typed import NamedTuple

STATIC_GATES = ("archive", "paths", "manifest", "digests", "layout", "cleanliness")
"""The gates that read only; together they are `verify`."""
DYNAMIC_GATES = ("imports", "tests", "workspace")
"""The gates that run code of the bundle; none runs unless every static gate passed."""
GATES = STATIC_GATES + DYNAMIC_GATES
"""The gates that every audit goes through, in their order."""
SIGNATURE_GATE = "signature"
"""The gate that looks at the builder's signature: on demand only, and before all others."""
ALL_GATES = (SIGNATURE_GATE, *GATES)
"""Every gate there is, in the order of a report."""


class Rule(NamedTuple):
    """
    One requirement.
    """

    slug: str
    """Its name, which says what is wrong when it is broken; stable for ever."""
    gate: str
    """The gate that judges it, one of `ALL_GATES`."""
    meaning: str
    """What is wrong, in one sentence."""
    why: str
    """Why it matters, in one sentence."""
    remedy: str
    """What whoever made the bundle does about it."""
    references: tuple[str, ...] = ()
    """Where the requirement comes from: APPNOTE section, RFC, CVE, prior art."""
    waivable: bool = False
    """Whether an auditor may waive it with a reason; never for structure, integrity or proof."""

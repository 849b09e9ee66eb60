"""
Compares bundles, workspaces and directories, and says why they differ.
"""

from __future__ import annotations

from ..core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from .comparison import Comparison
    from .differences import Difference
    from .operands import compare
    from .twice import again

__all__ = ["Comparison", "Difference", "again", "compare"]

_HOMES = {"Comparison": "comparison", "Difference": "differences", "again": "twice", "compare": "operands"}


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)

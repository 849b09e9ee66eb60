"""
Build source bundles whose bytes depend on nothing but the files, and judge bundles from anybody, fail-closed.
"""

from __future__ import annotations

__all__ = ["__version__"]


def __getattr__(name: str) -> object:
    # Lazy (PEP 562), so that the carried copy, which is bare, loads nothing that it does not need.
    if name == "__version__":
        from ._version import __version__

        return __version__
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)

"""
What lies beside a bundle: the envelope in which its builder signed it.
"""

from __future__ import annotations

SUFFIX = ".build.intoto.json"
"""What stands behind the bundle's name."""


def envelope(bundle: str) -> str:
    """
    The name of the envelope for a bundle.

    Args:
        bundle: The bundle's name, or its path.
    """
    return f"{bundle}{SUFFIX}"

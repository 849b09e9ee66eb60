"""
Which modules an audit imports when the profile names none: every package at the root and under ``src/``.

Not tests, which are the next gate's; not loose scripts, which may do anything when imported; not ``__main__``.
"""

from __future__ import annotations

from collections.abc import Iterable

_TEST_NAMES = frozenset({"test", "tests", "testing", "conftest"})


def packages(members: Iterable[str]) -> tuple[str, ...]:
    """
    The top-level packages among `members`, by name.

    Args:
        members: The paths of a bundle's files.
    """
    files = frozenset(members)
    # A package called src is imported as such, and what lies in it is no package at the root.
    source = None if "src/__init__.py" in files else "src"
    found = set()
    for path in files:
        parts = path.split("/")
        inside = parts[1:] if parts[0] == source else parts
        if len(inside) == 2 and inside[1] == "__init__.py" and _is_package(inside[0]):
            found.add(inside[0])
    return tuple(sorted(found))


def _is_package(name: str) -> bool:
    return name.isidentifier() and name not in _TEST_NAMES

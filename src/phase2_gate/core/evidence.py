"""
What running a bundle's code showed, as values.
"""

from __future__ import annotations

from .typed import NamedTuple


class Run(NamedTuple):
    """
    One process that ran code of the bundle.
    """

    gate: str
    """The gate that started it."""
    command: tuple[str, ...]
    """The exact command."""
    ended: str
    """How it ended: ``exit status 0``, ``signal 9``, and why it was stopped if it was."""
    seconds: float
    """How long it took."""
    stdout: bytes
    """What it wrote to standard output, byte for byte."""
    stderr: bytes
    """What it wrote to standard error, byte for byte."""
    isolation: str
    """The level at which it was confined."""
    layers: tuple[str, ...] = ()
    """The measures that were in force."""
    notes: tuple[str, ...] = ()
    """What could not be put in force, or was noticed."""


class Test(NamedTuple):
    """
    One test of the bundle as it was seen.
    """

    name: str
    """Its node id."""
    outcome: str
    """``passed``, ``failed``, ``error``, ``skipped``, ``xfailed``, ``xpassed``, ``deselected`` or ``missing``."""
    detail: str = ""
    """The reason of a skip, or the last line of a failure."""


Test.__test__ = False  # type: ignore[attr-defined]  # for pytest, when it collects a module that imports this


class Interpreter(NamedTuple):
    """
    The interpreter that ran the bundle's code.
    """

    path: str
    """How it was started."""
    version: str
    """Its version."""
    implementation: str
    """Its implementation."""
    pytest: str
    """Its pytest."""
    packages: tuple[str, ...] = ()
    """What was installed for this audit, as ``name==version``; empty when nothing was."""

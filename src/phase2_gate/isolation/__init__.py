"""
Confining and running child processes whose code nobody vouches for.

`run` starts a `Command` at an isolation level, keeps its output as bytes, holds its limits, and returns after every
process of it is gone. The package knows nothing of bundles or tests and needs the standard library alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phase2_gate.isolation.command import Box, Command, Completed, Limits
    from phase2_gate.isolation.level import Level
    from phase2_gate.isolation.start import run

__all__ = ["Box", "Command", "Completed", "Level", "Limits", "run"]

_HOMES = {
    "Box": "command",
    "Command": "command",
    "Completed": "command",
    "Level": "level",
    "Limits": "command",
    "run": "start",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{home}"), name)

"""
What the processes of one run may use together: held by a control group where there is one, and where not, it is said.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phase2_gate.isolation import group, scope
from phase2_gate.isolation.command import MIB
from phase2_gate.isolation.level import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phase2_gate.isolation.command import Command, Limits

_LAUNCHER_BYTES = 64 * MIB
"""What the launcher's own processes may need of the memory for all."""
_LAUNCHER_PROCESSES = 8
"""The launcher, ``bwrap``, and the first process of a box, with some room."""
_APART = "memory and processes are limited for each process and user, not for all together"


@dataclass(slots=True)
class Together:
    """
    How the sum is held for one run.
    """

    prefix: tuple[str, ...] = ()
    """What the launcher's command line begins with."""
    layers: tuple[str, ...] = ()
    """The measure in force, if any."""
    notes: tuple[str, ...] = ()
    """Why there is none."""
    held: group.Group | None = field(default=None)
    """The control group that the launcher has to be moved to."""

    def adopt(self, pid: int) -> None:
        """
        Take the launcher in, before it has read what to do.

        Args:
            pid: Its process number.
        """
        if self.held is not None:
            try:
                self.held.adopt(pid)
            except OSError as error:
                self.layers, self.notes = (), (f"{_APART}: a process can't be moved: {error.strerror}",)

    def remarks(self) -> tuple[str, ...]:
        """
        What was remarkable about the run.
        """
        killed = 0 if self.held is None else self.held.killed()
        return (f"the memory for all was used up: the system ended {killed} processes",) if killed else ()


@contextmanager
def hold(command: Command) -> Iterator[Together]:
    """
    The best that can be had here for one run.

    Args:
        command: What is going to run.

    Raises:
        IsolationError: A control group could not be removed at the end.
    """
    if command.level is Level.NONE:
        yield Together()
        return
    bounds = _bounds(command.limits)
    with ExitStack() as stack:
        yield _best(bounds, stack)


def _best(bounds: group.Bounds, stack: ExitStack) -> Together:
    try:
        held = stack.enter_context(group.made(bounds))
    except OSError as error:
        words = scope.prefix(bounds.memory_bytes, bounds.processes)
        if isinstance(words, str):
            return Together(notes=(f"{_APART}: {error}; {words}",))
        return Together(words, ("limits-together", "systemd-scope"))
    return Together(layers=("limits-together", "control-group"), held=held)


def _bounds(limits: Limits) -> group.Bounds:
    """
    What one process may use is what all may use together, the scratch area in memory apart.
    """
    memory = limits.address_space_bytes + limits.scratch_bytes + _LAUNCHER_BYTES
    page = os.sysconf("SC_PAGE_SIZE")
    return group.Bounds(memory // page * page, limits.processes + _LAUNCHER_PROCESSES)

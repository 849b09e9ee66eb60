"""
What is run in a box, and what came of it, as values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phase2_gate.isolation.level import Carrier, Level

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

MIB = 1024 * 1024

RECORD_FD = 3
"""The descriptor on which the child writes its record; always this number in the child."""
INPUT_FD = 4
"""The descriptor from which the child reads `Command.input`; always this number in the child."""


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What one child may use. Everything but the wall clock, the output and the record is void at level `none`.
    """

    wall_seconds: float = 120.0
    """Time on the clock, after which the whole tree is killed."""
    cpu_seconds: int = 90
    """Processor time of each process."""
    address_space_bytes: int = 2048 * MIB
    """Address space of each process."""
    processes: int = 64
    """Processes and threads of the child's user, beyond those which ran before."""
    file_bytes: int = 128 * MIB
    """Size of each file that is written."""
    open_files: int = 256
    """Descriptors of each process."""
    scratch_bytes: int = 256 * MIB
    """Size of the scratch area as a whole, where the level can hold it."""
    output_bytes: int = 16 * MIB
    """Bytes of stdout, and of stderr, after which the run is stopped."""
    record_bytes: int = 8 * MIB
    """Bytes of the record after which the run is stopped; `Command.watch` may raise it."""


@dataclass(frozen=True, slots=True)
class Box:
    """
    What a child may see of the file system at the isolating levels.
    """

    workspace: Path
    """The directory under judgement: readable, never writable at an isolating level."""
    scratch: Path
    """An empty private directory: the only place that may be written, gone afterwards."""
    readable: tuple[Path, ...] = ()
    """Directories and files of the interpreter, beyond the system's own libraries."""


@dataclass(frozen=True, slots=True)
class Command:
    """
    One child process to run.
    """

    argv: tuple[str, ...]
    """Program and arguments; the program is an absolute path, nothing is looked up."""
    cwd: Path
    """The directory it starts in."""
    env: Mapping[str, str]
    """Its whole environment: nothing is inherited."""
    box: Box
    """What it may see and write."""
    level: Level = Level.PROCESS
    """How it is confined."""
    carrier: Carrier = Carrier.NAMESPACES
    """What makes the box at level `Level.STRICT`; void at the others."""
    limits: Limits = field(default_factory=Limits)
    """What it may use."""
    input: bytes = b""
    """What it can read on descriptor `INPUT_FD`; its stdin is empty."""
    watch: Callable[[bytes], int] | None = None
    """Sees each piece of the record as it arrives, and returns the number of bytes that the record may reach."""


@dataclass(frozen=True, slots=True)
class Completed:
    """
    What came of a `Command`; every process it started is gone by now.
    """

    returncode: int | None
    """The exit status, None when a signal ended it."""
    signal: int | None
    """The signal that ended it, None when it exited."""
    stdout: bytes
    """Its standard output, as written, up to the cap."""
    stderr: bytes
    """Its standard error, as written, up to the cap."""
    record: bytes
    """What it wrote on the record descriptor, up to the cap."""
    timed_out: bool
    """Whether it was killed because its time on the clock was over."""
    output_exceeded: bool
    """Whether it was killed because stdout or stderr passed the cap."""
    record_exceeded: bool
    """Whether it was killed because the record passed the cap."""
    seconds: float
    """Time on the clock, from the start of the launcher to the end of the last process."""
    level: Level
    """How it was confined."""
    layers: tuple[str, ...]
    """The measures in force, as the launcher reported them just before the program began."""
    notes: tuple[str, ...]
    """What could not be put in force, or was noticed, for the report."""
    crowded: bool = False
    """Whether it was killed because it ran too many processes, where the launcher has to count them."""

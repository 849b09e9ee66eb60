"""
The levels of isolation, from the strongest down.
"""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """
    How far a child process is confined.

    `STRICT`, `LANDLOCK` and `SANDBOX_EXEC` isolate: what they promise is tried out in the same box before foreign code
    runs in it.
    `PROCESS` and `NONE` are hygiene: they keep an honest run tidy and stop nobody.
    """

    STRICT = "strict"
    """Linux namespaces, a file system of its own, Landlock where the kernel has it, seccomp, limits."""
    LANDLOCK = "landlock"
    """Landlock and seccomp without namespaces; metadata of own files and total disk use stay open."""
    SANDBOX_EXEC = "sandbox-exec"
    """The profile of macOS that denies what it does not allow; nobody has tried it on macOS yet."""
    PROCESS = "process"
    """Own session, clean environment, limits, and the whole tree of processes ended afterwards."""
    NONE = "none"
    """As `PROCESS`, without resource limits."""

    @property
    def isolating(self) -> bool:
        """
        Whether this level keeps foreign code away from the user's files, network and processes.
        """
        return self in {Level.STRICT, Level.LANDLOCK, Level.SANDBOX_EXEC}


class Carrier(StrEnum):
    """
    What makes the namespaces and the file system of level `STRICT`.

    The same self-test judges both, and each level promises the same whichever carries it.
    """

    NAMESPACES = "namespaces"
    """The launcher itself."""
    BUBBLEWRAP = "bubblewrap"
    """The program ``bwrap``, where the system gives namespaces of users to it and not to everybody."""

"""
What every box shows of the machine, told without making one.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from phase2_gate.core.errors import IsolationError
from phase2_gate.isolation.launcher import paths

_ENOUGH = 8
"""How many places of a home are tried."""


def demand_hidden(readable: tuple[Path, ...]) -> None:
    """
    Refuse a directory for temporary files that programs in boxes could look into.

    What the verifier and others keep there would be in view, so no box could hold what it promises.

    Args:
        readable: What the interpreter in the box needs.

    Raises:
        IsolationError: It lies in something that every box shows, or there is none.
    """
    try:
        directory = Path(tempfile.gettempdir()).resolve()
    except OSError as error:
        raise IsolationError(f"isolation: no private directory could be made: {error}") from error
    if (place := _holder(directory, _shown(readable))) is not None:
        raise IsolationError(
            "isolation: every box shows the directory for temporary files:"
            f" seen {str(directory)!r}, which lies in {str(place)!r}, need one that the system and Python do not need",
            hint="set TMPDIR to another directory, such as /var/tmp",
        )


def of_home(readable: tuple[Path, ...]) -> list[str]:
    """
    A few files and directories of the user's home that the user can read and no box shows.

    A home may be the root directory, as in containers that run as any number, or lie among the system's; and a link in
    it may lead there. What every box shows is no secret of the home's.

    Args:
        readable: What is shown besides the system's.
    """
    try:
        found = sorted(Path.home().absolute().iterdir())
    except (OSError, RuntimeError):  # the latter where the user has no home
        return []
    shown = _shown((*readable, *map(Path, ("/dev", "/proc", *paths.SYNTHETIC))))
    # a directory above something that is shown is in the box too
    above = {parent for place in shown for parent in place.parents}
    hidden = (path for path in found if _holder(path, shown) is None and not {path, path.resolve()} & above)
    return [str(path) for path in hidden if os.access(path, os.R_OK)][:_ENOUGH]


def _shown(readable: tuple[Path, ...]) -> tuple[Path, ...]:
    return (*readable, *map(Path, (*paths.SYSTEM, *paths.SETTINGS)))


def _holder(path: Path, places: tuple[Path, ...]) -> Path | None:
    """
    The place that a path lies in, by its name or where that leads.
    """
    real = path.resolve()
    return next((place for place in places if path.is_relative_to(place) or real.is_relative_to(place)), None)

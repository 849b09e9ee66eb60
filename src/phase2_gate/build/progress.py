"""
How far a build is, for a display; decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from ..core.typed import NamedTuple

WALKING = "walking"
"""The workspace is listed; how much there is is not known yet."""
WRITING = "writing"
"""Members are read and written."""
VERIFYING = "verifying"
"""The bundle is judged before it gets its name."""
COPYING = "copying"
"""The files are copied for a second build (`phase2_gate.compare.twice`)."""
SECOND = "second build"
"""It runs in another process; how far it is is not known."""


class Step(NamedTuple):
    """
    How far it is.
    """

    phase: str
    """`WALKING`, `WRITING` or `VERIFYING`; behind a build, `COPYING` or `SECOND`."""
    files: int
    """How many files were found, written or copied."""
    of_files: int
    """How many there are; 0 when that is not known."""
    size: int
    """How many bytes were written, judged or copied."""
    of_size: int
    """How many there are, about; 0 when that is not known."""


Progress = Callable[[Step], None]
"""Is told, at most once a directory or a MiB, and for each file that is copied."""

"""
A bar on a terminal that shows how far a build is, and goes away when it has ended.

A build that takes no time shows nothing, and loads nothing that could.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from ..core.typed import TYPE_CHECKING
from . import displays

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from ..build.progress import Step

AFTER_SECONDS = 0.5
"""What takes less needs no bar."""
EVERY_SECONDS = 0.1
"""More often nobody can read it."""


def of_build(*, quiet: bool) -> Bar | None:
    """
    A bar when a person looks at a terminal; None in logs, pipes and CI, and when nothing but the result is wanted.
    """
    return None if quiet or not displays.interactive() else Bar()


class Bar:
    """
    The bar.

    Args:
        console: Makes what it is drawn on, when it is time; None for standard output.
        clock: Tells the time, in seconds.
    """

    def __init__(
        self, console: Callable[[], Console] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console
        self._clock = clock
        self._began = clock()
        self._shown = self._began
        self._drawn: RichProgress | None = None
        self._task: TaskID | None = None

    def tell(self, step: Step) -> None:
        """
        Shows how far it is, when it is time.
        """
        now = self._clock()
        if now - self._began < AFTER_SECONDS or now - self._shown < EVERY_SECONDS:
            return
        self._shown = now
        if self._drawn is None:
            self._drawn = self._start()
        if self._task is None:
            self._task = self._drawn.add_task("", total=None, files="")
        files = f"{step.files} of {step.of_files} files" if step.of_files else f"{step.files} files"
        total = step.of_size or None
        # The members' sizes come without the headers, so that a little more may be written than was announced.
        done = min(step.size, step.of_size)
        self._drawn.update(self._task, description=step.phase, total=total, completed=done, files=files, refresh=True)

    def _start(self) -> RichProgress:
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

        from .screen import on_standard_output

        drawn = Progress(
            TextColumn("{task.description:<12}"),
            BarColumn(complete_style="cyan", finished_style="green"),
            TextColumn("{task.fields[files]}"),
            DownloadColumn(binary_units=True),
            TimeElapsedColumn(),
            console=on_standard_output() if self._console is None else self._console(),
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        drawn.start()
        return drawn

    def close(self) -> None:
        """
        Takes the bar away, whatever happened.
        """
        if self._drawn is not None:
            drawn, self._drawn = self._drawn, None
            drawn.stop()

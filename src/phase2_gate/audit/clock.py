"""
When a judgement took place, and where.
"""

from __future__ import annotations

import platform
import time
from datetime import UTC, datetime

from ..core.record import Host


class Clock:
    """
    Starts when it is made.
    """

    def __init__(self) -> None:
        self.started_at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """
        How long ago it was made.
        """
        return time.monotonic() - self._started


def host() -> Host:
    """
    The machine that judges.
    """
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return Host(system, f"{platform.python_implementation()} {platform.python_version()}")

"""
When a judgement took place, and where.
"""

from __future__ import annotations

import os
import sys
import time

from ..core.record import Host


class Clock:
    """
    Starts when it is made.
    """

    def __init__(self) -> None:
        # Neither datetime nor platform: loading them takes longer than judging a small bundle.
        self.started_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
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
    if hasattr(os, "uname"):
        about = os.uname()
        system = f"{about.sysname} {about.release} {about.machine}"
    else:
        import platform

        system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return Host(system, f"{sys.implementation.name} {sys.version.partition(' ')[0]}")

"""
Points in time as the records write them: RFC 3339, UTC, ``Z``, always six digits of a second.

One spelling only, so that two texts are equal exactly when the times are. They say what the writer's
clock said; nothing is decided by comparing them.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

__all__ = ["is_timestamp", "render", "utc_now"]

_SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z", re.ASCII)


def utc_now() -> datetime:
    """
    The system's clock, in UTC.
    """
    return datetime.now(UTC)


def render(moment: datetime) -> str:
    """
    Write a time in the one spelling.

    Raises:
        ValueError: The time has no zone, so that it names no point in time.
    """
    if moment.tzinfo is None:
        message = f"timestamp: no time zone: seen {moment!r}"
        raise ValueError(message)
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def is_timestamp(value: object) -> bool:
    """
    Tell whether a value is a time in the one spelling, and a real one.
    """
    if type(value) is not str or _SHAPE.fullmatch(value) is None:
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True

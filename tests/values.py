"""
Changed copies of values, whichever way they are defined.
"""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

T = TypeVar("T")


def replace(value: T, **changes: object) -> T:
    """
    A copy of `value` with other fields: of a dataclass as of a named tuple.
    """
    kind: Any = value
    copied: T = dataclasses.replace(kind, **changes) if dataclasses.is_dataclass(value) else kind._replace(**changes)
    return copied

"""
Gates that could not judge: any exception as a result, so that a crash of ours is BLOCKED and never a PASS.
"""

from __future__ import annotations

import os

from ..core.errors import Phase2GateError
from ..core.report import GateResult


def blocked(gate: str, error: Exception) -> GateResult:
    """
    The result of a gate that an exception ended.

    Args:
        gate: Its name.
        error: What ended it.
    """
    if isinstance(error, Phase2GateError):
        return GateResult(gate, blocked=str(error), notes=() if error.hint is None else (error.hint,))
    if isinstance(error, OSError):
        return GateResult(gate, blocked=str(error))
    return GateResult(gate, blocked=internal(error), notes=("this is a defect of phase2-gate; please report it",))


def internal(error: BaseException) -> str:
    """
    An exception that nobody expected, in one clause with the place where it was raised.
    """
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = "" if place is None else f" ({os.path.basename(place.tb_frame.f_code.co_filename)}:{place.tb_lineno})"
    text = f": {error}" if str(error) else ""
    return f"internal error: {type(error).__name__}{text}{where}"

"""
Limits that a bundle's code broke, as findings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phase2_gate.core.findings import Finding

if TYPE_CHECKING:
    from phase2_gate.isolation.command import Completed, Limits


def stop(gate: str, completed: Completed, limits: Limits) -> Finding | None:
    """
    The finding for a run that was killed for breaking a limit, None for one that ended by itself.

    Args:
        gate: The first word of the rule, ``import`` or ``tests``.
        completed: The run.
        limits: What it was allowed.
    """
    if completed.output_exceeded:
        need = f"at most {limits.output_bytes} bytes a stream"
        return Finding(f"{gate}-output-limit", None, "it wrote too much and was stopped", need=need)
    if completed.record_exceeded:
        return Finding(f"{gate}-output-limit", None, "its record grew too long and it was stopped")
    if completed.crowded:
        need = f"at most {limits.processes}"
        return Finding(f"{gate}-process-limit", None, "it ran too many processes and was stopped", need=need)
    if completed.timed_out:
        return Finding(f"{gate}-timeout", None, "it did not end and was stopped", need=f"{limits.wall_seconds:g} s")
    return None

"""
What an operation is: a name, a version, a pure plan, and an effect through granted files only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol, TypeAlias

from ..canonical import Json
from ..governance.decision import PathUse
from ..governance.granted_fs import GrantedFS

__all__ = ["Effect", "Operation", "Params", "Plan", "States"]

Params: TypeAlias = Mapping[str, Json]
States: TypeAlias = Mapping[str, Json]
"""Path to what stands there, as `GrantedFS.state` says it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What an operation will touch, known before anything is touched.
    """

    paths: tuple[PathUse, ...]
    """Every path; one with ``tree`` stands for all beneath it as well."""
    mirrors: tuple[tuple[str, str], ...] = ()
    """(source, target): what lies beneath the source is created beneath the target."""
    max_cost: Decimal | None = Decimal(0)
    """Upper bound of the cost in US dollars; None when there is none, which is denied."""
    mediated: bool = True
    """Whether all effects go through granted files. If not, nobody checks them, and the receipt says so."""
    repeatable: bool = True
    """Whether `Operation.apply` may run again when a crash hid how far it came."""


@dataclass(frozen=True, slots=True)
class Effect:
    """
    What an operation gave.
    """

    outputs: Mapping[str, Json]
    """Goes into the journal: digests and numbers, not content."""
    cost: Decimal = Decimal(0)
    """What it really cost."""
    content: bytes | None = field(default=None, repr=False, compare=False)
    """What was read; handed to the caller, never recorded."""


class Operation(Protocol):
    """
    One kind of operation. Implementations have no state.
    """

    name: str
    """What missions and envelopes call it."""
    version: int
    """Raised when the same parameters come to mean something else."""

    def plan(self, params: Params) -> Plan:
        """
        Check the parameters and say what will be touched. Pure.

        Raises:
            OperationError: The parameters are malformed.
        """

    def expect(self, params: Params, before: States) -> States | None:
        """
        Foretell the state afterwards from the state before; None when that cannot be known. Pure.
        """

    def apply(self, files: GrantedFS, params: Params, uses: tuple[PathUse, ...]) -> Effect:
        """
        Do it, touching nothing but what was planned.

        Args:
            files: The only access to files there is.
            params: As they were planned.
            uses: The planned paths, trees expanded.
        """

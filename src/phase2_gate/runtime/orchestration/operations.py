"""
Operations and their executor: what a reader of the plan expects to find under this name.

An operation plans what it will touch, the enforcer decides, the journal records the start, granted files are the only
way to an effect, the journal records the end. There is no call order in which one of these is left out.
"""

from __future__ import annotations

from ..canonical import Json, canonical_bytes, sha256_digest, strict_loads
from ..context import ExecutionContext
from ..errors import IdempotencyConflict, IndeterminateStep, OperationError
from ..governance.decision import PathUse
from .exec_operation import Exec
from .executor import OperationExecutor
from .fs_operations import FsCreate, FsDelete, FsMkdir, FsRead, FsRename, FsWrite
from .operation import Effect, Operation, Plan
from .pre_images import PreImages
from .receipt import Receipt, idempotency_key
from .registry import GateCheck, Registry, builtin_operations

__all__ = [
    "Effect",
    "Exec",
    "ExecutionContext",
    "FsCreate",
    "FsDelete",
    "FsMkdir",
    "FsRead",
    "FsRename",
    "FsWrite",
    "GateCheck",
    "IdempotencyConflict",
    "IndeterminateStep",
    "Json",
    "Operation",
    "OperationError",
    "OperationExecutor",
    "PathUse",
    "Plan",
    "PreImages",
    "Receipt",
    "Registry",
    "builtin_operations",
    "canonical_bytes",
    "idempotency_key",
    "sha256_digest",
    "strict_loads",
]

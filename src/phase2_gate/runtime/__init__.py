"""
A runtime for automation that edits a repository step by step: what it may do, and a record of what it did.

Standard library only, relative imports only: the same files are importable wherever this directory is put.
A mediator for cooperative automation, not a sandbox.
"""

from __future__ import annotations

import importlib

_HOMES = {
    "Checkpoint": "orchestration.checkpoint",
    "Envelope": "governance.envelope",
    "EnvelopeEnforcer": "governance.envelope_enforcer",
    "ExecutionContext": "context",
    "MissionJournal": "orchestration.mission_journal",
    "OperationExecutor": "orchestration.executor",
    "ProtectedSet": "governance.self_mod_protection",
    "Root": "governance.root",
    "RuntimeGuardError": "errors",
    "StepRecord": "orchestration.record",
    "iter_verified": "orchestration.journal_verify",
    "verify": "orchestration.journal_verify",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605  # one table, so that the two cannot differ


def __getattr__(name: str) -> object:
    """
    Load a public name when it is first asked for (PEP 562).
    """
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)

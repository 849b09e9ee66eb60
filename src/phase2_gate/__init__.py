"""
Build source bundles whose bytes depend on nothing but the files, and judge bundles from anybody, fail-closed.

Every name is loaded when it is asked for; `__init__.pyi` is what type checkers see.
"""

from __future__ import annotations

from ._names import keep

__all__ = [
    "AuditError",
    "BuildError",
    "Built",
    "Comparison",
    "Finding",
    "Phase2GateError",
    "Profile",
    "ProfileError",
    "Record",
    "SelectionError",
    "SettingsError",
    "SourceError",
    "Verdict",
    "__version__",
    "audit",
    "build",
    "diff",
    "verify",
]

_HOMES = {
    "AuditError": "core.errors",
    "BuildError": "core.errors",
    "Built": "build.bundle",
    "Comparison": "compare.comparison",
    "Finding": "core.findings",
    "Phase2GateError": "core.errors",
    "Profile": "core.profile",
    "ProfileError": "core.errors",
    "Record": "core.record",
    "SelectionError": "core.errors",
    "SettingsError": "core.errors",
    "SourceError": "core.errors",
    "Verdict": "core.report",
    "__version__": "_version",
    "audit": "library.judging",
    "build": "library.building",
    "diff": "library.building",
    "verify": "library.judging",
}

_SELF = keep(__name__)


def __getattr__(name: str) -> object:
    # Lazy (PEP 562), so that the carried copy, which is bare, loads nothing that it does not need.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return __all__

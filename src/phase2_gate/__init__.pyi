from ._version import __version__
from .build.bundle import Built
from .compare.comparison import Comparison
from .core.errors import (
    AuditError,
    BuildError,
    Phase2GateError,
    ProfileError,
    SelectionError,
    SettingsError,
    SourceError,
)
from .core.findings import Finding
from .core.profile import Profile
from .core.record import Record
from .core.report import Verdict
from .library.building import build, diff
from .library.judging import audit, verify

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

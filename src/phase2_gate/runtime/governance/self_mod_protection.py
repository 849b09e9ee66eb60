"""
The guard's protection of itself: paths that no operation may change, whatever an envelope allows.

Rules look at components, not at what exists, so that they hold before a file is first created. They apply to the
folded path and to every kind of change (create, write, delete, both ends of a rename); reading is left to the
envelope. The set can be extended, never reduced. The second layer, `GuardWatch`, notices what got around this one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from .guard_watch import GuardWatch
from .paths import fold, path_problem
from .patterns import DenyPattern
from .temporary_files import TEMPORARY_PREFIX

__all__ = ["GuardWatch", "ProtectedSet"]

# Closed at the root, with everything beneath: nothing is created, changed, renamed or deleted there, and no
# directory above is renamed or deleted.
_CLOSED = (
    ("runtime",),
    ("scripts", "audit_gate_build_loop_phase2.py"),
    ("scripts", "phase2_gate"),
    ("manifest.txt",),
)
# Closed wherever the components stand side by side.
_CLOSED_ANYWHERE = (
    (".git",),
    ("__pycache__",),
    ("runtime", "governance"),
    ("runtime", "orchestration"),
    (".github", "workflows"),
    (".github", "actions"),
)
# Files that decide what code runs, by name, wherever they are.
_NAMES = frozenset(
    {
        ".gitattributes",
        ".gitlab-ci.yml",
        ".gitmodules",
        ".pytest.ini",
        ".pytest.toml",
        "conftest.py",
        "pyproject.toml",
        "pytest.ini",
        "pytest.toml",
        "setup.cfg",
        "sitecustomize.py",
        "tox.ini",
        "usercustomize.py",
    }
)
# Path configuration, byte code and extension modules run in place of the source beside them.
_SUFFIXES = (".pth", ".pyc", ".pyo", ".so", ".pyd", ".dll", ".dylib")
# Directories that stand at the front of the import path when tests or scripts run.
_IMPORT_ROOTS = ((), ("src",), ("scripts",), ("tests",))


class ProtectedSet:
    """
    The closed paths of one root.

    Args:
        closed: Further directories or files to close, as paths inside the root: where the guard itself lives,
            the journal, its lock, its anchor, the mission file, the run directory.
        patterns: Further deny patterns for changes.

    Raises:
        ValueError: A path in `closed` is not one.
        EnvelopeError: A pattern is malformed.
    """

    def __init__(self, closed: Iterable[str] = (), patterns: Iterable[str] = ()) -> None:
        extra = []
        for path in closed:
            problem = path_problem(path)
            if problem is not None:
                message = f"protected path {path!r}: {problem[1]}"
                raise ValueError(message)
            extra.append(tuple(map(fold, path.split("/"))))
        self._closed = _CLOSED + tuple(extra)
        self._patterns = tuple(map(DenyPattern.parse, patterns))

    def is_protected(self, path: str, *, tree: bool = False) -> bool:
        """
        Tell whether a path must not be changed. Pure; what is not a path inside the root counts as protected.

        Args:
            path: Relative to the root.
            tree: Whether everything beneath it changes too, as in a rename or a recursive delete.
        """
        if path_problem(path) is not None:
            return True
        return self.rule_for(tuple(map(fold, path.split("/"))), tree=tree) is not None

    def rule_for(self, folded: tuple[str, ...], *, tree: bool = False) -> str | None:
        """
        Name the rule that closes a path, given as its folded components; None if none does.
        """
        for closed in self._closed:
            if folded[: len(closed)] == closed:
                return "/".join(closed)
            if tree and closed[: len(folded)] == folded:
                return f"holds {'/'.join(closed)}"
        for pair in _CLOSED_ANYWHERE:
            if any(folded[at : at + len(pair)] == pair for at in range(len(folded))):
                return f"**/{'/'.join(pair)}"
        for pattern in self._patterns:
            if pattern.matches(folded):
                return pattern.text
        return _name_rule(folded)


def _name_rule(folded: tuple[str, ...]) -> str | None:
    name = folded[-1]
    for component in folded:
        # A directory of such a name works as a package, so a name counts wherever it stands.
        if component in _NAMES:
            return f"**/{component}"
        if component.startswith(TEMPORARY_PREFIX):
            return f"**/{TEMPORARY_PREFIX}*"
    if name.endswith(_SUFFIXES):
        return f"**/*.{name.rsplit('.', 1)[1]}"
    if name == "__init__.py" and "runtime" in folded:
        return "**/runtime/**/__init__.py"
    if name == "runtime.py" or folded[-2:-1] == ("sitecustomize",) or folded[-2:-1] == ("usercustomize",):
        return f"**/{'/'.join(folded[-2:])}"
    for root in _IMPORT_ROOTS:
        if folded[: len(root)] == root and _shadows_stdlib(folded[len(root) :]):
            return "a standard library module's name at an import root"
    return None


def _shadows_stdlib(inside: tuple[str, ...]) -> bool:
    if len(inside) == 1:
        stem, _, suffix = inside[0].partition(".")
        return suffix == "py" and stem in sys.stdlib_module_names
    # A directory without __init__.py never wins over the standard library.
    return len(inside) == 2 and inside[1] == "__init__.py" and inside[0] in sys.stdlib_module_names

"""
What is never packed: files that stem from tools and runs, not from whoever wrote the workspace.

The build skips and lists them, the audit's gate ``cleanliness`` finds them (rule ``clean-<category>``): one table for
both. Only names that mean one thing are in it; ``build``, ``dist`` or ``env`` may be sources, and are left to the
workspace's ``.bundleignore``. Case does not matter: ``.GIT`` is ``.git`` on macOS and Windows (CVE-2014-9390).

A virtual environment has no name of its own; it is known by its ``pyvenv.cfg`` (PEP 405), see `environments`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from .collisions import fold
from .typed import NamedTuple

CATEGORIES = ("vcs", "cache", "byproduct", "environment", "litter")
"""Every category; each is a rule ``clean-<category>`` of the gate ``cleanliness``."""

ENVIRONMENT_MARK = "pyvenv.cfg"
"""The file that makes its directory a virtual environment."""


class Litter(NamedTuple):
    """
    Why a path is never packed.
    """

    path: str
    """The file or directory that is at fault, the path itself or one of its parents."""
    category: str
    """One of `CATEGORIES`."""
    reason: str
    """What it is, as a noun phrase."""


class Kind(NamedTuple):
    """
    What a name stands for.
    """

    category: str
    """One of `CATEGORIES`."""
    reason: str
    """What it is, as a noun phrase."""


def _table(*rows: tuple[str, str, str]) -> dict[str, Kind]:
    return {name: Kind(category, reason) for category, reason, names in rows for name in names.split("|")}


_NAMES = _table(
    ("vcs", "data of git", ".git"),
    ("vcs", "data of Mercurial", ".hg"),
    ("vcs", "data of Subversion", ".svn"),
    ("vcs", "data of Bazaar or Breezy", ".bzr"),
    ("vcs", "data of Jujutsu", ".jj"),
    ("vcs", "data of Pijul", ".pijul"),
    ("vcs", "data of Darcs", "_darcs"),
    ("vcs", "a checkout database of Fossil", ".fslckout|_fossil_"),
    ("cache", "compiled code of Python", "__pycache__"),
    ("cache", "the cache of pytest", ".pytest_cache"),
    ("cache", "the cache of mypy", ".mypy_cache|.dmypy.json"),
    ("cache", "the cache of Ruff", ".ruff_cache"),
    ("cache", "the cache of Hypothesis", ".hypothesis"),
    ("cache", "the cache of Pyre or pytype", ".pyre|.pytype"),
    ("cache", "the cache of Rope", ".ropeproject"),
    ("cache", "the cache of pytest-testmon", ".testmondata"),
    ("cache", "checkpoints of Jupyter", ".ipynb_checkpoints"),
    ("cache", "a cache", ".cache"),
    ("byproduct", "coverage data", ".coverage|htmlcov"),
    ("byproduct", "a byproduct of Setuptools", ".eggs|pip-wheel-metadata"),
    ("byproduct", "a byproduct of PDM's builder", ".pdm-build"),
    ("environment", "environments of tox", ".tox"),
    ("environment", "environments of Nox", ".nox"),
    ("environment", "packages of a PEP 582 environment", "__pypackages__"),
    ("environment", "environments of Pixi or direnv", ".pixi|.direnv"),
    ("litter", "a byproduct of the macOS Finder", ".ds_store|.localized|__macosx|.appledouble|.lsoverride"),
    ("litter", "a byproduct of macOS volumes", ".spotlight-v100|.trashes|.fseventsd|.temporaryitems"),
    ("litter", "a byproduct of macOS volumes", ".documentrevisions-v100|.volumeicon.icns|.apdisk"),
    ("litter", "a byproduct of the Windows Explorer", "thumbs.db|ehthumbs.db|ehthumbs_vista.db|desktop.ini"),
    ("litter", "a byproduct of Windows volumes", "$recycle.bin|system volume information"),
    ("litter", "a byproduct of KDE Dolphin", ".directory"),
    ("litter", "history of Vim's netrw", ".netrwhist"),
)
"""Folded names of files and directories."""

_ENDS = _table(
    ("byproduct", "compiled code of Python", ".pyc|.pyo"),
    ("byproduct", "compiled code of Jython", "$py.class"),
    ("byproduct", "metadata of an installation by Setuptools", ".egg-info"),
    ("litter", "a backup copy of an editor", "~"),
    ("litter", "a swap file of Kate", ".kate-swp"),
)
"""How folded names end that have more in front."""

_PATTERNS = (
    (r"\.coverage\.[^/]+\.(?:pid)?[0-9]+\.[^/]+", Kind("byproduct", "coverage data")),
    (r"\.[^/]*\.sw[a-p]|\.sw[n-p]", Kind("litter", "a swap file of Vim")),
    (r"\.?#[^/]+#|\.#[^/]+", Kind("litter", "an autosave or lock file of an editor")),
    (r"~\$[^/]+|\.~lock\.[^/]+#", Kind("litter", "a lock file of an office suite")),
    (r"\._[^/]+", Kind("litter", "a resource fork of macOS")),
    (r"\.(?:fuse_hidden|nfs)[0-9a-f]{8,}", Kind("litter", "a file deleted while open")),
    (r"\.trash-[0-9]+", Kind("litter", "a trash directory")),
)
"""Whole folded names, texts that are compiled when one is asked for; each begins with one of `_PATTERN_STARTS`."""

_PATTERN_STARTS = (".", "#", "~")
_ENDINGS = tuple(_ENDS)
_SUSPICIOUS = (*(f"{end}/" for end in _ENDINGS), *(f"/{start}" for start in _PATTERN_STARTS))
_TABLED = frozenset(_NAMES) | {ENVIRONMENT_MARK}


def of_name(name: str) -> Kind | None:
    """
    What the one component `name` stands for, wherever it lies, or None when it may be packed.
    """
    return _of_folded(fold(name))


def _of_folded(folded: str) -> Kind | None:
    kind = _NAMES.get(folded)
    if kind is not None:
        return kind
    if folded.endswith(_ENDINGS):
        return next((kind for end, kind in _ENDS.items() if folded.endswith(end) and folded != end), None)
    if folded.startswith(_PATTERN_STARTS):
        return next((kind for pattern, kind in _PATTERNS if re.fullmatch(pattern, folded)), None)
    return None


def is_absent(names: Collection[str]) -> bool:
    """
    Whether none of the components `names` stands for anything that is never packed or makes a virtual environment.

    A shorter way to what asking for each comes to as well, for many names.
    """
    text = "/".join(names)
    if text.isascii():
        folded = fold(text)  # of all of them at once
        if folded != text:
            names = folded.split("/")
    else:
        names = [fold(name) for name in names]
        folded = "/".join(names)
    if not _TABLED.isdisjoint(names):
        return False
    return not (any(map(f"/{folded}/".__contains__, _SUSPICIOUS)) and any(map(_of_folded, names)))


def classify(path: str) -> Litter | None:
    """
    Why `path` is never packed, by the outermost of its components that says so, or None when none does.

    Args:
        path: A path with forward slashes, relative to the workspace or the bundle; it need not be a member path.
    """
    end = 0
    for name in path.split("/"):
        end += len(name)
        kind = of_name(name)
        if kind is not None:
            return Litter(path[:end], *kind)
        end += 1
    return None


def environments(paths: Iterable[str]) -> frozenset[str]:
    """
    The directories that are virtual environments, with everything below them; ``""`` is the root.

    Args:
        paths: Paths of files.
    """
    parts = (path.rpartition("/") for path in paths)
    return frozenset(parent for parent, _, name in parts if fold(name) == ENVIRONMENT_MARK)


def in_environment(path: str, roots: frozenset[str]) -> Litter | None:
    """
    Why `path` is never packed when one of `roots`, as `environments` gives them, is above it; else None.
    """
    if not roots:
        return None
    if "" in roots:
        return Litter("", "environment", "a virtual environment")
    end = path.find("/")
    while end != -1:
        if path[:end] in roots:
            return Litter(path[:end], "environment", "a virtual environment")
        end = path.find("/", end + 1)
    return None

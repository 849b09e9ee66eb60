"""
The interpreter that runs the bundle's code: what it is, and which files it needs.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from phase2_gate.core.errors import AuditError, IsolationError
from phase2_gate.isolation.command import Box, Command, Limits
from phase2_gate.isolation.environment import build
from phase2_gate.isolation.scratch import private
from phase2_gate.isolation.start import run

_OLDEST = (3, 9)
"""The oldest interpreter that the child's programs are written for."""
_SECONDS = 20.0
"""How long an interpreter may take to say who it is."""

# Run in an interpreter that belongs to the auditor; nothing of a bundle is on its path.
_QUESTION = """
import json, os, platform, sys, sysconfig
try:
    from importlib.metadata import version
    import pytest
    tests = version("pytest")
except ImportError:
    tests = None
print(json.dumps({
    "version": platform.python_version(), "implementation": platform.python_implementation(),
    "pytest": tests, "numbers": list(sys.version_info[:2]), "executable": sys.executable,
    "prefixes": sorted({sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}),
    "path": [entry for entry in sys.path if os.path.isabs(entry) and os.path.exists(entry)],
    "files": [value for value in (sysconfig.get_config_h_filename(), sysconfig.get_makefile_filename())
              if os.path.exists(value)],
}))
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """
    A Python interpreter that was asked who it is.
    """

    path: str
    """The absolute path it is started by: a link of a virtual environment stays one."""
    version: str
    """Its version, as ``3.12.1``."""
    implementation: str
    """Its implementation, as ``CPython``."""
    pytest_version: str | None
    """The version of the pytest it has, None when it has none."""
    readable: tuple[Path, ...]
    """The directories that it needs beyond the system's libraries."""


def inspect(python: str) -> Interpreter:
    """
    Ask an interpreter who it is, in a child process of its own.

    Args:
        python: Its path, or a name to look up on PATH.

    Returns:
        What it said.

    Raises:
        AuditError: It can't be found or started, does not answer, or is too old.
    """
    path = _located(python)
    with private() as scratch:
        command = Command(
            argv=(path, "-I", "-B", "-c", _QUESTION),
            cwd=scratch,
            env=build(scratch),
            box=Box(scratch, scratch),
            limits=Limits(wall_seconds=_SECONDS),
        )
        try:
            completed = run(command)
        except IsolationError as error:
            raise AuditError(f"{python!r}: this interpreter can't be started: {error}") from error
    try:
        answer = json.loads(completed.stdout)
        return _read(path, answer)
    except (ValueError, KeyError, TypeError) as error:
        tail = completed.stderr[-500:].decode("utf-8", "backslashreplace")
        raise AuditError(f"{python!r}: not a Python interpreter that answers: {tail!r}") from error


def _located(python: str) -> str:
    found = shutil.which(python)
    if found is None:
        raise AuditError(f"{python!r}: no such interpreter", hint="give the path of one with --python")
    # absolute, but not resolved: the path is how a virtual environment knows itself
    return str(Path(found).absolute())


def _read(path: str, answer: dict[str, object]) -> Interpreter:
    numbers, tests = answer["numbers"], answer["pytest"]
    if not isinstance(numbers, list) or tuple(numbers) < _OLDEST:
        raise AuditError(
            f"{path!r}: this interpreter is too old: seen {answer['version']}, need 3.9 or newer",
            hint="give a newer one with --python",
        )
    return Interpreter(
        path=path,
        version=str(answer["version"]),
        implementation=str(answer["implementation"]),
        pytest_version=None if tests is None else str(tests),
        readable=_needed(path, answer),
    )


def _needed(path: str, answer: dict[str, object]) -> tuple[Path, ...]:
    """
    The directories of an interpreter: each link on the way to its program, its prefixes, its path.

    A prefix that would bring in all of a home or of the system is narrowed to the directories Python has in it.
    """
    wanted: list[Path] = []
    for link in _links(Path(path)):
        wanted += [link.parent, link.parent.parent / "pyvenv.cfg"]
    for key in ("prefixes", "path", "files"):
        values = answer[key]
        wanted += [Path(str(value)) for value in values] if isinstance(values, list) else []
    narrow: list[Path] = []
    for place in wanted:
        if _too_wide(place):
            narrow += [place / name for name in ("bin", "include", "lib", "lib64", "pyvenv.cfg")]
        else:
            narrow += [place, place.resolve()]
    return tuple(sorted({place for place in narrow if place.exists()}))


def _links(path: Path) -> list[Path]:
    found = [path]
    while found[-1].is_symlink() and len(found) < 40:  # as many as Linux follows
        target = found[-1].readlink()
        found.append(found[-1].parent / target)
    return found


def _too_wide(place: Path) -> bool:
    """
    Whether a directory holds the home of the user, or is the root.
    """
    resolved = place.resolve()
    try:
        home = Path.home().resolve()
    except RuntimeError:  # the user has none
        return resolved == Path(resolved.anchor)
    return home.is_relative_to(resolved) or resolved == Path(resolved.anchor)

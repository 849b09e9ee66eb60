"""
Finds git, and asks it so that nothing of a repository is run.

A program of the workspace is never taken for git. The environment is a clean one: variables such as ``GIT_DIR`` would
answer for another repository. A repository's own configuration can name programs, so its file system monitor and its
hooks are switched off, and no pager, prompt, lock or fetch is wanted. Content filters need content to run on: nothing
that reads files of the work tree, such as ``git status``, is ever asked. What a user's own configuration says counts:
it is not part of the workspace.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import BuildError
from ..core.escape import line as shown

_SECONDS = 60
"""How long one question may take; a million paths take a few seconds."""
_KEPT = ("HOME", "SYSTEMROOT", "TMPDIR", "USERPROFILE", "XDG_CONFIG_HOME")
"""Variables that git needs to find the user's configuration."""
_SET = {
    "GIT_ALLOW_PROTOCOL": "none",  # for releases that do not know the next one
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_OPTIONS = (
    "--no-pager",
    "-c",
    "core.fsmonitor=false",
    "-c",
    f"core.hooksPath={os.devnull}",
)
_HINT = "git's own words say what is the matter; only `--strict-git` and `require-clean-git` need its answer"


@dataclass(frozen=True, slots=True)
class Program:
    """
    A git that can be asked.
    """

    path: str
    """Where it lies."""
    environment: Mapping[str, str]
    """The variables that it gets."""

    def ask(self, directory: Path, *arguments: str, data: bytes = b"", good: tuple[int, ...] = (0,)) -> bytes:
        """
        What git prints.

        Args:
            directory: Where it is run.
            arguments: The question; nothing that reads the content of files on the disk.
            data: What it reads from standard input.
            good: Exit codes that mean an answer.

        Raises:
            BuildError: when it does not answer.
        """
        try:
            done = subprocess.run(
                [self.path, *_OPTIONS, *arguments],
                cwd=directory,
                input=data,
                env=self.environment,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            message = f"git: did not answer: {shown(str(error))}"
            raise BuildError(message, hint=_HINT) from error
        if done.returncode not in good:
            text = shown("; ".join(done.stderr.decode("utf-8", "backslashreplace").splitlines()))
            message = f"git: cannot answer: {text}"
            raise BuildError(message, hint=_HINT)
        return done.stdout


def find(workspace: Path, environment: Mapping[str, str], *, windows: bool = os.name == "nt") -> Program:
    """
    The git of whoever builds.

    Args:
        workspace: The workspace, none of whose programs is run.
        environment: Variables, as of a process.
        windows: Whether programs are named and found as on Windows.

    Raises:
        BuildError: when there is none.
    """
    # Of Windows' extensions only this one: a script would be run by a shell, with rules of its own for arguments.
    name, separator = ("git.exe", ";") if windows else ("git", ":")
    places = list(_places(workspace, environment.get("PATH", os.defpath), separator))
    for place in places:
        path = os.path.join(place, name)
        if os.path.isfile(path) and os.access(path, os.X_OK) and not _is_below(path, workspace):
            kept = {variable: environment[variable] for variable in _KEPT if variable in environment}
            return Program(path, {**kept, **_SET, "PATH": separator.join(places)})
    message = "git: not found"
    raise BuildError(message, hint="git is looked for in absolute directories of PATH outside the workspace")


def _places(workspace: Path, path: str, separator: str) -> Iterator[str]:
    """
    The directories of a search path, but for those of the workspace and those that depend on where we are.
    """
    for entry in path.split(separator):
        place = entry.strip('"') if separator == ";" else entry
        if place and Path(place).is_absolute() and not _is_below(place, workspace):
            yield place


def _is_below(path: str, directory: Path) -> bool:
    """
    Whether a path, or a link on the way to it, lies in `directory`, or leads there.
    """
    place, real = Path(path), os.path.realpath(directory)
    return any(Path(os.path.realpath(one)).is_relative_to(real) for one in (place, *place.parents))

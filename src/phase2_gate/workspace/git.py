"""
Asks git about a workspace, and lets the repository run nothing.

The environment is a clean one: variables such as ``GIT_DIR`` would answer for another repository. A repository's own
configuration can name programs, so its file system monitor, its hooks and its content filters are switched off, and no
pager, prompt, lock or fetch is wanted. What a user's own configuration says counts: it is not part of the workspace.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import BuildError
from ..core.escape import line as shown

_SECONDS = 60
"""How long one question may take; a million paths take a few seconds."""
_KEPT = ("HOME", "PATH", "SYSTEMROOT", "TMPDIR", "USERPROFILE", "XDG_CONFIG_HOME")
"""Variables that git needs to find itself and the user's configuration."""
_SET = {
    "GIT_NO_LAZY_FETCH": "1",
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
_FILTERS = r"^filter\..*\.(clean|process|smudge)$"
_HINT = "git says what is the matter: `git status` in the workspace"


@dataclass(frozen=True, slots=True)
class GitVerdict:
    """
    What git makes of one path.
    """

    tracked: bool
    """Whether the path, or something below it, is in the index."""
    source: str
    """The file with the line that decides; empty when no line matches."""
    line: int
    """The number of the line; 0 when no line matches."""
    pattern: str
    """The line."""

    @property
    def ignored(self) -> bool:
        """
        Whether git's rules, the index left out of account, ignore the path.
        """
        return bool(self.source) and not self.pattern.startswith("!")


@dataclass(frozen=True, slots=True)
class Git:
    """
    The git work tree that a workspace lies in. All paths are relative to the workspace, with forward slashes.

    Raises:
        BuildError: from every method, when git cannot answer.
    """

    workspace: Path
    """The workspace."""
    prefix: str = ""
    """Where in the work tree it lies, with a slash at the end."""

    def tracked(self) -> frozenset[str]:
        """
        The files in the index, those of submodules too.
        """
        return frozenset(self._fields("ls-files", "-z", "--cached", "--recurse-submodules"))

    def ignored(self, paths: Iterable[str]) -> frozenset[str]:
        """
        Those of `paths` that git's rules ignore and that are not in the index.
        """
        asked = _joined(paths)
        found = self._fields("check-ignore", "--stdin", "-z", data=asked) if asked else []
        return frozenset(path.removeprefix("./") for path in found)

    def verdict(self, path: str) -> GitVerdict:
        """
        What git makes of `path`, whether it exists or not.
        """
        asked = ("check-ignore", "--verbose", "--non-matching", "--no-index", "--stdin", "-z")
        source, number, pattern, _ = self._fields(*asked, data=_joined([path]))
        tracked = any(self._fields("ls-files", "-z", "--cached", "--recurse-submodules", "--", f":(literal){path}"))
        return GitVerdict(tracked, source, int(number or 0), pattern)

    def changed(self) -> frozenset[str]:
        """
        What differs from the last commit, in the index or on the disk; a submodule with changes by its directory.

        Files that git was told not to look at (``assume-unchanged``, ``skip-worktree``) count as changed.
        """
        fields = self._fields("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=no")
        found = {entry[3:].removeprefix(self.prefix) for entry in fields if entry[3:].startswith(self.prefix)}
        marked = self._fields("ls-files", "-z", "--cached", "-v")
        return frozenset(found | {entry[2:] for entry in marked if entry[0] == "S" or entry[0].islower()})

    def _fields(self, *arguments: str, data: bytes = b"") -> list[str]:
        command = [*_OPTIONS, *arguments]
        # check-ignore says by its exit code whether anything is ignored, as grep does.
        good = (0, 1) if arguments[0] == "check-ignore" else (0,)
        output = _run(self.workspace, command, data, _without_filters(self.workspace, arguments), good)
        return [field.decode("utf-8", "surrogateescape") for field in output.split(b"\0")[:-1]]


def of(workspace: Path) -> Git:
    """
    The work tree that `workspace` lies in.

    Raises:
        BuildError: when there is none, or no git.
    """
    output = _run(workspace, [*_OPTIONS, "rev-parse", "--is-inside-work-tree", "--show-prefix"])
    inside, _, prefix = output.decode("utf-8", "surrogateescape").partition("\n")
    if inside != "true":
        message = "git: the workspace lies in no work tree"
        raise BuildError(message)
    return Git(workspace, prefix.removesuffix("\n"))


def _joined(paths: Iterable[str]) -> bytes:
    # With ./ in front no name is taken for the magic of git's path language, such as ":(top)".
    return b"".join(b"./" + path.encode("utf-8", "surrogateescape") + b"\0" for path in paths)


def _without_filters(workspace: Path, arguments: tuple[str, ...]) -> dict[str, str]:
    """
    Variables that switch off the content filters which the repository's own configuration names.
    """
    if arguments[0] != "status":  # no other question of ours reads content
        return {}
    command = [*_OPTIONS, "config", "-z", "--show-scope", "--name-only", "--get-regexp", _FILTERS]
    fields = _run(workspace, command, good=(0, 1)).decode("utf-8", "surrogateescape").split("\0")
    drivers = {
        key.rpartition(".")[0]
        for scope, key in zip(fields[::2], fields[1::2], strict=False)
        if scope in {"local", "worktree"}
    }
    return dict(_variables(sorted(drivers)))


def _variables(drivers: list[str]) -> Iterator[tuple[str, str]]:
    values = [(f"{driver}.{key}", "") for driver in drivers for key in ("clean", "process", "smudge")]
    values += [(f"{driver}.required", "false") for driver in drivers]
    yield "GIT_CONFIG_COUNT", str(len(values))
    for index, (key, value) in enumerate(values):
        yield f"GIT_CONFIG_KEY_{index}", key
        yield f"GIT_CONFIG_VALUE_{index}", value


def _run(
    workspace: Path,
    arguments: list[str],
    data: bytes = b"",
    variables: dict[str, str] | None = None,
    good: tuple[int, ...] = (0,),
) -> bytes:
    program = shutil.which("git")
    if program is None:
        message = "git: not found"
        raise BuildError(message)
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    try:
        done = subprocess.run(
            [program, *arguments],
            cwd=workspace,
            input=data,
            env={**environment, **_SET, **(variables or {})},
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"git: did not answer: {shown(str(error))}"
        raise BuildError(message) from error
    if done.returncode not in good:
        text = shown(done.stderr.decode("utf-8", "backslashreplace").strip())
        message = f"git: cannot answer: {text}"
        raise BuildError(message, hint=_HINT)
    return done.stdout

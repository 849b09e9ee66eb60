"""
Asks git about a workspace: what is in its index, what its rules ignore, what its last commit holds.

A workspace can hold several repositories: its own and, in directories that the index of one of them names, those of
submodules. Each is asked by itself, and only for what is in its index, its commits and its rules. Whether a file is as
committed is not git's to say: the index can be told to believe whatever it likes about the disk, and filters that a
repository names would be run. The file's own bytes are hashed and compared with what the commit says.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..core.digest import Sha256
from ..core.errors import BuildError
from ..core.escape import line as shown
from . import git_program, git_repository, reading
from .git_repository import Repository

_MOST = 1000
"""How many submodules a workspace may hold; the largest known ones hold some hundreds."""
_HINT = "`git submodule update --init` fetches it; or leave its directory out in `.bundleignore`"


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

    repositories: dict[str, Repository]
    """The repositories that hold files of the workspace, by their places; submodules after what they belong to."""
    closed: dict[str, str]
    """Submodules that cannot be asked: their places, and why not."""

    def tracked(self) -> frozenset[str]:
        """
        The files in the index, those of submodules too.
        """
        found = {place + path for place, one in self.repositories.items() for path in one.index}
        return frozenset(found.difference(place[:-1] for place in self.repositories))

    def ignored(self, paths: Iterable[str]) -> frozenset[str]:
        """
        Those of `paths` that git's rules ignore and that are not in the index.
        """
        found: set[str] = set()
        for place, asked in self._by_repository(paths).items():
            fields = self.repositories[place].check_ignore(asked)
            found.update(place + path.removeprefix("./") for path in fields)
        return frozenset(found)

    def verdict(self, path: str) -> GitVerdict:
        """
        What git makes of `path`, whether it exists or not.
        """
        [(place, [inner])] = self._by_repository([path]).items()
        one = self.repositories[place]
        source, number, pattern, _ = one.check_ignore([inner], "--verbose", "--non-matching", "--no-index")
        tracked = any(entry == inner or entry.startswith(f"{inner}/") for entry in one.index)
        if source and not os.path.isabs(source):
            source = place + source
        return GitVerdict(tracked, source, int(number or 0), pattern)

    def as_committed(self, paths: Iterable[str]) -> dict[str, Sha256]:
        """
        Those of `paths` that are as in the last commit; of a submodule, as in the commit that is recorded there.

        Returns:
            The digest of each, of the very bytes that were compared.
        """
        asked = self._by_repository(paths)
        commits: dict[str, dict[str, str]] = {}
        found: dict[str, Sha256] = {}
        for place, one in self.repositories.items():
            if not any(other.startswith(place) for other in asked):
                continue
            if one.above is None:
                commit = one.last_commit()
            else:
                commit = git_repository.submodule_in(commits[one.above], place[len(one.above) : -1])
            commits[place] = one.committed(commit)
            for path in asked.get(place, ()):
                digest = one.as_committed(path, commits[place])
                if digest is not None:
                    found[place + path] = digest
        return found

    def _by_repository(self, paths: Iterable[str]) -> dict[str, list[str]]:
        """
        Paths as the repositories that they lie in know them, by the places of these.
        """
        if len(self.repositories) + len(self.closed) == 1:
            listed = list(paths)
            return {"": listed} if listed else {}
        found: dict[str, list[str]] = {}
        for path in paths:
            place = next((place for place in _places(path) if place in self.repositories or place in self.closed), "")
            if place in self.closed:
                message = f"git: {shown(path)} cannot be judged: {self.closed[place]}"
                raise BuildError(message, hint=_HINT)
            found.setdefault(place, []).append(path[len(place) :])
        return found


def of(workspace: Path) -> Git:
    """
    The work tree that `workspace` lies in.

    Raises:
        BuildError: when there is none, or no git.
    """
    program = git_program.find(workspace, os.environ)
    if program.ask(workspace, "rev-parse", "--is-inside-work-tree") != b"true\n":
        message = "git: the workspace lies in no work tree"
        raise BuildError(message)
    found = Git({"": git_repository.opened(program, workspace)}, {})
    pending = [""]
    while pending:
        above = found.repositories[pending.pop()]
        for path in above.submodules():
            place = f"{above.place}{path}/"
            try:
                found.repositories[place] = _submodule(workspace, above, path)
            except BuildError as error:
                found.closed[place] = f"submodule {shown(place[:-1])}: {error.message.removeprefix('git: ')}"
                continue
            pending.append(place)
            if len(found.repositories) > 1 + _MOST:
                message = f"git: cannot be asked: more than {_MOST} submodules"
                raise BuildError(message)
    return found


def _submodule(workspace: Path, above: Repository, path: str) -> Repository:
    directory = above.directory / reading.on_disk(path)
    names = reading.on_disk(above.place + path).split("/")
    there = os.path.lexists(directory / ".git")
    # No link on the way, nor a name such as "..", leads elsewhere.
    if not there or os.path.realpath(directory) != os.path.join(os.path.realpath(workspace), *names):
        message = "git: no repository lies there"
        raise BuildError(message)
    # With a prefix another work tree would be asked, one that the directory is a part of.
    if above.program.ask(directory, "rev-parse", "--is-inside-work-tree", "--show-prefix") != b"true\n\n":
        message = "git: no work tree of its own lies there"
        raise BuildError(message)
    return git_repository.opened(above.program, directory, f"{above.place}{path}/", above.place)


def _places(path: str) -> Iterator[str]:
    """
    The directories that a path lies in, each with a slash at the end, the innermost first.
    """
    end = path.rfind("/")
    while end != -1:
        yield path[: end + 1]
        end = path.rfind("/", 0, end)

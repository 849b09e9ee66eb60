"""
Selection: which files of a workspace become which members of its bundle.

 1. ``.bundleignore`` files decide (`phase2_gate.workspace.ignore`); they travel along.
 2. What is never packed (`phase2_gate.core.litter`) is skipped and listed.
 3. What this tool writes is never a member: the manifest at the root, which is generated, the bundle being written, the
    envelope in which it is signed, their temporary names, the report directory.
 4. Directories of the setting ``sources`` ship under their other name.
 5. Files from outside the workspace, such as the carried verifier, pass the same rules.
 6. A link, a device, a name that cannot travel, a collision, a secret, nothing at all: all of these are collected into
    one `SelectionError`.

The outcome depends on names, kinds and settings alone: not on order, time, owner, mode or place.
"""

from __future__ import annotations

import operator
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ..core import collisions, escape, key_material, litter, manifest, paths
from ..core.errors import SelectionError
from ..core.findings import Finding, ordered
from ..core.paths import MemberPath
from ..core.typed import NamedTuple
from . import ignore, places
from .settings import Settings
from .walk import File, Walk

_PATH = operator.itemgetter(0)  # of members


class Member(NamedTuple):
    """
    One file and what it is called in the bundle.
    """

    path: MemberPath
    """Its path in the bundle."""
    source: str
    """Its path in the workspace; the path in the bundle when it comes from outside."""
    location: bytes
    """Where it lies on the disk."""
    executable: bool
    """Whether it carries mode 0755."""
    outside: bool = False
    """Whether it comes from outside the workspace."""


class Selection(NamedTuple):
    """
    What goes into a bundle.

    Invariants: members are in canonical order without the manifest, no two are in each other's way, each path is a
    member path.
    """

    members: tuple[Member, ...]
    """The members."""
    skipped: tuple[tuple[str, str], ...]
    """What the built-in list took out: path in the workspace and reason."""
    rules: ignore.Rules
    """The rules of all ignore files of the workspace that had a say."""
    own: frozenset[str]
    """What this tool writes into the workspace."""
    own_prefixes: tuple[str, ...]
    """How the paths of its temporary files begin."""

    def own_output(self, path: str) -> str | None:
        """
        What this tool writes that `path` is or lies in; None for every other path.
        """
        if path.startswith(self.own_prefixes):
            return path
        return next((one for one in sorted(self.own) if path == one or path.startswith(f"{one}/")), None)

    @property
    def from_workspace(self) -> list[str]:
        """
        Where in the workspace the members come from, those from outside left out.
        """
        return [member.source for member in self.members if not member.outside]


def select(
    workspace: Path,
    settings: Settings,
    *,
    output: Path | None = None,
    extra: Iterable[File] = (),
    told: Callable[[int], None] | None = None,
) -> Selection:
    """
    The selection of a workspace.

    Args:
        workspace: Its directory.
        settings: Its settings.
        output: Where the bundle will be written, when not where the settings say.
        extra: Files from outside the workspace, by their paths in the bundle.
        told: Is told how many files were found, after each directory.

    Raises:
        SettingsError: when the settings lead out of the workspace.
        SelectionError: when the workspace must not be packed as it is.
    """
    if not workspace.is_dir():
        message = f"{str(workspace)!r}: not a workspace: need a directory"
        raise SelectionError(message)
    own, prefixes = places.own_paths(workspace, settings, output)
    walk = Walk(os.fsencode(workspace), settings.lift, own, prefixes, told=told).run()
    problems = walk.problems
    executable = ignore.Rules()
    executable.add("", settings.executable)
    sources = settings.sources
    members = [_member(mapped(path, sources) if sources else path, path, at, executable) for path, at in walk.files]
    members += _outside(extra, walk, executable)
    members.sort(key=_PATH)
    problems.extend(_name_problems(members, settings))
    if all(member.path.rpartition("/")[2] == ignore.NAME for member in members) and not problems:
        why = dict(walk.skipped).get(".")
        detail = "no file is selected" + (f": the workspace itself is {why}" if why else "")
        problems.append(Finding("selection-empty", ".", detail))
    if problems or walk.complaints:
        hint = ignore.HINT if walk.complaints else "`phase2-gate explain PATH` says why a path is packed or not"
        raise SelectionError(_message(walk.complaints, problems, members), hint=hint)
    return Selection(tuple(members), tuple(sorted(walk.skipped)), walk.rules, own, prefixes)


def mapped(path: str, sources: tuple[tuple[str, str], ...]) -> str:
    """
    What a file of the workspace is called in the bundle.

    Args:
        path: Its path in the workspace.
        sources: As in `Settings.sources`.
    """
    for source, target in sources:
        if not source or path.startswith(f"{source}/"):
            inner = path[len(source) + 1 :] if source else path
            return f"{target}/{inner}" if target else inner
    return path


def misplaced(path: str, source: str, lifted: frozenset[str]) -> Iterator[Finding]:
    """
    The never-packed names that the setting ``sources`` gives a member, but for what it calls a lifted path.

    Args:
        path: Its path in the bundle.
        source: Its path in the workspace.
        lifted: As in `Settings.lift`.
    """
    parts = path.split("/") if path != source else []
    for number, name in enumerate(parts, 1):
        rest = "".join(f"/{part}" for part in parts[number:])
        if f"/{source}".endswith(f"/{name}{rest}"):
            return  # the same in the workspace from here on, where the walk has judged it
        kind = litter.of_name(name)
        if kind is not None and not (source.endswith(rest) and source.removesuffix(rest) in lifted):
            detail = f"`sources` gives a name that is never packed: {kind.reason}"
            yield Finding("selection-contradiction", "/".join(parts[:number]), detail)


def _member(path: str, source: str, location: bytes, executable: ignore.Rules, *, outside: bool = False) -> Member:
    decision = executable.decide(path)
    # The path is checked by `_name_problems` before anybody gets to see it. Without the call to the class: a third of
    # the time, for each of a million files.
    return tuple.__new__(Member, (path, source, location, decision is not None and decision.excluded, outside))


def _outside(extra: Iterable[File], walk: Walk, executable: ignore.Rules) -> Iterator[Member]:
    for file in extra:
        kind = litter.classify(file.path)
        decision = walk.rules.decide(file.path)
        if kind is not None:
            walk.skipped.append((file.path, kind.reason))
        elif decision is not None and decision.excluded:
            detail = f"the settings ask for it, but {decision} leaves it out"
            walk.problems.append(Finding("selection-contradiction", file.path, detail))
        else:
            yield _member(file.path, file.path, file.location, executable, outside=True)


def _name_problems(members: list[Member], settings: Settings) -> Iterator[Finding]:
    """
    What is wrong with the names in the bundle, and which names in the workspace are those of secrets.
    """
    names = [member.path for member in members]
    # Where every member is called as it is in the workspace, its name is taken apart once for both questions.
    suspects = members if settings.sources else []
    for portion in paths.portions(names):
        for place in paths.uncommon(portion):
            yield from paths.problems(names[place])
        passed_over = "" in portion.components  # for its length
        if not settings.sources and (passed_over or not key_material.is_absent(portion.components)):
            suspects.extend(members[portion.start : portion.start + len(portion.paths)])
    yield from collisions.find([manifest.NAME, *names])
    if any(litter.classify(target) is not None for _, target in settings.sources):
        for member in members:
            yield from misplaced(member.path, member.source, settings.lift)
    for member in suspects:
        reason = key_material.by_name(member.source)
        if reason is not None and member.source not in settings.lift:
            yield secret(member.source, reason)


def secret(path: str, reason: str) -> Finding:
    """
    What is said of a file that holds a secret.
    """
    return Finding("key-material", path, f"{reason}; leave it out, or name it in `lift` of the settings")


def _message(complaints: list[str], problems: list[Finding], members: list[Member]) -> str:
    # What is called otherwise in the bundle has to be looked for where it lies; secrets are told by that path at once.
    sources: dict[str | None, set[str]] = {}
    for member in members:
        if member.source != member.path:
            sources.setdefault(member.path, set()).add(escape.line(member.source))
    lines = sorted(complaints)
    for problem in ordered(problems):
        origins = sources.get(problem.path) if problem.rule != "key-material" else None
        lines.append(describe(problem) + (f" (from {', '.join(sorted(origins))})" if origins else ""))
    return "\n".join(lines)


def describe(problem: Finding) -> str:
    """
    One problem as a line of a message.
    """
    return f"{escape.line(problem.path or '.')}: {problem.rule}: {problem.message()}"

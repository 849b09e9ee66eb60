"""
The layers that have a say about a path, each asked by itself.

In the order in which they are asked of each directory on the way and of the path: what this tool writes, ignore files,
the built-in list, kinds of files; of a directory that is entered then, whether it is a virtual environment, and whether
it can be read. Of the path alone, at last: secrets and names.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ..core import collisions, key_material, litter, manifest, paths
from ..core.findings import Finding
from ..core.typed import NamedTuple
from . import ignore, reading
from .places import Place, of_setting
from .selection import mapped, misplaced
from .settings import Settings
from .trail import Kind, Step, Trail
from .walk import File, Walk

IGNORED, NEVER, REFUSED = "ignored", "never packed", "refused"
_ENVIRONMENT, _UNREADABLE, _OWN, _IGNORE, _BUILT_IN, _KIND, _NAME, _KEY = range(8)
_LIST = "built-in list"


class Objection(NamedTuple):
    """
    Why a path is not packed.
    """

    order: tuple[int, int]
    """The number of components down to what it is about, and the layer's place."""
    on: str
    """The path that it is about: the one that was asked for, or a directory above it."""
    verdict: str
    """What it makes of it."""
    place: Place
    """Where it stands."""
    rule: str | None = None
    """The rule that is broken."""

    def is_behind_rules(self, depth: int) -> bool:
        """
        Whether the walk has read the ignore file of the directory that it entered at `depth` when it comes to this.
        """
        return self.order > (depth, _UNREADABLE)


class Answer(NamedTuple):
    """
    What a layer says.
    """

    lines: tuple[str, ...]
    """For people; the first counts."""
    objections: tuple[Objection, ...] = ()
    """Why it does not want the path in the bundle."""


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What is asked about.
    """

    workspace: Path
    trail: Trail
    settings: Settings
    own: frozenset[str]
    own_prefixes: tuple[str, ...]
    member: str
    extra: tuple[File, ...]


def is_rules(path: str) -> bool:
    """
    Whether `path` is an ignore file, which no ignore file leaves out.
    """
    return path.rpartition("/")[2] == ignore.NAME


def _answer(objections: Iterable[Objection], otherwise: str) -> Answer:
    found = tuple(objections)
    return Answer(tuple(f"{one.on}: {one.place}" for one in found) or (otherwise,), found)


def _own(asked: Asked) -> Answer:
    found = []
    for depth, step in enumerate(asked.trail.steps):
        if step.path in asked.own or step.path.startswith(asked.own_prefixes):
            found.append(Objection((depth, _OWN), step.path, NEVER, _written(asked, step.path)))
    return _answer(found, "this tool does not write it")


def _written(asked: Asked, path: str) -> Place:
    if path == manifest.NAME:
        return Place("build", None, "the manifest is generated, and is the first member")
    key, value = ("report-dir", asked.settings.report_dir)
    if path != value:
        key, value = ("output", asked.settings.output)
    return of_setting(asked.workspace, key, value)


def _ignore_files(asked: Asked) -> Answer:
    trail = asked.trail
    if is_rules(trail.end) and not any(_excluded(trail, step) for step in trail.steps[:-1]):
        return Answer(("travels along, whatever lines say about it",))
    decision = trail.kept
    if decision is None:
        return Answer(("no line matches",))
    depth = decision.path.count("/")
    matches = trail.rules.matches(decision.path, trail.is_directory or decision.path != trail.end)
    lines = [f"{decision.path}: {one} ({'leaves it out' if one.excluded else 'takes it back'})" for one in matches]
    if not decision.excluded:
        return Answer(tuple(lines))
    place = Place(decision.source, decision.pattern.line, decision.pattern.text)
    return Answer(tuple(lines), (Objection((depth, _IGNORE), decision.path, IGNORED, place),))


def _excluded(trail: Trail, step: Step) -> bool:
    decision = trail.rules.decide(step.path, is_directory=True)
    return decision is not None and decision.excluded


def _built_in(asked: Asked) -> Answer:
    found = []
    lifted = []
    for depth, directory in enumerate(asked.trail.entered):
        if directory.is_environment and directory.path not in asked.settings.lift:
            place = Place(_LIST, None, "a virtual environment")
            found.append(Objection((depth, _ENVIRONMENT), directory.path or ".", NEVER, place))
    for depth, step in enumerate(asked.trail.steps):
        kind = litter.of_name(step.name)
        if kind is not None and step.path in asked.settings.lift:
            lifted.append(f"{step.path}: {kind.reason}, lifted: {of_setting(asked.workspace, 'lift', step.path)}")
        elif kind is not None:
            place = Place(_LIST, None, kind.reason)
            found.append(Objection((depth, _BUILT_IN), step.path, NEVER, place))
    answer = _answer(found, "not on it")
    return answer if found or not lifted else Answer(tuple(lifted))


_KINDS = {
    Kind.LINK: ("type-symlink", "a link is never followed"),
    Kind.SPECIAL: ("type-special", "neither a file nor a directory"),
    Kind.UNREADABLE: ("file-unreadable", "cannot be read"),
}


def _kind(asked: Asked) -> Answer:
    found = []
    for depth, directory in enumerate(asked.trail.entered):
        if directory.unreadable:
            order = (depth, _UNREADABLE)
            found.append(_refusal(order, directory.path or ".", "file-unreadable", directory.unreadable))
    for depth, step in enumerate(asked.trail.steps):
        broken = _KINDS.get(step.kind)
        if any("\ud800" <= char <= "\udfff" for char in step.name):
            broken = ("name-not-utf8", "the name is not utf-8")
        if broken is not None:
            found.append(_refusal((depth, _KIND), step.path, *broken))
    return _answer(found, asked.trail.kind)


def _refusal(order: tuple[int, int], path: str, rule: str, detail: str) -> Objection:
    return Objection(order, path, REFUSED, Place(rule, None, detail), rule)


def _key_material(asked: Asked) -> Answer:
    trail = asked.trail
    end = (len(trail.steps), _KEY)
    # A directory's own name says something about the files in it.
    name = key_material.by_name(f"{trail.path}/x" if trail.is_directory else trail.path)
    reasons = [name] if name is not None else []
    if trail.kind is Kind.FILE:
        try:
            descriptor, _ = reading.open_regular(trail.location)
            with open(descriptor, "rb") as file:
                content = key_material.by_content(file.read(key_material.HEAD_BYTES))
        except OSError as error:
            detail = f"cannot be read: {error.strerror}"
            return _answer([_refusal((end[0], _KIND), trail.path, "file-unreadable", detail)], "")
        reasons += [content] if content is not None else []
    if reasons and trail.path in asked.settings.lift:
        return Answer((f"{reasons[0]}, lifted: {of_setting(asked.workspace, 'lift', trail.path)}",))
    return _answer((_refusal(end, trail.path, "key-material", reason) for reason in reasons), "none found")


def _names(asked: Asked) -> Answer:
    trail = asked.trail
    problems = [] if not asked.member else list(paths.problems(asked.member))
    problems += misplaced(asked.member, trail.path, asked.settings.lift)
    problems += _collisions(asked)
    end = (len(trail.steps), _NAME)
    found = [_refusal(end, trail.path, problem.rule, _about(problem, asked.member)) for problem in problems]
    return _answer(found, "can travel")


def _about(problem: Finding, member: str) -> str:
    """
    What is wrong; of another member, with its name.
    """
    own = not problem.path or member == problem.path or member.startswith(f"{problem.path}/")
    return problem.message() if own else f"{problem.path}: {problem.message()}"


def _collisions(asked: Asked) -> list[Finding]:
    """
    What stands in the way of the member among all others: to know that, the whole workspace is walked.

    A collision is found at the spelling that comes later; all of them are refused for it.
    """
    walk = Walk(os.fsencode(asked.workspace), asked.settings.lift, asked.own, asked.own_prefixes).run()
    names = [mapped(file.path, asked.settings.sources) for file in walk.files]
    names += [file.path for file in asked.extra]
    if not asked.trail.is_directory and asked.member not in names:
        names.append(asked.member)
    folded = collisions.fold(asked.member) + "/"
    return [
        one
        for one in collisions.find([manifest.NAME, *sorted(names)])
        if one.path is not None and folded.startswith(f"{collisions.fold(one.path)}/")
    ]


LAYERS: tuple[tuple[str, Callable[[Asked], Answer]], ...] = (
    ("own outputs", _own),
    ("ignore files", _ignore_files),
    ("built-in list", _built_in),
    ("kind", _kind),
    ("key material", _key_material),
    ("names", _names),
)
"""The layers by name."""

"""
Explains why a path of a workspace is packed or not: what each layer says, and which of them decides.

The walk (`phase2_gate.workspace.walk`) goes from the workspace down to a path and stops at the first objection; here
the same questions are asked in the same order, and every answer is kept. A test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ..core import manifest
from ..core.errors import SettingsError
from . import layers
from .layers import Objection
from .places import Place, of_setting, own_paths
from .selection import mapped
from .settings import Settings
from .trail import Kind, Trail, follow
from .walk import File


class Verdict(StrEnum):
    """
    What becomes of a path.
    """

    PACKED = "packed"
    """It is a member; of a directory: it is entered."""
    IGNORED = "ignored"
    """A line of an ignore file leaves it out."""
    NEVER = "never packed"
    """The built-in list leaves it out, or this tool writes it."""
    REFUSED = "refused"
    """It makes the build fail."""


@dataclass(frozen=True, slots=True)
class Said:
    """
    What one layer says, whatever the others say.
    """

    layer: str
    """Its name."""
    lines: tuple[str, ...]
    """What it says; the first line is the one that counts."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """
    Why a path is packed or not.
    """

    path: str
    """The path, relative to the workspace."""
    kind: Kind
    """What lies there."""
    verdict: Verdict
    """What becomes of it."""
    decided_by: Place
    """The file and line, or what else decided."""
    decided_on: str
    """The path itself, or the directory above it that decided over everything in it."""
    rule: str | None
    """The rule that is broken, of a path that is refused."""
    member: str | None
    """What it is called in the bundle, when it is packed."""
    layers: tuple[Said, ...]
    """What each layer says."""


def explain(workspace: Path, path: str, settings: Settings, extra: Iterable[File] = ()) -> Explanation:
    """
    Explains what becomes of `path`, whether it exists or not.

    Args:
        workspace: The workspace.
        path: A path below it, with forward slashes; with one at the end it is a directory.
        settings: The workspace's settings.
        extra: Files from outside the workspace, by their paths in the bundle.

    Raises:
        SettingsError: when `path` is none below the workspace.
        SelectionError: when an ignore file that is read on the way has lines that cannot be used.
    """
    parts = path.removesuffix("/").split("/")
    if any(part in {"", ".", ".."} for part in parts) or "\0" in path:
        message = f"{path!r}: not a path below the workspace"
        raise SettingsError(message)
    extra = tuple(extra)
    trail = follow(workspace, path)
    outside = trail.kind is Kind.MISSING and any(file.path == trail.path for file in extra)
    member = trail.path if outside else _member(trail, settings)
    asked = layers.Asked(workspace, trail, settings, *own_paths(workspace, settings, None), member, extra)
    answers = [(name, ask(asked)) for name, ask in layers.LAYERS]
    # The directories above come first, and for one path the layers in their order.
    first = min((one for _, answer in answers for one in answer.objections), key=lambda one: one.order, default=None)
    _demand_rules(trail, first)
    verdict, place, on, rule = _decision(first, asked, outside)
    return Explanation(
        trail.path,
        Kind.OUTSIDE if outside else trail.kind,
        verdict,
        place,
        on,
        rule,
        member if verdict is Verdict.PACKED else None,
        (*(Said(name, answer.lines) for name, answer in answers), _said_of_sources(asked, outside)),
    )


def _member(trail: Trail, settings: Settings) -> str:
    if trail.kind is not Kind.DIRECTORY:
        return mapped(trail.path, settings.sources)
    # Sources are directories, and name what lies in them.
    return mapped(f"{trail.path}/x", settings.sources).removesuffix("x").removesuffix("/")


def _demand_rules(trail: Trail, first: Objection | None) -> None:
    """
    Refuses to go on without the lines of an ignore file, unless the walk would not have come to that file.
    """
    for depth, directory in enumerate(trail.entered):
        if directory.malformed is not None and (first is None or first.is_behind_rules(depth)):
            raise directory.malformed


def _decision(first: Objection | None, asked: layers.Asked, outside: bool) -> tuple[Verdict, Place, str, str | None]:
    if first is not None:
        return Verdict(first.verdict), first.place, first.on, first.rule
    path = asked.trail.path
    if outside:
        return Verdict.PACKED, of_setting(asked.workspace, "carry-verifier", "true"), path, None
    if path in asked.settings.lift:
        return Verdict.PACKED, of_setting(asked.workspace, "lift", repr(path)), path, None
    kept = asked.trail.kept
    if kept is not None and not (layers.is_rules(path) and kept.path == path):
        return Verdict.PACKED, Place(kept.source, kept.pattern.line, kept.pattern.text), kept.path, None
    return Verdict.PACKED, Place("default", None, "nothing leaves it out"), path, None


def _said_of_sources(asked: layers.Asked, outside: bool) -> Said:
    path = asked.trail.path
    if outside:
        return Said("sources", ("comes from outside the workspace",))
    inner = f"{path}/x" if asked.trail.kind is Kind.DIRECTORY else path
    for source, target in asked.settings.sources:
        if not source or inner.startswith(f"{source}/"):
            place = of_setting(asked.workspace, f'sources."{source}"', repr(target))
            return Said("sources", (f"ships as {asked.member or '.'} ({place})",))
    return Said("sources", (f"ships under its own name, beside {manifest.NAME}",))

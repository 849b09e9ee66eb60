"""
``phase2-gate explain``.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from ..build.contents import explained
from ..core.errors import BuildError, SettingsError
from ..core.escape import line
from ..workspace import git, reading
from ..workspace.explanation import Explanation
from ..workspace.git import GitVerdict
from . import standing, terminal
from .guard import PASS


def explain(arguments: argparse.Namespace) -> int:
    """
    ``phase2-gate explain``: what becomes of a path, what decides, and what git makes of it.
    """
    workspace = standing.workspace(arguments.workspace)
    found = explained(workspace, below(workspace, arguments.path))
    try:
        view: GitVerdict | str = git.of(workspace).verdict(found.path)
    except BuildError as error:
        view = error.message
    if arguments.format == "json":
        terminal.out(json.dumps(_document(found, view), indent=2, sort_keys=True))
        return PASS
    for text in _lines(found, view):
        terminal.out(text)
    return PASS


def below(workspace: Path, path: str) -> str:
    """
    `path`, absolute or relative to the workspace, as a path below it with forward slashes.

    Raises:
        SettingsError: when it lies elsewhere.
    """
    end = "/" if path.endswith(("/", os.sep)) else ""
    place = Path(path)
    if not place.is_absolute():
        return reading.as_walked(place.as_posix()) + end
    root = os.path.realpath(workspace)
    # The place of the path, not of what a link on the way down to it may lead to.
    for above in reversed(place.parents):
        if os.path.realpath(above) == root:
            return reading.as_walked(place.relative_to(above).as_posix()) + end
    message = f"{path!r}: not below the workspace {str(workspace)!r}"
    raise SettingsError(message)


def _lines(found: Explanation, view: GitVerdict | str) -> list[str]:
    on = "" if found.decided_on == found.path else f" (over {line(found.decided_on)})"
    shown = [
        f"{line(found.path)}: {found.verdict}",
        f"decided by   {line(str(found.decided_by))}{on}",
        f"kind         {found.kind}",
    ]
    if found.member is not None:
        shown.append(f"in bundle    {line(found.member) or '.'}")
    width = max(len(said.layer) for said in found.layers)
    shown.append("layers")
    for said in found.layers:
        shown.append(f"  {said.layer:<{width}}  {line(said.lines[0])}")
        shown += [f"  {'':<{width}}  {line(text)}" for text in said.lines[1:]]
    return [*shown, f"git          {_in_words(view)}"]


def _in_words(view: GitVerdict | str) -> str:
    if isinstance(view, str):
        return f"not asked: {line(view.removeprefix('git: '))}"
    tracked = "tracked" if view.tracked else "not tracked"
    if not view.source:
        return f"{tracked}; no line of git's matches"
    verdict = "ignored" if view.ignored else "not ignored"
    return f"{tracked}; {verdict} by {line(f'{view.source}:{view.line}: {view.pattern}')}"


def _document(found: Explanation, view: GitVerdict | str) -> dict[str, object]:
    place = found.decided_by
    document: dict[str, object] = {
        "schema": "phase2-gate/explain/1",
        "path": line(found.path),
        "kind": found.kind.value,
        "verdict": found.verdict.value,
        "decided_by": {"file": line(place.file), "line": place.line, "text": line(place.text)},
        "decided_on": line(found.decided_on),
        "rule": found.rule,
        "member": None if found.member is None else line(found.member),
        "layers": [{"layer": said.layer, "lines": [line(text) for text in said.lines]} for said in found.layers],
        "git": None,
    }
    if isinstance(view, GitVerdict):
        document["git"] = {
            "tracked": view.tracked,
            "ignored": view.ignored,
            "file": line(view.source) or None,
            "line": view.line or None,
            "text": line(view.pattern) or None,
        }
    return document

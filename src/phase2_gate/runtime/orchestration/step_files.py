"""
The files of one step: expanding trees, reading states, storing pre-images, putting them back.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..canonical import FrozenJson, Json, thaw
from ..errors import IndeterminateStep, PathRefused
from ..governance.decision import PathUse
from ..governance.granted_fs import GrantedFS
from ..governance.root import Root
from .operation import Plan, States
from .pre_images import PreImages

__all__ = ["expand", "read_states", "restore", "store_pre_images"]


def expand(root: Root, plan: Plan) -> tuple[PathUse, ...]:
    """
    Replace each use of a tree by uses of all that is in it, and of all that it becomes elsewhere.

    Raises:
        PathRefused: Something in it cannot be a path, or there is too much.
    """
    uses = list(plan.paths)
    for use in plan.paths:
        if use.tree:
            below = root.descendants(use.path)
            uses += [PathUse(path, use.access, is_directory) for path, is_directory in below]
    for source, target in plan.mirrors:
        below = root.descendants(source)
        uses += [PathUse(target + path[len(source) :], "create", is_directory) for path, is_directory in below]
    return tuple(dict.fromkeys(uses))


def read_states(files: GrantedFS, uses: tuple[PathUse, ...]) -> dict[str, Json]:
    """
    The state of every path of a step.

    Raises:
        PathRefused: Something that is no plain file or directory stands there.
    """
    return {path: files.state(path) for path in sorted({use.path for use in uses})}


def store_pre_images(files: GrantedFS, uses: tuple[PathUse, ...], states: States, images: PreImages) -> None:
    """
    Store the content of every file that the step may change.

    Raises:
        PathRefused: A file changed since its state was read.
        OperationError: A content could not be stored.
    """
    for path in sorted({use.path for use in uses if use.access != "read"}):
        state = states[path]
        if _digest(state) is not None and images.put(files.read_bytes(path)) != _digest(state):
            raise PathRefused("CHANGED", path, "changed while it was looked at")


def restore(
    files: GrantedFS,
    before: Mapping[str, FrozenJson],
    after: Mapping[str, FrozenJson],
    images: PreImages,
    *,
    again: bool = False,
) -> None:
    """
    Put back the state before, from the pre-images. Doing it again changes nothing.

    Args:
        files: Access to every path, in every way.
        before: The states to reach.
        after: The states that the step left; anything else was done by somebody else, and stays.
        images: Where the contents are.
        again: Whether an earlier attempt may have come half way, so that a path may also be missing.

    Raises:
        IndeterminateStep: A path is neither as before the step nor as after it; nothing was changed.
        OperationError: A content is missing.
    """
    goal, left = _plain(before), _plain(after)
    now = {path: files.state(path) for path in goal}
    for path, state in now.items():
        half_way = again and state is None
        if state != goal[path] and not half_way and (path not in left or state != left[path]):
            raise IndeterminateStep(f"{path!r}: seen {state}, need {goal[path]} or {left.get(path)}")
    contents = {path: images.get(digest) for path, state in goal.items() if (digest := _digest(state)) is not None}
    for path in sorted(goal, reverse=True):
        if goal[path] is None and now[path] is not None:
            files.delete(path)
    for path in sorted(goal):
        state = goal[path]
        if state == now[path] or state is None:
            continue
        if path not in contents:
            files.mkdir(path)
        elif now[path] is None:
            executable = isinstance(state, dict) and state.get("mode_x") is True
            files.create_bytes(path, contents[path], mode=0o755 if executable else 0o644)
        else:
            files.write_bytes(path, contents[path])


def _plain(states: Mapping[str, FrozenJson]) -> dict[str, Json]:
    return {path: thaw(state) for path, state in states.items()}


def _digest(state: Json) -> str | None:
    digest = state.get("sha256") if isinstance(state, dict) else None
    return digest if isinstance(digest, str) else None

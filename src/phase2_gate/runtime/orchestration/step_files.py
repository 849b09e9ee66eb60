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

__all__ = ["expand", "read_modes", "read_states", "restore", "store_pre_images"]

# What is put back with these bits, unless others were recorded.
_PLAIN_MODE, _EXECUTABLE_MODE, _DIRECTORY_MODE = 0o644, 0o755, 0o755
# A directory whose bits are recorded is open to nobody else until all is in it.
_UNFINISHED_MODE = 0o700


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


def read_modes(files: GrantedFS, uses: tuple[PathUse, ...], states: States) -> dict[str, Json]:
    """
    The permission bits, in octal, of what a step may change, where putting it back would give it others.

    They are no part of a state: a checkout has other ones elsewhere, and the step is the same.
    """
    modes: dict[str, Json] = {}
    for path in sorted({use.path for use in uses if use.access != "read"}):
        bits = files.permissions(path)
        if states[path] is not None and bits not in {None, _usual_mode(states[path])}:
            modes[path] = f"{bits:04o}"
    return modes


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
    modes: Mapping[str, FrozenJson],
    again: bool = False,
) -> None:
    """
    Put back the state before, from the pre-images. Doing it again changes nothing.

    Args:
        files: Access to every path, in every way.
        before: The states to reach.
        after: The states that the step left; anything else was done by somebody else, and stays.
        images: Where the contents are.
        modes: From `read_modes`, before the step.
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
        bits = int(str(modes.get(path, f"{_usual_mode(state):o}")), 8)
        if path not in contents:
            files.mkdir(path, mode=_UNFINISHED_MODE if path in modes else bits)
        elif now[path] is None:
            files.create_bytes(path, contents[path], mode=bits)
        else:
            files.write_bytes(path, contents[path])
    for path in sorted(modes, reverse=True):
        if path not in contents:
            # Last, deepest first: a directory may be closed to its owner too.
            files.set_permissions(path, int(str(modes[path]), 8))


def _usual_mode(state: Json) -> int:
    if not isinstance(state, dict) or "sha256" not in state:
        return _DIRECTORY_MODE
    return _EXECUTABLE_MODE if state.get("mode_x") is True else _PLAIN_MODE


def _plain(states: Mapping[str, FrozenJson]) -> dict[str, Json]:
    return {path: thaw(state) for path, state in states.items()}


def _digest(state: Json) -> str | None:
    digest = state.get("sha256") if isinstance(state, dict) else None
    return digest if isinstance(digest, str) else None

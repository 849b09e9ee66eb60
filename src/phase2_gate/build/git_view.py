"""
What git thinks of a selection: advice as a rule, and without a say in the bytes.

With ``build --strict-git`` the advice becomes an error; with the setting ``require-clean-git`` the packed files have to
be those of the last commit. Only packed files count for that: what else lies about is nobody's business. They are read
twice, to be compared and to be packed: what was packed has to have the digest of what was compared.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from ..core import manifest
from ..core.digest import Sha256
from ..core.errors import BuildError, SelectionError
from ..core.escape import line as shown
from ..core.findings import Finding, ordered
from ..core.typed import TYPE_CHECKING, NamedTuple
from ..workspace.selection import Member, Selection, describe

if TYPE_CHECKING:
    from ..workspace.git import Git


class View(NamedTuple):
    """
    What git makes of a selection.
    """

    warnings: tuple[str, ...] = ()
    """One line each; none where there is no work tree, and a single one where git cannot answer."""
    committed: Mapping[str, Sha256] = MappingProxyType({})
    """The digests of the packed files that were compared with the last commit, by path in the workspace."""


def examine(workspace: Path, selection: Selection, *, strict: bool = False, clean: bool = False) -> View:
    """
    Compares a selection with what git knows of the workspace.

    Args:
        workspace: Its directory.
        selection: What would be packed.
        strict: Whether a packed file that git ignores, and a tracked one that is left out, is an error.
        clean: Whether a packed file that is not as in the last commit is an error.

    Raises:
        SelectionError: when `strict` or `clean` is broken; names each file.
        BuildError: when git cannot answer, and `strict` or `clean` wants it to.
    """
    if not strict and not clean and not _may_be_in_work_tree(workspace):
        return View()  # what asks git takes longer to load than a small bundle to build
    from ..workspace import git

    if not strict and not clean:
        try:
            tree = git.of(workspace)
            return View(_advice(tree, selection, tree.tracked()))
        except BuildError as error:  # advice can be missing, but not unsaid
            return View((f"not compared with what git knows: {error.message.removeprefix('git: ')}",))
    tree = git.of(workspace)
    tracked = tree.tracked()
    committed = tree.as_committed(selection.from_workspace) if clean else {}
    found: list[Finding] = []
    if strict:
        found += _ignored(tree, selection, tracked)
        found += [
            Finding("git-left-out", path, f"git tracks it, but it is left out: {why}")
            for path, why in _left_out(selection, tracked)
        ]
    if clean:
        found += _not_as_committed(selection, tracked, committed)
    if found:
        raise SelectionError(
            "\n".join(describe(finding) for finding in ordered(found)),
            hint=f"`phase2-gate rule {found[0].rule}` says what can be done",
        )
    return View(() if strict else _advice(tree, selection, tracked), committed)


def refuse_changed(committed: Mapping[str, Sha256], members: Iterable[Member], packed: bytes) -> None:
    """
    Refuses what was changed between the look at git and the packing.

    Args:
        committed: As of `examine`.
        members: What was packed.
        packed: The manifest of what was packed.

    Raises:
        BuildError: when a file was packed that is not as it was compared; names each.
    """
    if not committed:
        return
    digests = {line.path: line.digest for line in manifest.parse(packed).lines}
    compared = [(one, committed[one.source]) for one in members if not one.outside and one.source in committed]
    changed = sorted(member.source for member, digest in compared if digests.get(member.path) != digest)
    if changed:
        message = "\n".join(f"{shown(path)}: changed after it was compared with the last commit" for path in changed)
        raise BuildError(message, hint="build again when nobody writes into the workspace")


def _may_be_in_work_tree(workspace: Path) -> bool:
    """
    Whether the workspace or a directory above it holds what git looks for there: a ``.git``, directory or file.
    """
    directory = os.path.realpath(workspace)
    while not os.path.lexists(os.path.join(directory, ".git")):
        above = os.path.dirname(directory)
        if above == directory:
            return False
        directory = above
    return True


def _advice(tree: Git, selection: Selection, tracked: frozenset[str]) -> tuple[str, ...]:
    lines = [describe(finding) for finding in _ignored(tree, selection, tracked)]
    reasons = Counter(why for _, why in _left_out(selection, tracked))
    if reasons:
        # One line, whatever their number: leaving files out is what ignore files are for.
        parts = "; ".join(f"{count} by {why}" for why, count in reasons.most_common())
        files = "file" if reasons.total() == 1 else "files"
        lines.append(f"tracked by git, but left out: {reasons.total()} {files}: {parts} (`--strict-git` names each)")
    return tuple(lines)


def _ignored(tree: Git, selection: Selection, tracked: frozenset[str]) -> list[Finding]:
    packed = set(selection.from_workspace)
    return [
        Finding("git-ignored", path, "packed, but git ignores it: a fresh clone does not have it")
        for path in sorted(tree.ignored(sorted(packed - tracked)))
    ]


def _left_out(selection: Selection, tracked: frozenset[str]) -> Iterator[tuple[str, str]]:
    """
    The tracked files that are not packed, and what leaves each of them out.

    The manifest at the root is none of them: every bundle has one, and a workspace may keep it under git.
    """
    taken = dict(selection.skipped)
    for path in sorted(tracked - set(selection.from_workspace) - {manifest.NAME}):
        decision = selection.rules.decide(path)
        if (own := selection.own_output(path)) is not None:
            yield path, f"this tool's own output: {shown(own)}"
        elif decision is not None and decision.excluded:
            yield path, shown(str(decision))
        elif (reason := _taken_out(path, taken)) is not None:
            yield path, f"the built-in list: {reason}"
        # Else it was deleted from the disk, or is a directory of another repository.


def _taken_out(path: str, taken: dict[str, str]) -> str | None:
    return next((taken[one] for one in (*_parents(path), path) if one in taken), None)


def _not_as_committed(
    selection: Selection, tracked: frozenset[str], committed: Mapping[str, Sha256]
) -> Iterator[Finding]:
    for path in selection.from_workspace:
        if path not in tracked:
            yield Finding("git-untracked", path, "git does not track it, and `require-clean-git` is set")
        elif path not in committed:
            yield Finding("git-modified", path, "it differs from the last commit, and `require-clean-git` is set")


def _parents(path: str) -> Iterator[str]:
    end = path.find("/")
    while end != -1:
        yield path[:end]
        end = path.find("/", end + 1)

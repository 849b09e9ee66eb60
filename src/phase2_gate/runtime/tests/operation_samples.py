"""
Steps, files and crashes that many tests of operations need.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..governance.decision import ACCESSES, PathUse, Request
from ..governance.envelope_enforcer import EnvelopeEnforcer
from ..governance.granted_fs import GrantedFS
from ..governance.root import Root
from ..governance.self_mod_protection import ProtectedSet
from ..orchestration.fs_operations import FsWrite
from ..orchestration.operation import Params
from ..orchestration.operations import (
    Effect,
    Receipt,
)
from .samples import Bench, envelope, tree_of


class Crash(BaseException):
    """
    What stands for a killed process: nothing of ours catches it.
    """


def write_file(b: Bench, step: str, path: str = "a", text: str = "new") -> Receipt:
    """
    Run one step that writes a file.
    """
    return b.executor.run("fs.write", {"path": path, "text": text}, step_id=step)


def grow_tree(tree: Path) -> dict[str, str]:
    """
    Make a small tree with what is to be undone; returns what it holds.
    """
    (tree / "d" / "sub").mkdir(parents=True)
    (tree / "a").write_text("old")
    (tree / "x").write_bytes(b"\0\xff")
    (tree / "x").chmod(0o755)
    (tree / "d" / "sub" / "deep").write_text("deep")
    return tree_of(tree)


@contextmanager
def granted_files(tree: Path, *paths: str, descriptors: bool | None = None) -> Iterator[GrantedFS]:
    """
    Full access to some paths.
    """
    with Root(tree, descriptors=descriptors) as opened:
        uses = tuple(PathUse(path, access) for path in paths for access in ACCESSES)
        grant = EnvelopeEnforcer(envelope(), opened, ProtectedSet()).authorize(Request("fs.write", uses))
        with opened.granted(grant, tag="t") as files:
            yield files


class StoppingWrite(FsWrite):
    """
    A write that crashes at a chosen place.
    """

    def __init__(self, where: str) -> None:
        self._where = where

    def apply(self, files: GrantedFS, params: Params, uses: tuple[PathUse, ...]) -> Effect:
        """
        As `FsWrite.apply`, up to that place.
        """
        if self._where == "before":
            raise Crash
        super().apply(files, params, uses)
        if self._where == "wrong":
            files.write_bytes("a", b"something else")
            return Effect({})
        raise Crash

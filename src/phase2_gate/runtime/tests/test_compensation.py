"""
Compensation: the tree as it was before, permissions included, and nobody else's work touched.
"""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ..canonical import thaw
from ..errors import (
    IndeterminateStep,
    JournalUnavailable,
    OperationError,
)
from ..governance.granted_fs import GrantedFS
from ..orchestration.mission_journal import iter_verified
from .features import needs_permissions
from .operation_samples import Crash, grow_tree, write_file
from .samples import Bench, bench, tree_of


def _changes(b: Bench) -> list[str]:
    steps: list[tuple[str, dict[str, object]]] = [
        ("fs.write", {"path": "a", "text": "new"}),
        ("fs.create", {"path": "n", "text": "n"}),
        ("fs.mkdir", {"path": "m"}),
        ("fs.rename", {"source": "d", "target": "m/e"}),
        ("fs.delete", {"path": "m/e/sub", "recursive": True}),
        ("fs.delete", {"path": "x"}),
    ]
    for number, (op, params) in enumerate(steps):
        b.executor.run(op, params, step_id=f"s{number}")
    return [f"s{number}" for number in range(len(steps))]


def test_compensation_restores_the_tree(tmp_path: Path) -> None:
    """
    In reverse order, byte for byte, once; as steps of their own.
    """
    before = grow_tree(tmp_path / "tree")
    with bench(tmp_path) as b:
        steps = _changes(b)
        assert before != tree_of(b.tree)
        undone = [b.executor.compensate(step) for step in reversed(steps)]
        assert before == tree_of(b.tree)
        assert undone == [b.executor.compensate(step) for step in reversed(steps)]
        assert {receipt.status for receipt in undone} == {"compensated"}
        for step in ("none", "undo:none"):
            with pytest.raises(OperationError, match="cannot be undone"):
                b.executor.compensate(step)
    with bench(tmp_path) as b:
        assert undone[0] == b.executor.compensate(steps[-1])


@needs_permissions
def test_compensation_restores_permissions(tmp_path: Path) -> None:
    """
    Of files and directories that were deleted or moved, closed ones included; a private file never comes back public.
    """
    modes = {"d": 0o711, "d/closed": 0o500, "d/closed/key": 0o400, "d/key": 0o600, "d/run": 0o755, "d/tool": 0o700}
    tree = tmp_path / "tree"
    (tree / "d" / "closed").mkdir(parents=True)
    for path in ("d/closed/key", "d/key", "d/run", "d/tool"):
        (tree / path).write_text(path)
    with bench(tmp_path) as b:
        for path in sorted(modes, reverse=True):
            (tree / path).chmod(modes[path])
        before = tree_of(tree)
        b.executor.run("fs.rename", {"source": "d", "target": "e"}, step_id="move")
        (tree / "e" / "closed").chmod(0o700)  # so that an ordinary user can undo what follows
        b.executor.run("fs.delete", {"path": "e", "recursive": True}, step_id="drop")
        b.executor.compensate("drop")
        assert stat.S_IMODE((tree / "e" / "closed").stat().st_mode) == 0o700
        b.executor.compensate("move")
        assert before == tree_of(tree)
        assert modes == {path: stat.S_IMODE((tree / path).stat().st_mode) for path in modes}
        (tree / "d" / "closed").chmod(0o700)


@needs_permissions
def test_unusual_permissions_are_recorded(tmp_path: Path) -> None:
    """
    Where putting a file back would give it others; a step that leaves it where it is needs none.
    """
    (tmp_path / "tree").mkdir()
    for name, mode in [("private", 0o600), ("usual", 0o644), ("tool", 0o755)]:
        (tmp_path / "tree" / name).write_text("")
        (tmp_path / "tree" / name).chmod(mode)
    with bench(tmp_path) as b:
        for name in ("private", "usual", "tool"):
            b.executor.run("fs.read", {"path": name}, step_id=f"read-{name}")
            b.executor.run("fs.delete", {"path": name}, step_id=f"delete-{name}")
    recorded = {
        record.step_id: thaw(record.inputs["modes"])
        for record in iter_verified(tmp_path / "journal.jsonl")
        if "modes" in record.inputs
    }
    assert recorded == {
        "read-private": {},
        "delete-private": {"private": "0600"},
        "read-usual": {},
        "delete-usual": {},
        "read-tool": {},
        "delete-tool": {},
    }


@needs_permissions
def test_permissions_are_restored_by_an_interrupted_compensation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A directory that was made again, and not yet given its own, stays closed to others until it is.
    """
    (tmp_path / "tree" / "d").mkdir(parents=True)
    (tmp_path / "tree" / "d").chmod(0o750)

    def crash(*_: object, **__: object) -> None:
        raise Crash

    with pytest.raises(Crash), bench(tmp_path) as b:  # noqa: PT012  # what fails lies inside the block
        b.executor.run("fs.delete", {"path": "d"}, step_id="s")
        monkeypatch.setattr(GrantedFS, "set_permissions", crash)
        b.executor.compensate("s")
    monkeypatch.undo()
    assert stat.S_IMODE((tmp_path / "tree" / "d").stat().st_mode) == 0o700
    with bench(tmp_path) as b:
        b.executor.compensate("s")
    assert stat.S_IMODE((tmp_path / "tree" / "d").stat().st_mode) == 0o750


def test_compensation_spares_what_others_did(tmp_path: Path) -> None:
    """
    A file that is neither as before nor as after stays, and the failure is recorded.
    """
    (tmp_path / "tree").mkdir()
    with bench(tmp_path) as b:
        write_file(b, "s")
        (b.tree / "a").write_text("somebody")
        with pytest.raises(IndeterminateStep):
            b.executor.compensate("s")
        assert b.executor.compensate("s").status == "failed"
        write_file(b, "t", "b", "1")
        write_file(b, "u", "b", "2")
        for image in (tmp_path / "images").iterdir():
            image.write_bytes(b"rotten")
        with pytest.raises(OperationError, match="holds something else"):
            b.executor.compensate("u")
    assert tree_of(tmp_path / "tree") == {"a": "0 b'somebody'", "b": "0 b'2'"}


@pytest.mark.parametrize("half_way", ["nothing", "deleted", "all"])
def test_an_interrupted_compensation_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, half_way: str
) -> None:
    """
    Wherever it was interrupted.
    """
    before = grow_tree(tmp_path / "tree")

    def crash(*_: object, **__: object) -> None:
        raise Crash

    with pytest.raises(Crash), bench(tmp_path) as b:  # noqa: PT012  # what fails lies inside the block
        b.executor.run("fs.rename", {"source": "d", "target": "e"}, step_id="s")
        if half_way == "nothing":
            monkeypatch.setattr(GrantedFS, "delete", crash)
        elif half_way == "deleted":
            monkeypatch.setattr(GrantedFS, "create_bytes", crash)
        else:
            monkeypatch.setattr(type(b.journal), "finish", crash)
        b.executor.compensate("s")
    monkeypatch.undo()
    with bench(tmp_path) as b:
        receipt = b.executor.compensate("s")
        assert (receipt.status, receipt.recovered) == ("compensated", True)
    assert before == tree_of(tmp_path / "tree")


def test_a_failure_of_the_journal_stops_compensation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    It is passed on; the undo step stays open.
    """

    def broken(*_: object, **__: object) -> None:
        raise JournalUnavailable("gone")

    with bench(tmp_path) as b:
        write_file(b, "s")
        monkeypatch.setattr(GrantedFS, "delete", broken)
        with pytest.raises(JournalUnavailable):
            b.executor.compensate("s")
        assert [record.step_id for record in b.journal.open_steps()] == ["undo:s"]

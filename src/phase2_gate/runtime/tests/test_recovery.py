"""
Steps that fail or are cut off: what is recorded, and what the next attempt makes of it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ..errors import (
    EnvelopeViolation,
    IndeterminateStep,
    OperationError,
    PathRefused,
)
from ..governance.granted_fs import GrantedFS
from ..orchestration.fs_operations import FsWrite
from ..orchestration.operations import (
    Registry,
)
from .features import needs_links
from .operation_samples import Crash, StoppingWrite, grow_tree, write_file
from .samples import bench, envelope, tree_of


@pytest.mark.parametrize(
    ("op", "params", "error"),
    [
        ("fs.read", {"path": "gone"}, PathRefused),
        ("fs.create", {"path": "a", "text": ""}, PathRefused),
        ("fs.mkdir", {"path": "a"}, PathRefused),
        ("fs.delete", {"path": "gone"}, PathRefused),
        ("fs.rename", {"source": "gone", "target": "b"}, PathRefused),
        ("fs.rename", {"source": "a", "target": "d"}, PathRefused),
        ("fs.delete", {"path": "d"}, OSError),
        ("fs.write", {"path": "a", "text": "x", "expect": "0" * 64}, OperationError),
        ("fs.write", {"path": "gone", "text": "x", "expect": "0" * 64}, OperationError),
        ("gate.check", {"files": {"a": None, "d": "0" * 64}}, OperationError),
        ("exec", {"argv": ["/does/not/exist"], "max_cost_usd": 0}, OperationError),
        ("exec", {"argv": [sys.executable, "-c", "raise SystemExit(3)"], "max_cost_usd": 0}, OperationError),
    ],
)
def test_a_failure_is_recorded_and_raised(
    tmp_path: Path, op: str, params: dict[str, object], error: type[Exception]
) -> None:
    """
    The step ends as failed, the tree stays, and the run may go on.
    """
    with bench(tmp_path) as b:
        (b.tree / "a").write_text("a")
        (b.tree / "d").mkdir()
        (b.tree / "d" / "x").write_text("x")
        before = tree_of(b.tree)
        with pytest.raises(error):
            b.executor.run(op, params, step_id="s")
        assert before == tree_of(b.tree)
        receipt = b.executor.receipt("s")
        assert receipt is not None
        assert receipt.status == "failed"
        assert receipt.error is not None
        assert receipt.error.startswith(error.__name__ if error is not OSError else "OSError")
        write_file(b, "next")


@needs_links
@pytest.mark.parametrize(
    ("where", "meanwhile", "status"),
    [
        ("before", None, "completed"),
        ("after", None, "completed"),
        ("before", "touched", "indeterminate"),
        ("before", "link", "refused"),
    ],
)
def test_an_open_step_is_finished_or_told_indeterminate(
    tmp_path: Path, where: str, meanwhile: str | None, status: str
) -> None:
    """
    Not begun: applied. Ended: recorded. Neither: failed, and nothing is touched.
    """
    crashing = Registry([StoppingWrite(where)])
    policy = envelope(["fs.write"])
    (tmp_path / "tree").mkdir()
    target = tmp_path / "tree" / "a"
    target.write_text("old")
    with pytest.raises(Crash), bench(tmp_path, policy, registry=crashing) as b:
        write_file(b, "s")
    if meanwhile == "touched":
        target.write_text("somebody")
    elif meanwhile == "link":
        target.unlink()
        target.symlink_to("/etc/passwd")
    with bench(tmp_path, policy, registry=Registry([FsWrite()])) as b:
        assert [record.step_id for record in b.journal.open_steps()] == ["s"]
        if status == "completed":
            receipt = write_file(b, "s")
            assert (receipt.status, receipt.recovered, target.read_text()) == ("completed", True, "new")
            assert receipt == write_file(b, "s")
        else:
            kind = IndeterminateStep if status == "indeterminate" else PathRefused
            with pytest.raises(kind):
                write_file(b, "s")
            assert target.is_symlink() or target.read_text() == "somebody"
            failed = b.executor.receipt("s")
            assert failed is not None
            assert failed.status == "failed"
        assert b.journal.open_steps() == ()


def test_a_half_deleted_tree_is_deleted_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What is gone already is passed over; steps that are no operations do not disturb.
    """
    grow_tree(tmp_path / "tree")
    real = GrantedFS.delete
    deleted: list[str] = []

    def second_crashes(files: GrantedFS, path: str) -> None:
        if deleted:
            raise Crash
        deleted.append(path)
        real(files, path)

    with pytest.raises(Crash), bench(tmp_path) as b:  # noqa: PT012  # what fails lies inside the block
        b.journal.start("note", "not an operation", {})
        b.journal.finish("note", "completed", {})
        monkeypatch.setattr(GrantedFS, "delete", second_crashes)
        b.executor.run("fs.delete", {"path": "d", "recursive": True}, step_id="s")
    monkeypatch.undo()
    assert deleted == ["d/sub/deep"]
    with bench(tmp_path) as b:
        assert b.executor.run("fs.delete", {"path": "d", "recursive": True}, step_id="s").recovered
        assert set(tree_of(b.tree)) == {"a", "x"}


def test_an_effect_that_was_not_foretold_is_a_failure(tmp_path: Path) -> None:
    """
    The state afterwards is compared with the plan's.
    """
    with bench(tmp_path, envelope(["fs.write"]), registry=Registry([StoppingWrite("wrong")])) as b:
        with pytest.raises(IndeterminateStep, match="afterwards"):
            write_file(b, "s")
        assert b.executor.receipt("s").decision.code == "INDETERMINATE"  # type: ignore[union-attr]  # it has ended


def test_an_interrupted_denial_stays_a_denial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A crash between the start and the end of a denied step allows nothing afterwards.
    """
    policy = envelope(deny=["a"])

    def crash(*_: object, **__: object) -> None:
        raise Crash

    with pytest.raises(Crash), bench(tmp_path, policy) as b:  # noqa: PT012  # what fails lies inside the block
        monkeypatch.setattr(type(b.journal), "finish", crash)
        write_file(b, "s")
    monkeypatch.undo()
    with bench(tmp_path, policy) as b, pytest.raises(EnvelopeViolation, match="INTERRUPTED"):
        write_file(b, "s")
    assert tree_of(tmp_path / "tree") == {}

"""
Operations and their executor: order, idempotency, denial, crash recovery, compensation, exec.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from ..canonical import thaw
from ..errors import (
    BudgetError,
    CanonicalError,
    EnvelopeViolation,
    GovernanceTampered,
    IdempotencyConflict,
    IndeterminateStep,
    JournalIntegrityError,
    JournalUnavailable,
    OperationError,
    PathRefused,
)
from ..governance.decision import PathUse
from ..governance.granted_fs import GrantedFS
from ..governance.guard_watch import GuardWatch
from ..orchestration import exec_operation, operations
from ..orchestration.fs_operations import FsWrite
from ..orchestration.mission_journal import iter_verified, verify
from ..orchestration.operation import Params, States
from ..orchestration.operations import (
    Effect,
    Plan,
    PreImages,
    Receipt,
    Registry,
    builtin_operations,
    idempotency_key,
)
from .samples import Bench, bench, envelope, tree_of

needs_permissions = pytest.mark.skipif(not hasattr(os, "fchmod"), reason="no permission bits on this platform")


class Crash(BaseException):
    """
    What stands for a killed process: nothing of ours catches it.
    """


def _write(b: Bench, step: str, path: str = "a", text: str = "new") -> Receipt:
    return b.executor.run("fs.write", {"path": path, "text": text}, step_id=step)


def test_each_operation_does_what_it_says(tmp_path: Path) -> None:
    """
    One of each, and the journal tells the same afterwards.
    """
    with bench(tmp_path) as b:
        run = b.executor.run
        run("fs.mkdir", {"path": "d"}, step_id="1")
        run("fs.create", {"path": "d/x.sh", "base64": "IyEK", "executable": True}, step_id="2")
        run("fs.write", {"path": "d/y", "text": "é"}, step_id="3")
        digest = hashlib.sha256("é".encode()).hexdigest()
        run("fs.write", {"path": "d/y", "text": "z", "expect": digest}, step_id="4")
        run("fs.rename", {"source": "d", "target": "e"}, step_id="5")
        read = run("fs.read", {"path": "e/y"}, step_id="6")
        assert (read.content, read.outputs["size"]) == (b"z", 1)
        run("fs.rename", {"source": "e/y", "target": "y"}, step_id="7")
        check = {"e/x.sh": hashlib.sha256(b"#!\n").hexdigest(), "e/y": None}
        assert run("gate.check", {"files": check}, step_id="8").outputs == {"checked": 2}
        run("fs.mkdir", {"path": "empty"}, step_id="9")
        run("fs.delete", {"path": "empty"}, step_id="10")
        assert tree_of(b.tree) == {"e": "directory", "e/x.sh": "100 b'#!\\n'", "y": "0 b'z'"}
        done = run("fs.delete", {"path": "e", "recursive": True}, step_id="11")
        assert dict(done.after) == {"e": None, "e/x.sh": None}
        assert {receipt.status for receipt in [read, done]} == {"completed"}
        b.journal.close()
    assert tree_of(tmp_path / "tree") == {"y": "0 b'z'"}
    assert verify(tmp_path / "journal.jsonl", require_sealed=True).count == 24


def test_a_step_is_done_once(tmp_path: Path) -> None:
    """
    The same request again is answered from the journal, by this process and by the next.
    """
    with bench(tmp_path) as b:
        first = _write(b, "s")
        (b.tree / "a").write_text("touched since")
        again = _write(b, "s")
        assert (first, False, True) == (again, first.replayed, again.replayed or again is first) or again is first
    with bench(tmp_path) as b:
        later = _write(b, "s")
        assert first == later
        assert later.replayed
        assert later.key == idempotency_key(b.journal.header.run_id, "s", "fs.write", 1, {"path": "a", "text": "new"})
        with pytest.raises(IdempotencyConflict):
            _write(b, "s", text="other")
        assert b.executor.receipt("s") == first
        assert b.executor.receipt("none") is None
    assert (tmp_path / "tree" / "a").read_text() == "touched since"


@pytest.mark.parametrize(
    ("op", "params"),
    [
        ("fs.read", {}),
        ("fs.read", {"path": 1}),
        ("fs.read", {"path": "a", "more": 1}),
        ("fs.write", {"path": "a"}),
        ("fs.write", {"path": "a", "text": "x", "base64": ""}),
        ("fs.write", {"path": "a", "text": 1}),
        ("fs.write", {"path": "a", "base64": "@"}),
        ("fs.write", {"path": "a", "text": "x", "expect": 1}),
        ("fs.create", {"path": "a", "text": "x", "executable": "yes"}),
        ("fs.delete", {"path": "a", "recursive": 1}),
        ("fs.rename", {"source": "a"}),
        ("fs.rename", {"source": "a", "target": "a/b"}),
        ("fs.rename", {"source": "a", "target": "a"}),
        ("gate.check", {"files": {}}),
        ("gate.check", {"files": ["a"]}),
        ("gate.check", {"files": {"a": 1}}),
        ("exec", {"argv": ["x"]}),
        ("exec", {"argv": [], "max_cost_usd": 0}),
        ("exec", {"argv": "ls", "max_cost_usd": 0}),
        ("exec", {"argv": ["a\0"], "max_cost_usd": 0}),
        ("exec", {"argv": ["x", 1], "max_cost_usd": 0}),
        ("exec", {"argv": ["x"], "max_cost_usd": 0.5}),
        ("exec", {"argv": ["x"], "max_cost_usd": 0, "timeout_seconds": 0}),
        ("exec", {"argv": ["x"], "max_cost_usd": 0, "timeout_seconds": True}),
        ("exec", {"argv": ["x"], "max_cost_usd": 0, "env": []}),
        ("exec", {"argv": ["x"], "max_cost_usd": 0, "env": {"A=": "b"}}),
        ("exec", {"argv": ["x"], "max_cost_usd": 0, "env": {"A": 1}}),
        ("exec", {"argv": ["x"], "max_cost_usd": 0, "repeatable": 1}),
        ("fs.read", {"path": ("a",)}),
        ("fs.read", []),
    ],
)
def test_malformed_parameters_are_refused_before_anything(tmp_path: Path, op: str, params: dict[str, object]) -> None:
    """
    Nothing is recorded and nothing happens.
    """
    with bench(tmp_path) as b:
        with pytest.raises((OperationError, CanonicalError)):
            b.executor.run(op, params, step_id="s")
        assert b.journal.checkpoint().size == 1
        assert tree_of(b.tree) == {}


@pytest.mark.parametrize(
    ("op", "params", "code"),
    [
        ("fs.write", {"path": "../x", "text": ""}, "PATH_TRAVERSAL"),
        ("fs.write", {"path": "Denied/x", "text": ""}, "PATH_DENIED"),
        ("fs.write", {"path": "other", "text": ""}, "PATH_NOT_ALLOWED"),
        ("fs.write", {"path": "ok/.git/x", "text": ""}, "PATH_PROTECTED"),
        ("fs.write", {"path": "ok/link", "text": ""}, "LINK"),
        ("fs.read", {"path": "ok/a"}, "OP_NOT_ALLOWED"),
        ("fs.rename", {"source": "ok/a", "target": "denied/a"}, "PATH_DENIED"),
        ("fs.rename", {"source": "ok/tree", "target": "ok/new"}, "PATH_DENIED"),
        ("fs.rename", {"source": "ok/a", "target": "ok/../b"}, "PATH_TRAVERSAL"),
        ("fs.rename", {"source": "ok/plain", "target": "ok/tree2"}, "PATH_DENIED"),
        ("fs.delete", {"path": "ok/tree", "recursive": True}, "PATH_DENIED"),
        ("fs.delete", {"path": "ok/holds-link", "recursive": True}, "LINK"),
        ("fs.delete", {"path": "ok/holds-git", "recursive": True}, "PATH_PROTECTED"),
        ("exec", {"argv": ["true"], "max_cost_usd": "1.000001"}, "BUDGET_EXCEEDED"),
    ],
)
def test_a_denial_is_recorded_and_changes_nothing(
    tmp_path: Path, op: str, params: dict[str, object], code: str
) -> None:
    """
    With its code, in the journal and in the exception; asked again, the answer is the recorded one.
    """
    tree = tmp_path / "tree"
    for directory in ("ok/tree/secret", "ok/plain/sub", "ok/holds-link", "ok/holds-git/.git"):
        (tree / directory).mkdir(parents=True)
    (tree / "ok" / "a").write_text("a")
    (tree / "ok" / "tree" / "secret" / "x").write_text("x")
    (tree / "ok" / "link").symlink_to("a")
    (tree / "ok" / "holds-link" / "l").symlink_to("/")
    policy = envelope(
        ["fs.write", "fs.rename", "fs.delete", "exec"], ["ok/**"], ["denied", "ok/tree/secret", "ok/tree2/sub"]
    )
    before = tree_of(tree)
    with bench(tmp_path, policy) as b:
        with pytest.raises(EnvelopeViolation) as caught:
            b.executor.run(op, params, step_id="s")
        assert code == caught.value.code
        replay = b.executor.run(op, params, step_id="s")
        assert (replay.status, replay.decision.code) == ("failed", code)
    with bench(tmp_path, policy) as b:
        assert replay == b.executor.run(op, params, step_id="s")
        if code not in {"OP_NOT_ALLOWED", "BUDGET_EXCEEDED"}:
            assert b.executor.compensate("s").status == "compensated"
    assert before == tree_of(tree)
    entry = json.loads((tmp_path / "journal.jsonl").read_bytes().splitlines()[2])
    assert (entry["status"], entry["outputs"]["decision"]["code"]) == ("failed", code)


def test_an_unknown_operation_does_not_exist(tmp_path: Path) -> None:
    """
    Also in another case, also when it is no text.
    """
    with bench(tmp_path) as b:
        for op in ("fs.chmod", "FS.WRITE", None):
            with pytest.raises(EnvelopeViolation) as caught:
                b.executor.run(op, {}, step_id="s")  # type: ignore[arg-type]  # hostile input
            assert caught.value.code == "OP_UNKNOWN"


def test_a_dry_run_decides_and_touches_nothing(tmp_path: Path) -> None:
    """
    No entry, no file, no pre-image; the receipt says so.
    """
    policy = envelope(deny=["no"])
    with bench(tmp_path, policy) as b:
        (b.tree / "a").write_text("old")
        planned = b.executor.run("fs.write", {"path": "a", "text": "x"}, step_id="s", dry_run=True)
        denied = b.executor.run("fs.write", {"path": "no", "text": "x"}, step_id="t", dry_run=True)
        assert [(r.status, r.dry_run) for r in (planned, denied)] == [("planned", True), ("denied", True)]
        assert planned.before["a"] is not None
        assert b.journal.checkpoint().size == 1
        assert list((tmp_path / "images").iterdir()) == []
        assert tree_of(b.tree) == {"a": "0 b'old'"}
        _write(b, "s")
    assert tree_of(tmp_path / "tree") == {"a": "0 b'new'"}


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
        _write(b, "next")


class _Stopping(FsWrite):
    """
    A write that crashes at a chosen place.
    """

    def __init__(self, where: str) -> None:
        self._where = where

    def apply(self, files: GrantedFS, params: Params, uses: tuple[PathUse, ...]) -> Effect:
        if self._where == "before":
            raise Crash
        super().apply(files, params, uses)
        if self._where == "wrong":
            files.write_bytes("a", b"something else")
            return Effect({})
        raise Crash


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
    crashing = Registry([_Stopping(where)])
    policy = envelope(["fs.write"])
    (tmp_path / "tree").mkdir()
    target = tmp_path / "tree" / "a"
    target.write_text("old")
    with pytest.raises(Crash), bench(tmp_path, policy, registry=crashing) as b:
        _write(b, "s")
    if meanwhile == "touched":
        target.write_text("somebody")
    elif meanwhile == "link":
        target.unlink()
        target.symlink_to("/etc/passwd")
    with bench(tmp_path, policy, registry=Registry([FsWrite()])) as b:
        assert [record.step_id for record in b.journal.open_steps()] == ["s"]
        if status == "completed":
            receipt = _write(b, "s")
            assert (receipt.status, receipt.recovered, target.read_text()) == ("completed", True, "new")
            assert receipt == _write(b, "s")
        else:
            kind = IndeterminateStep if status == "indeterminate" else PathRefused
            with pytest.raises(kind):
                _write(b, "s")
            assert target.is_symlink() or target.read_text() == "somebody"
            failed = b.executor.receipt("s")
            assert failed is not None
            assert failed.status == "failed"
        assert b.journal.open_steps() == ()


def test_a_half_deleted_tree_is_deleted_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What is gone already is passed over; steps that are no operations do not disturb.
    """
    _grow(tmp_path / "tree")
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
    with bench(tmp_path, envelope(["fs.write"]), registry=Registry([_Stopping("wrong")])) as b:
        with pytest.raises(IndeterminateStep, match="afterwards"):
            _write(b, "s")
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
        _write(b, "s")
    monkeypatch.undo()
    with bench(tmp_path, policy) as b, pytest.raises(EnvelopeViolation, match="INTERRUPTED"):
        _write(b, "s")
    assert tree_of(tmp_path / "tree") == {}


def test_what_cannot_be_recorded_is_not_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A journal that fails at the start stops the step, and the reservation is given back.
    """
    with pytest.raises(JournalUnavailable), bench(tmp_path) as b:  # noqa: PT012  # what fails lies inside the block

        def full(_fd: int) -> None:
            raise OSError("no space")

        monkeypatch.setattr(os, "fdatasync", full)
        with pytest.raises(JournalUnavailable):
            b.executor.run("exec", {"argv": ["true"], "max_cost_usd": "0.5"}, step_id="s")
        assert b.executor.ledger.committed == 0
        with pytest.raises(JournalUnavailable):
            _write(b, "t")
        assert tree_of(b.tree) == {}


def test_a_journal_failure_while_applying_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    It is no failure of the step, so the step stays open.
    """

    def broken(*_: object) -> Effect:
        raise JournalUnavailable("gone")

    monkeypatch.setattr(FsWrite, "apply", broken)
    with bench(tmp_path) as b:
        with pytest.raises(JournalUnavailable):
            _write(b, "s")
        assert [record.step_id for record in b.journal.open_steps()] == ["s"]


def test_the_guard_is_looked_at_around_every_step(tmp_path: Path) -> None:
    """
    A change before, during, or found at recovery: recorded, and nothing runs any more.
    """
    guard = tmp_path / "guard"
    guard.mkdir()
    (guard / "rules.py").write_text("1")
    code = f"open({str(guard / 'rules.py')!r}, 'a').write('#')"
    with bench(tmp_path, watch=GuardWatch(guard)) as b:
        with pytest.raises(GovernanceTampered):
            b.executor.run("exec", {"argv": [sys.executable, "-c", code], "max_cost_usd": 0}, step_id="during")
        with pytest.raises(GovernanceTampered):
            _write(b, "later")
        with pytest.raises(GovernanceTampered):
            b.executor.compensate("during")
        assert b.executor.receipt("during").decision.code == "GOVERNANCE_TAMPERED"  # type: ignore[union-attr]  # it has ended
    watch = GuardWatch(guard)
    with pytest.raises(GovernanceTampered), bench(tmp_path, watch=watch) as b:  # noqa: PT012  # what fails lies inside the block
        (guard / "new.py").write_text("")
        _write(b, "before")
    with bench(tmp_path) as b:
        assert _write(b, "before").error is not None
    assert tree_of(tmp_path / "tree") == {}


def test_a_tampered_guard_stops_recovery(tmp_path: Path) -> None:
    """
    An open step is failed, not finished.
    """
    guard = tmp_path / "guard"
    guard.mkdir()
    policy = envelope(["fs.write"])
    with pytest.raises(Crash), bench(tmp_path, policy, registry=Registry([_Stopping("before")])) as b:
        _write(b, "s")
    watch = GuardWatch(guard)
    (guard / "new.py").write_text("")
    with pytest.raises(GovernanceTampered), bench(tmp_path, policy, watch=watch, registry=Registry([FsWrite()])) as b:
        _write(b, "s")
    assert tree_of(tmp_path / "tree") == {}


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


def _grow(tree: Path) -> dict[str, str]:
    (tree / "d" / "sub").mkdir(parents=True)
    (tree / "a").write_text("old")
    (tree / "x").write_bytes(b"\0\xff")
    (tree / "x").chmod(0o755)
    (tree / "d" / "sub" / "deep").write_text("deep")
    return tree_of(tree)


def test_compensation_restores_the_tree(tmp_path: Path) -> None:
    """
    In reverse order, byte for byte, once; as steps of their own.
    """
    before = _grow(tmp_path / "tree")
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
        _write(b, "s")
        (b.tree / "a").write_text("somebody")
        with pytest.raises(IndeterminateStep):
            b.executor.compensate("s")
        assert b.executor.compensate("s").status == "failed"
        _write(b, "t", "b", "1")
        _write(b, "u", "b", "2")
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
    before = _grow(tmp_path / "tree")

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
        _write(b, "s")
        monkeypatch.setattr(GrantedFS, "delete", broken)
        with pytest.raises(JournalUnavailable):
            b.executor.compensate("s")
        assert [record.step_id for record in b.journal.open_steps()] == ["undo:s"]


def test_exec_is_unmediated_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    No shell, the root as directory, a short environment, no input; output hashed, its beginning recorded.
    """
    monkeypatch.setenv("SECRET_TOKEN", "hidden")
    code = (
        "import os,sys;print(sorted(os.environ), sys.stdin.read(), sys.argv[1]);"
        "open('made','w');sys.stderr.write('e'*5000)"
    )
    params = {
        "argv": [sys.executable, "-I", "-c", code, "$HOME; *"],
        "max_cost_usd": "0.25",
        "env": {"EXTRA": "1"},
    }
    with bench(tmp_path) as b:
        receipt = b.executor.run("exec", params, step_id="s")
        assert not receipt.mediated
        assert (receipt.cost, b.executor.ledger.committed) == ("0.250000", Decimal("0.25"))
        told = json.loads(json.dumps(receipt.to_json()["outputs"]))
        stdout, stderr = told["stdout"], told["stderr"]
        assert "SECRET_TOKEN" not in stdout["begin"]
        assert "'EXTRA'" in stdout["begin"]
        assert stdout["begin"].endswith("$HOME; *\n")
        assert stdout["sha256"] == hashlib.sha256(stdout["begin"].encode()).hexdigest()
        assert (stderr["size"], len(stderr["begin"])) == (5000, 2048)
        with pytest.raises(OperationError, match="unmediated"):
            b.executor.compensate("s")
    assert set(tree_of(tmp_path / "tree")) == {"made"}


def test_exec_is_stopped_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    With everything it started, when it takes too long or says too much.
    """
    monkeypatch.setattr(exec_operation, "MAX_OUTPUT_BYTES", 1000)
    child = (
        "import subprocess,sys,time;subprocess.Popen([sys.executable,'-c','import time;time.sleep(60)']);time.sleep(60)"
    )
    flood = "import sys,time\nfor _ in range(9): sys.stdout.write('x'*999); sys.stdout.flush()\ntime.sleep(60)"
    with bench(tmp_path) as b:
        for number, (code, words) in enumerate([(child, "after 1 seconds"), (flood, "said more than")]):
            params = {"argv": [sys.executable, "-c", code], "max_cost_usd": 0, "timeout_seconds": 1 + number * 30}
            with pytest.raises(OperationError, match=words):
                b.executor.run("exec", params, step_id=f"s{number}")


def test_a_platform_without_process_groups_kills_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    As Windows does.
    """
    monkeypatch.delattr(os, "killpg")
    with bench(tmp_path) as b, pytest.raises(OperationError, match="after 1 seconds"):  # noqa: PT012  # what fails lies inside the block
        params = {"argv": [sys.executable, "-c", "import time;time.sleep(60)"], "max_cost_usd": 0, "timeout_seconds": 1}
        b.executor.run("exec", params, step_id="s")


@pytest.mark.parametrize("repeatable", [True, False])
def test_an_interrupted_exec_is_repeated_only_if_that_is_harmless(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    repeatable: bool,  # a table
) -> None:
    """
    Nobody knows how far it came; the mission says whether that matters.
    """
    params = {
        "argv": [sys.executable, "-c", "open('made','a').write('x')"],
        "max_cost_usd": "0.4",
        "repeatable": repeatable,
    }

    def crash(*_: object, **__: object) -> None:
        raise Crash

    with pytest.raises(Crash), bench(tmp_path) as b:  # noqa: PT012  # what fails lies inside the block
        monkeypatch.setattr(type(b.journal), "finish", crash)
        b.executor.run("exec", params, step_id="s")
    monkeypatch.undo()
    with bench(tmp_path) as b:
        assert b.executor.ledger.committed == Decimal("0.4")
        if repeatable:
            assert b.executor.run("exec", params, step_id="s").recovered
        else:
            with pytest.raises(IndeterminateStep):
                b.executor.run("exec", params, step_id="s")
    assert (tmp_path / "tree" / "made").read_text() == "x" * (1 + repeatable)


class _Overrun(FsWrite):
    """
    An operation that costs more than it said.
    """

    name = "cost.more"

    def plan(self, params: Params) -> Plan:
        return Plan((), max_cost=Decimal("0.1") if params else None)

    def expect(self, params: Params, before: States) -> States:  # noqa: ARG002  # the protocol's
        return before

    def apply(self, files: GrantedFS, params: Params, uses: tuple[PathUse, ...]) -> Effect:  # noqa: ARG002  # the protocol's
        return Effect({}, Decimal("0.2"))


def test_an_overrun_stops_all_spending(tmp_path: Path) -> None:
    """
    It is recorded as it was, in this process and the next; an unknown cost is denied.
    """
    policy = envelope(["cost.more"])
    registry = Registry([_Overrun()])
    with bench(tmp_path, policy, registry=registry) as b:
        with pytest.raises(EnvelopeViolation, match="COST_UNKNOWN"):
            b.executor.run("cost.more", {}, step_id="unknown")
        assert b.executor.run("cost.more", {"x": 1}, step_id="a").cost == "0.200000"
        with pytest.raises(EnvelopeViolation, match="BUDGET_EXCEEDED"):
            b.executor.run("cost.more", {"x": 1}, step_id="b")
    with bench(tmp_path, policy, registry=registry) as b, pytest.raises(EnvelopeViolation, match="BUDGET_EXCEEDED"):
        b.executor.run("cost.more", {"x": 1}, step_id="c")


def test_a_registry_has_each_name_once() -> None:
    """
    And well-formed; what is not in it does not exist.
    """
    assert builtin_operations().get("fs.write") is not None
    assert builtin_operations().get("fs.chmod") is None
    for wrong in ([FsWrite(), FsWrite()], [type("Bad", (FsWrite,), {"name": "Bad Name"})()]):
        with pytest.raises(OperationError, match="registry"):
            Registry(wrong)


def test_pre_images_are_content_addressed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Stored once, compared when fetched, repaired when rotten; no half-written file stays.
    """
    images = PreImages(tmp_path / "images")
    name = images.put(b"x")
    assert name == hashlib.sha256(b"x").hexdigest()
    assert (images.put(b"x"), images.get(name)) == (name, b"x")
    (tmp_path / "images" / name).write_bytes(b"y")
    for wrong in (name, "0" * 64, "../x"):
        with pytest.raises(OperationError):
            images.get(wrong)
    assert images.get(images.put(b"x")) == b"x"

    def full(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OperationError, match="cannot be stored"):
        images.put(b"new")
    monkeypatch.undo()
    assert [path.name for path in (tmp_path / "images").iterdir()] == [name]
    (tmp_path / "file").touch()
    with pytest.raises(OperationError, match="cannot be made"):
        PreImages(tmp_path / "file" / "below")


def test_a_foreign_journal_is_refused(tmp_path: Path) -> None:
    """
    Of another envelope, or with entries that no executor wrote.
    """
    with bench(tmp_path) as b:
        _write(b, "s")
        start: dict[str, object] = {"key": "k", "op": "o", "uses": [], "cost": "0", "before": {}, "modes": {}}
        b.journal.start("odd", "fs.write", {**start, "uses": [{}]})
        b.journal.start("odd-mode", "fs.write", {**start, "cost": "y", "modes": {"a": "1777"}})
        b.journal.start("odder", "fs.write", {**start, "cost": "x"})
    with pytest.raises(JournalIntegrityError, match=r"amount.*'x'"), bench(tmp_path):
        pass
    other = tmp_path / "other"
    other.mkdir()
    with bench(other) as b:
        b.journal.start("odd", "x", {**start, "uses": [{"path": "a", "access": "fly", "tree": False}]})
        b.journal.start("bad", "x", start)
        b.journal.finish("bad", "completed", {})
        b.journal.start("no-operation", "x", {})
        b.journal.finish("no-operation", "completed", {})
    with pytest.raises(JournalIntegrityError, match="did not end as an operation"), bench(other):
        pass


def test_an_executor_needs_the_journals_envelope(tmp_path: Path) -> None:
    """
    Decisions of one policy are not continued under another.
    """
    from ..orchestration.recorder import Recorder

    with bench(tmp_path) as b, pytest.raises(JournalIntegrityError, match="envelope-differs"):
        Recorder(b.journal, b.executor.ledger, "sha256:" + "0" * 64)


def test_a_reservation_that_does_not_fit_is_not_recorded(tmp_path: Path) -> None:
    """
    Two askers between decision and reservation: the second is refused.
    """
    from ..orchestration.receipt import Start

    with bench(tmp_path) as b:
        with pytest.raises(BudgetError):
            b.executor._kit.recorder.begin("s", Start("k", "exec", (), "2", {}))
        assert b.journal.checkpoint().size == 1


def test_a_file_that_changes_between_two_looks_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The pre-image must be what the state said.
    """
    with bench(tmp_path) as b:
        (b.tree / "a").write_text("old")
        monkeypatch.setattr(GrantedFS, "read_bytes", lambda *_: b"other")
        with pytest.raises(EnvelopeViolation, match="CHANGED"):
            _write(b, "s")


def test_the_public_names_are_listed() -> None:
    """
    Everything the module lists is there, sorted.
    """
    assert sorted(operations.__all__) == operations.__all__
    assert all(hasattr(operations, name) for name in operations.__all__)

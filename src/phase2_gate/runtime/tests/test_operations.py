"""
Operations: what each does, once; registry, pre-images, receipts.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from ..errors import (
    BudgetError,
    EnvelopeViolation,
    IdempotencyConflict,
    JournalIntegrityError,
    OperationError,
)
from ..governance.granted_fs import GrantedFS
from ..orchestration.fs_operations import FsWrite
from ..orchestration.mission_journal import verify
from ..orchestration.operations import (
    PreImages,
    Registry,
    builtin_operations,
    idempotency_key,
)
from .operation_samples import write_file
from .samples import EXECUTABLE, bench, tree_of


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
        assert tree_of(b.tree) == {"e": "directory", "e/x.sh": f"{EXECUTABLE} b'#!\\n'", "y": "0 b'z'"}
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
        first = write_file(b, "s")
        (b.tree / "a").write_text("touched since")
        again = write_file(b, "s")
        assert (first, False, True) == (again, first.replayed, again.replayed or again is first) or again is first
    with bench(tmp_path) as b:
        later = write_file(b, "s")
        assert first == later
        assert later.replayed
        assert later.key == idempotency_key(b.journal.header.run_id, "s", "fs.write", 1, {"path": "a", "text": "new"})
        with pytest.raises(IdempotencyConflict):
            write_file(b, "s", text="other")
        assert b.executor.receipt("s") == first
        assert b.executor.receipt("none") is None
    assert (tmp_path / "tree" / "a").read_text() == "touched since"


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
        write_file(b, "s")
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
            write_file(b, "s")

"""
The n-th call fails, for every n: full disk, broken disk, short write.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from phase2_gate.runtime.errors import JournalError, JournalUnavailable, RuntimeGuardError
from phase2_gate.runtime.orchestration.mission_journal import MissionJournal, iter_verified
from phase2_gate.runtime.tests.samples import bench, context, tree_of

from .sweep import interposed, memory_home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """
    A scratch directory in memory.
    """
    path = Path(tempfile.mkdtemp(dir=memory_home(tmp_path)))
    yield path
    shutil.rmtree(path)


class _Fault:
    """
    Fails the n-th call of one function in one way.
    """

    def __init__(self, number: int, kind: str) -> None:
        self.calls = 0
        self._number = number
        self._kind = kind

    def __call__(self, _name: str, args: tuple[object, ...], call: Callable[[], object]) -> object:
        self.calls += 1
        if self.calls != self._number:
            return call()
        if self._kind == "short":
            fd, data = args
            assert isinstance(fd, int)
            assert isinstance(data, (bytes, memoryview))
            # The real one, cut short: through writev, which is not interposed.
            return os.writev(fd, [bytes(data)[: len(data) // 2]])
        number = {"full": errno.ENOSPC, "broken": errno.EIO}[self._kind]
        raise OSError(number, os.strerror(number))


def _journal_run(path: Path, acknowledged: list[str]) -> None:
    if path.exists():
        journal = MissionJournal.open(path, context(), on_torn="recover")
    else:
        journal = MissionJournal.create(path, context())
    with journal:
        for number in range(3):
            acknowledged.append(journal.start(f"n{len(acknowledged)}-{number}", "x", {"t": "y" * 600}).entry_hash)
        journal.checkpoint()


_CALLS = ("write", "fsync", "fdatasync", "ftruncate", "replace", "open", "lseek", "read", "fstat")


@pytest.mark.parametrize(
    ("name", "kind"), [("write", "short"), *((name, kind) for name in _CALLS for kind in ("full", "broken"))]
)
@pytest.mark.parametrize("begin", ["new", "torn"])
def test_the_journal_stays_good_whichever_call_fails(home: Path, name: str, kind: str, begin: str) -> None:
    """
    Only errors of ours come out; what was acknowledged is there; a failed sync poisons; the next open goes on.
    """
    fault = _Fault(0, kind)
    number = 0
    for number in range(1, 200):
        path = home / f"{number}.j"
        acknowledged: list[str] = []
        problems: list[Exception] = []
        if begin == "torn":
            _journal_run(path, acknowledged)
            with path.open("ab") as file:
                file.write(b'{"half')
        fault = _Fault(number, kind)
        with interposed((name,), fault):
            try:
                _journal_run(path, acknowledged)
            except (JournalError, OSError) as exc:
                problems.append(exc)
        assert name == "fstat" or all(isinstance(problem, JournalUnavailable) for problem in problems)
        if path.exists():
            with MissionJournal.open(path, context(), on_torn="recover") as journal:
                journal.start("after", "x", {})
            found = [record.entry_hash for record in iter_verified(path)]
            assert set(acknowledged) <= set(found)
        assert not list(home.glob("*.tmp"))
        if fault.calls < number:
            break
    assert fault.calls < number < 199


def test_a_handle_is_poisoned_by_a_failed_sync_and_not_by_an_undone_short_write(home: Path) -> None:
    """
    After a failed sync nobody knows what is on the disk, and a second sync would lie.
    """
    with MissionJournal.create(home / "short", context()) as journal:
        with interposed(("write",), _Fault(1, "short")), pytest.raises(JournalUnavailable, match="short write"):
            journal.start("a", "x", {})
        journal.start("a", "x", {})
        with (
            interposed(("write",), _Fault(1, "short")),
            interposed(("ftruncate",), _Fault(1, "broken")),
            pytest.raises(JournalUnavailable, match="could not be undone"),
        ):
            journal.start("b", "x", {})
        with pytest.raises(JournalUnavailable, match="poisoned"):
            journal.start("b", "x", {})
        journal._writer.file.close()
    journal = MissionJournal.create(home / "sync", context())
    with interposed(("fdatasync",), _Fault(1, "broken")), pytest.raises(JournalUnavailable, match="sync failed"):
        journal.start("a", "x", {})
    for call in (lambda: journal.start("a", "x", {}), journal.sync, journal.checkpoint):
        with pytest.raises(JournalUnavailable, match="poisoned"):
            call()
    journal._writer.file.close()


_STEPS = (
    ("fs.write", {"path": "a", "text": "new"}),
    ("fs.create", {"path": "n", "text": "n"}),
    ("fs.rename", {"source": "a", "target": "b"}),
    ("fs.mkdir", {"path": "d"}),
    ("fs.delete", {"path": "n"}),
)


@pytest.mark.parametrize(
    "name", ["write", "fsync", "fdatasync", "rename", "replace", "link", "unlink", "mkdir", "open"]
)
@pytest.mark.parametrize("kind", ["full", "broken"])
def test_the_tree_is_before_or_after_whichever_call_fails(home: Path, name: str, kind: str) -> None:
    """
    No half file, no temporary file; each step is completed or not, as its receipt says.
    """
    goals = [{"a": "0 b'old'"}]
    for change in (
        {"a": "0 b'new'"},
        {"n": "0 b'n'"},
        {"a": None, "b": "0 b'new'"},
        {"d": "directory"},
        {"n": None},
    ):
        goals.append({k: v for k, v in {**goals[-1], **change}.items() if v is not None})
    fault = _Fault(0, kind)
    number = 0
    for number in range(1, 300):
        place = home / str(number)
        (place / "tree").mkdir(parents=True)
        (place / "tree" / "a").write_text("old")
        fault = _Fault(number, kind)
        with interposed((name,), fault):
            _run_steps(place)
        with bench(place) as b:
            for step in b.journal.open_steps():
                index = int(step.step_id)
                try:
                    b.executor.run(*_STEPS[index], step_id=step.step_id)
                except RuntimeGuardError:
                    continue
            receipts = [b.executor.receipt(str(index)) for index in range(len(_STEPS))]
        done = sum(receipt is not None and receipt.status == "completed" for receipt in receipts)
        seen = {path: state for path, state in tree_of(place / "tree").items() if ".tmp" not in path}
        # A failure may come after the effect: then the receipt says failed, and what stands is the state after.
        assert seen in (goals[done], goals[min(done + 1, len(goals) - 1)]), (name, number)
        shutil.rmtree(place)
        if fault.calls < number:
            assert done == len(_STEPS)
            break
    assert fault.calls < number


def _run_steps(place: Path) -> None:
    try:
        with bench(place) as b:
            for index, (op, params) in enumerate(_STEPS):
                b.executor.run(op, params, step_id=str(index))
    except (RuntimeGuardError, OSError):
        return

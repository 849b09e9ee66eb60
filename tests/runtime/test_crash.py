"""
Power cuts and kill -9: no acknowledged entry is lost, no half entry accepted, at every prefix of the writes.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from phase2_gate.runtime.errors import JournalLocked
from phase2_gate.runtime.orchestration.mission_journal import MissionJournal, iter_verified, verify
from phase2_gate.runtime.tests.samples import context

from .sweep import bounded, interposed, memory_home

_SECTOR = 512


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """
    A scratch directory in memory.
    """
    path = Path(tempfile.mkdtemp(dir=memory_home(tmp_path)))
    yield path
    shutil.rmtree(path)


def _record(path: Path, steps: int) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """
    Write a journal and return for each write what was synced before it and what was written, and the whole.
    """
    writes: list[tuple[bytes, bytes]] = []
    synced = b""

    def hook(name: str, args: tuple[object, ...], call: object) -> object:
        nonlocal synced
        result = call()  # type: ignore[operator]  # the real function
        if name == "write":
            data = args[1]
            assert isinstance(data, bytes)
            writes.append((synced, data))
        else:
            synced = path.read_bytes()
        return result

    with (
        interposed(("write", "fsync", "fdatasync"), hook),
        MissionJournal.create(path, context()) as journal,
    ):
        for number in range(steps):
            journal.start(f"s{number}", "x", {"text": "y" * (number * 450 % 1300)})
            journal.finish(f"s{number}", "completed", {})
        journal.close()
    return writes, synced


def _torn(before: bytes, data: bytes) -> Iterator[bytes]:
    """
    What a disk may hold when the power goes while `data` is on its way: every byte prefix, and every choice of
    sectors that made it, in any order.
    """
    for size in range(len(data) + 1):
        yield before + data[:size]
    whole = before + data
    first, last = len(before) // _SECTOR, (len(whole) - 1) // _SECTOR
    for kept in itertools.product([True, False], repeat=last - first + 1):
        image = bytearray(whole)
        for sector, keep in zip(range(first, last + 1), kept, strict=True):
            if not keep:
                start, stop = max(sector * _SECTOR, len(before)), min((sector + 1) * _SECTOR, len(whole))
                image[start:stop] = bytes(stop - start)
        yield bytes(image)


def test_every_prefix_and_every_order_of_sectors_recovers(home: Path) -> None:
    """
    Stride 1: whatever reached the disk, what was acknowledged is there, and nothing but whole entries.
    """
    writes, whole = _record(home / "original", bounded(4, 20))
    entries = [record.entry_hash for record in iter_verified(home / "original")]
    assert whole == (home / "original").read_bytes()
    assert len(writes) == len(entries)
    path, images = home / "j", 0
    for acknowledged, (before, data) in enumerate(writes):
        # One write a line, and everything before it was durable: what makes the rest possible.
        assert data.count(b"\n") == 1
        assert before.count(b"\n") == acknowledged
        for image in _torn(before, data):
            images += 1
            path.write_bytes(image)
            with MissionJournal.open(path, context(), on_torn="recover"):
                pass
            found = [record.entry_hash for record in iter_verified(path)]
            if acknowledged == 0 and found[:1] != entries[:1]:
                # Nothing was acknowledged: the journal was begun anew.
                assert len(found) == 1
            else:
                assert found in (entries[:acknowledged], entries[: acknowledged + 1])
            for side in home.glob("j.torn-*"):
                assert image.endswith(side.read_bytes())
                side.unlink()
    assert images > len(whole)


def _append_forever(path: Path, report: int) -> None:
    """
    The child: append, and tell of each entry after it was acknowledged.
    """
    try:
        while True:
            try:
                with MissionJournal.open(path, context(), on_torn="recover") as journal:
                    for _ in range(1000):
                        step = f"p{os.getpid()}-{journal.checkpoint().size}"
                        record = journal.start(step, "x", {"text": "y" * 300})
                        os.write(report, record.entry_hash.encode() + b"\n")
            except JournalLocked:
                continue
    finally:
        os._exit(1)


@pytest.mark.parametrize("writers", [1, 3])
def test_kill_9_at_random_points_loses_nothing_acknowledged(home: Path, writers: int) -> None:
    """
    One process, and several that compete for the lock.
    """
    path = home / "j"
    MissionJournal.create(path, context()).__exit__(None, None, None)
    acknowledged: list[str] = []
    chance = random.Random(writers)  # noqa: S311  # a test's dice
    for _ in range(bounded(12, 150)):
        reader, report = os.pipe()
        children = []
        for _ in range(writers):
            child = os.fork()
            if child == 0:
                os.close(reader)
                _append_forever(path, report)
            children.append(child)
        os.close(report)
        with open(reader, "rb") as told:
            wanted = chance.randrange(1, 40)
            lines = [told.readline() for _ in range(wanted)]
            for child in children:
                os.kill(child, signal.SIGKILL)
            for child in children:
                os.waitpid(child, 0)
            lines += told.readlines()
        acknowledged += [line.decode().strip() for line in lines if line.endswith(b"\n")]
        with MissionJournal.open(path, context(), on_torn="recover"):
            pass
        found = {record.entry_hash for record in iter_verified(path)}
        assert set(acknowledged) <= found
    # Each kill may leave one entry that was written and not told of.
    assert len(acknowledged) <= verify(path).count - 1 <= len(acknowledged) + bounded(12, 150) * writers

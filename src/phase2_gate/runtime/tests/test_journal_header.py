"""
The first entry of a journal: nothing but a header is one, and a reader knows which run it reads.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ..orchestration.mission_journal import (
    Checkpoint,
    JournalAnchorMismatch,
    JournalIntegrityError,
    JournalUnavailable,
    iter_verified,
    verify,
)
from .features import needs_fifos
from .journal_samples import create_journal, filled_journal, lines_of, relinked
from .samples import context, free_descriptors

Change = Callable[[dict[str, object]], dict[str, object]]


def _inputs(**changes: object) -> Change:
    """
    A first entry whose header says something else.
    """

    def change(entry: dict[str, object]) -> dict[str, object]:
        header = entry["inputs"]
        assert isinstance(header, dict)
        return {**entry, "inputs": {key: value for key, value in {**header, **changes}.items() if value != "gone"}}

    return change


@pytest.mark.parametrize(
    "change",
    [
        _inputs(run_id=7),
        _inputs(run_id="gone"),
        _inputs(run_id="sha256:0"),
        _inputs(run_id_audit=7),
        _inputs(run_id_audit="gone"),
        _inputs(run_id_audit="12345678-1234-4234-8234-123456789ABC"),
        _inputs(run_id_audit="no uuid"),
        _inputs(baseline_commit=7),
        _inputs(baseline_commit="gone"),
        _inputs(baseline_commit="main"),
        _inputs(envelope="sha256:0"),
        _inputs(envelope=7),
        _inputs(bundle="sha256:0"),
        _inputs(bundle=7),
        _inputs(schema="phase2-gate/mission-journal/2"),
        _inputs(more=1),
        lambda entry: {**entry, "inputs": {}},
        lambda entry: {**entry, "step_id": "a"},
        lambda entry: {
            **entry,
            "status": "completed",
            "completed_at": entry["started_at"],
            "inputs": {},
            "outputs": entry["inputs"],
        },
    ],
    ids=range(19),
)
def test_what_is_no_header_begins_no_journal(tmp_path: Path, change: Change) -> None:
    """
    Whatever follows, and with all hashes right: the first entry is wrong, and said to be.
    """
    filled_journal(tmp_path / "j")
    lines = lines_of(tmp_path / "j")
    (tmp_path / "forged").write_bytes(relinked([change(lines[0]), *lines[1:]]))
    with pytest.raises(JournalIntegrityError) as caught:
        verify(tmp_path / "forged")
    assert (caught.value.rule, caught.value.index, caught.value.offset) == ("first-entry", 0, 0)


def test_a_header_may_name_policy_and_bundle(tmp_path: Path) -> None:
    """
    By their digests, which a reader gives back.
    """
    policy, bundle = "sha256:" + "e" * 64, "sha256:" + "b" * 64
    filled_journal(tmp_path / "j")
    lines = lines_of(tmp_path / "j")
    (tmp_path / "j").write_bytes(relinked([_inputs(envelope=policy, bundle=bundle)(lines[0]), *lines[1:]]))
    header = verify(tmp_path / "j").header
    assert header is not None
    assert (header.envelope, header.bundle) == (policy, bundle)


def test_the_end_of_a_run_does_not_begin_it(tmp_path: Path) -> None:
    """
    It is refused as an end, before anybody looks for a header in it.
    """
    filled_journal(tmp_path / "j", seal=True)
    end = lines_of(tmp_path / "j")[-1]
    (tmp_path / "j").write_bytes(relinked([end]))
    with pytest.raises(JournalIntegrityError, match="need the start of 'run'"):
        verify(tmp_path / "j")


def test_the_run_is_told_before_anything_is_handed_out(tmp_path: Path) -> None:
    """
    Of another run not one entry is given; the position is the first entry's.
    """
    path, other = tmp_path / "j", "sha256:" + "0" * 64
    checkpoint = filled_journal(path)
    assert checkpoint == verify(path).checkpoint()
    assert len(list(iter_verified(path, expect_run_id=context().run_id))) == checkpoint.size
    entries = iter_verified(path, expect_run_id=other)
    for read in (lambda: next(entries), lambda: verify(path, expect_run_id=other)):
        with pytest.raises(JournalIntegrityError, match="run-id") as caught:
            read()
        assert (caught.value.index, caught.value.offset) == (0, 0)
    with pytest.raises(JournalAnchorMismatch, match="anchor-origin") as mismatch:
        verify(path, anchor=Checkpoint(other, checkpoint.size, checkpoint.head))
    assert (mismatch.value.index, mismatch.value.offset) == (0, 0)


def test_a_seal_with_something_behind_it_is_no_seal(tmp_path: Path) -> None:
    """
    A torn entry after the end of the run: torn, and not what a demanded seal means.
    """
    path = tmp_path / "j"
    filled_journal(path, seal=True)
    assert verify(path, require_sealed=True).state == "sealed"
    with path.open("ab") as file:
        file.write(b'{"half')
    assert verify(path).state == "torn"
    with pytest.raises(JournalIntegrityError, match="not-sealed"):
        verify(path, require_sealed=True)


def test_a_report_without_an_entry_has_no_checkpoint(tmp_path: Path) -> None:
    """
    And a report cannot be changed.
    """
    (tmp_path / "j").write_bytes(b"")
    report = verify(tmp_path / "j")
    with pytest.raises(JournalIntegrityError, match="no complete entry"):
        report.checkpoint()
    filled_journal(tmp_path / "k")
    good = verify(tmp_path / "k")
    for half in (dataclasses.replace(good, header=None), dataclasses.replace(good, head=None)):
        with pytest.raises(JournalIntegrityError, match="no complete entry"):
            half.checkpoint()
    with pytest.raises(dataclasses.FrozenInstanceError):
        good.count = 0  # type: ignore[misc]  # the point of the test
    assert not hasattr(good, "__dict__")


def test_a_header_cannot_be_changed(tmp_path: Path) -> None:
    """
    It is what everything else is compared with.
    """
    with create_journal(tmp_path / "j") as journal, pytest.raises(dataclasses.FrozenInstanceError):
        journal.header.run_id = "other"  # type: ignore[misc]  # the point of the test
    assert not hasattr(journal.header, "__dict__")


@needs_fifos
def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    """
    Whether a journal is good, cut short by its reader, or not a file at all.
    """
    with create_journal(tmp_path / "j"):
        pass
    os.mkfifo(tmp_path / "fifo")
    free = free_descriptors()
    verify(tmp_path / "j")
    entries = iter_verified(tmp_path / "j")
    next(entries)
    entries.close()  # type: ignore[attr-defined]  # it is a generator
    with pytest.raises(JournalUnavailable, match="not a regular file"):
        verify(tmp_path / "fifo")
    assert free == free_descriptors()

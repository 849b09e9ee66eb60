"""
Entries: what their fields may be, however they are made.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ..orchestration.mission_journal import (
    JournalSchemaError,
    StepRecord,
    iter_verified,
    verify,
)
from ..orchestration.record import chain
from .journal_samples import create_journal


def test_entries_are_handed_out_as_records(tmp_path: Path) -> None:
    """
    What was put in comes out, read-only.
    """
    path = tmp_path / "j"
    with create_journal(path) as journal:
        started = journal.start("a", "do it", {"x": {"y": [1]}})
        ended = journal.finish("a", "failed", {"why": "because"})
        assert (started.status, started.completed_at, ended.status) == ("started", None, "failed")
        assert (started.started_at, ended.prev_hash) == (ended.started_at, started.entry_hash)
        with pytest.raises(TypeError):
            started.inputs["x"] = 1  # type: ignore[index]  # the point of the test
    assert [started, ended] == list(iter_verified(path))[1:]
    assert started.to_json()["inputs"] == {"x": {"y": [1]}}


@pytest.mark.parametrize(
    ("step_id", "name", "inputs"),
    [
        ("", "x", {}),
        ("-a", "x", {}),
        ("a b", "x", {}),
        ("a\n", "x", {}),
        ("x" * 129, "x", {}),
        (1, "x", {}),
        ("a", "", {}),
        ("a", "x\n", {}),
        ("a", "x" * 257, {}),
        ("a", None, {}),
        ("a", "x", []),
        ("a", "x", {"t": (1,)}),
        ("a", "x", {"n": float("nan")}),
        ("a", "x", {1: 2}),
        ("a", "x", {"big": "x" * (1 << 20)}),
    ],
    ids=range(15),
)
def test_arguments_must_fit_the_format(tmp_path: Path, step_id: str, name: str, inputs: dict[str, object]) -> None:
    """
    A schema error, nothing written, the handle goes on.
    """
    path = tmp_path / "j"
    with create_journal(path) as journal:
        with pytest.raises(JournalSchemaError):
            journal.start(step_id, name, inputs)
        journal.start("fine", "x", {})
    assert verify(path).count == 2


def test_a_record_is_checked_however_it_is_made() -> None:
    """
    The constructor takes no malformed field.
    """
    record, line = chain(
        step_id="a",
        name="x",
        status="started",
        started_at="2026-01-02T03:04:05.000000Z",
        completed_at=None,
        inputs={"k": [1]},
        outputs={},
        prev_hash=None,
    )
    assert line == json.dumps(record.to_json(), sort_keys=True, separators=(",", ":")).encode() + b"\n"
    again = StepRecord(**record.fields())  # type: ignore[arg-type]  # checked when it is made
    assert record == again
    for key, value in [("inputs", None), ("inputs", {"x": {1}}), ("status", "done"), ("outputs", {"x": 1})]:
        fields = {**record.to_json(), key: value}
        with pytest.raises(JournalSchemaError):
            StepRecord(**fields)  # type: ignore[arg-type]  # the point of the test

"""
Entries: what their fields may be, however they are made.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

import pytest

from ..canonical import strict_object
from ..orchestration.mission_journal import JournalSchemaError, iter_verified, verify
from ..orchestration.record import StepRecord, chain, check_shape
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


_FIELDS: dict[str, object] = {
    "step_id": "a",
    "name": "x",
    "status": "started",
    "started_at": "2026-01-02T03:04:05.000000Z",
    "completed_at": None,
    "inputs": {},
    "outputs": {},
    "prev_hash": None,
    "entry_hash": "sha256:" + "0" * 64,
}
_ENDED = {"status": "completed", "completed_at": _FIELDS["started_at"]}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"more": 1}, "keys: seen"),
        ({"step_id": "a b"}, "step_id: seen 'a b'"),
        ({"step_id": "a" * 129}, "step_id: seen"),
        ({"name": ""}, "name: seen ''"),
        ({"name": "n" * 257}, "name: seen"),
        ({"name": "a\n"}, "name: seen"),
        ({"started_at": "2026-01-02"}, "started_at: seen"),
        ({"entry_hash": "sha256:0"}, "entry_hash: seen"),
        ({"prev_hash": "sha256:0"}, "prev_hash: seen"),
        ({"inputs": []}, "inputs and outputs: need two objects"),
        ({"outputs": None}, "inputs and outputs: need two objects"),
        ({"completed_at": _FIELDS["started_at"]}, "started: need completed_at null"),
        ({"outputs": {"a": 1}}, "started: need completed_at null and outputs empty"),
        ({**_ENDED, "completed_at": None}, "completed: need completed_at"),
        ({**_ENDED, "inputs": {"a": 1}}, "completed: need completed_at as rfc 3339 utc and inputs empty"),
        ({**_ENDED, "status": "done"}, "status: seen 'done'"),
        ({"status": ["started"]}, "status: seen ['started']"),
        ({**_ENDED, "status": {}}, "status: seen {}"),
    ],
)
def test_a_field_that_does_not_fit_is_named(changes: dict[str, object], problem: str) -> None:
    """
    Each rule of the format by itself.
    """
    assert (check_shape({**_FIELDS, **changes}) or "").startswith(problem)


def test_the_bounds_of_fields_are_exact() -> None:
    """
    128 characters of an id, 256 of a name.
    """
    assert check_shape(_FIELDS) is None
    assert check_shape({**_FIELDS, **_ENDED}) is None
    assert check_shape({**_FIELDS, "step_id": "a" * 128, "name": "n" * 256}) is None


def _chain(inputs: object, name: str = "x") -> bytes:
    times = {"started_at": str(_FIELDS["started_at"]), "completed_at": None}
    return chain(step_id="a", name=name, status="started", inputs=inputs, outputs={}, prev_hash=None, **times)[1]  # type: ignore[arg-type]  # tables of them


def test_a_line_may_be_as_long_as_is_said_and_no_longer() -> None:
    """
    One MiB with its line feed.
    """
    room = (1 << 20) - len(_chain({"t": ""}))
    line = _chain({"t": "y" * room})
    assert len(line) == 1 << 20
    assert strict_object(line[:-1])["inputs"] == {"t": "y" * room}
    with pytest.raises(JournalSchemaError, match="too long: seen 1048577 bytes, need at most 1048576"):
        _chain({"t": "y" * (room + 1)})


def test_what_cannot_be_recorded_is_named() -> None:
    """
    Not an object, not json, or a number that this interpreter was told not to write.
    """
    for inputs, words in [([], "inputs: need a dict, seen list"), ({"a": {1}}, r"inputs: canonical json at '/a'")]:
        with pytest.raises(JournalSchemaError, match=words):
            _chain(inputs)
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(700)
    try:
        with pytest.raises(JournalSchemaError, match="digits"):
            _chain({"a": 10**800})
    finally:
        sys.set_int_max_str_digits(before)


def test_a_record_cannot_be_changed() -> None:
    """
    Neither a field nor what is in it; nothing can be added.
    """
    record = StepRecord(**{**_FIELDS, "inputs": {"k": [1]}})  # type: ignore[arg-type]  # checked when it is made
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.name = "y"  # type: ignore[misc]  # the point of the test
    with pytest.raises(TypeError):
        record.inputs["k"] = 2  # type: ignore[index]  # the point of the test
    assert not hasattr(record, "__dict__")

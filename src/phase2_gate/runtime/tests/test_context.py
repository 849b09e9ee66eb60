"""
The execution context: validated fields, and a run id that follows from what will be done.
"""

from __future__ import annotations

import dataclasses
import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest

from ..context import ExecutionContext
from ..errors import CanonicalError, ContextError
from ..timestamp import is_timestamp, render, utc_now
from .samples import AUDIT_ID, COMMIT, Clock

_BUNDLE = "sha256:" + "b" * 64


def _derive(**changes: object) -> ExecutionContext:
    values: dict[str, object] = {
        "repo_root": "/tree",
        "baseline_commit": COMMIT,
        "mission": [{"op": "fs.read"}],
        "envelope": {"allow_ops": []},
        "bundle_digest": _BUNDLE,
    }
    values.update(changes)
    return ExecutionContext.derive(**values, clock=Clock(), uuid4=lambda: AUDIT_ID)  # type: ignore[arg-type]  # a table of them


def test_the_run_id_is_a_fixed_digest() -> None:
    """
    The same inputs give the same id on every machine, forever; computed by hand from the canonical text.
    """
    import hashlib

    text = (
        f'{{"baseline_commit":"{COMMIT}","bundle":"{_BUNDLE}","domain":"phase2-gate/run-id/1",'
        '"envelope":{"allow_ops":[]},"mission":[{"op":"fs.read"}]}'
    )
    assert "sha256:" + hashlib.sha256(text.encode()).hexdigest() == _derive().run_id


@pytest.mark.parametrize(
    "change",
    [
        {"baseline_commit": "f" * 40},
        {"mission": [{"op": "fs.write"}]},
        {"mission": []},
        {"envelope": {"allow_ops": ["x"]}},
        {"bundle_digest": None},
        {"bundle_digest": "sha256:" + "c" * 64},
    ],
)
def test_each_input_changes_the_run_id(change: dict[str, object]) -> None:
    """
    Everything that decides what will be done is in it.
    """
    assert _derive().run_id != _derive(**change).run_id


def test_place_and_time_do_not_change_the_run_id() -> None:
    """
    Directory, clock and audit id are not in it.
    """
    first = _derive()
    other = ExecutionContext.derive("/elsewhere", COMMIT, [{"op": "fs.read"}], {"allow_ops": []}, _BUNDLE)
    assert first.run_id == other.run_id
    assert first.run_id_audit != other.run_id_audit
    assert first.started_at != other.started_at


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("repo_root", "relative"),
        ("repo_root", "/nul\0"),
        ("repo_root", None),
        ("baseline_commit", "f" * 39),
        ("baseline_commit", "F" * 40),
        ("baseline_commit", "f" * 40 + "\n"),
        ("baseline_commit", 7),
        ("run_id", "a" * 64),
        ("run_id_audit", str(AUDIT_ID)),
        ("run_id_audit", uuid.UUID("12345678-1234-1234-8234-123456789abc")),
        ("started_at", "2026-01-02T03:04:05Z"),
        ("started_at", "2026-02-30T03:04:05.000000Z"),
        ("started_at", "2026-01-02T03:04:05.000000+00:00"),
        ("started_at", None),
    ],
)
def test_a_malformed_field_is_refused(field: str, value: object) -> None:
    """
    The message names the field.
    """
    with pytest.raises(ContextError, match=field):
        dataclasses.replace(_derive(), **{field: value})  # type: ignore[arg-type]  # the point of the test


def test_a_malformed_input_is_refused() -> None:
    """
    A bundle digest without prefix, a mission that is no JSON.
    """
    with pytest.raises(ContextError, match="bundle_digest"):
        _derive(bundle_digest="b" * 64)
    with pytest.raises(CanonicalError):
        _derive(mission={1, 2})


def test_a_context_is_frozen() -> None:
    """
    No field can be set.
    """
    with pytest.raises(dataclasses.FrozenInstanceError):
        _derive().run_id = "x"  # type: ignore[misc]  # the point of the test


def test_times_have_one_spelling() -> None:
    """
    Any zone is turned into UTC; a time without a zone names none.
    """
    east = datetime(2026, 1, 2, 3, 0, 0, 7, tzinfo=timezone(timedelta(hours=2)))
    assert render(east) == "2026-01-02T01:00:00.000007Z"
    assert is_timestamp(render(utc_now()))
    assert is_timestamp(render(datetime(7, 1, 1, tzinfo=UTC)))
    with pytest.raises(ValueError, match="no time zone"):
        render(datetime(2026, 1, 2))  # noqa: DTZ001  # the point of the test

"""
Tests of `phase2_gate.audit.execution.program`: a record counts when it is whole, and every line is the recorder's.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from phase2_gate.audit.execution.probe.record import writer
from phase2_gate.audit.execution.program import events, source

KEY = "0b" * 32
START: dict[str, object] = {"event": "start", "nonce": "n"}
FINISH: dict[str, object] = {"event": "finish", "nonce": "n"}


def signed(*values: object) -> bytes:
    """
    A record of these values, each signed for its place.
    """
    lines = []
    for number, value in enumerate(values):
        text = json.dumps(value).encode()
        mark = hashlib.blake2b(str(number).encode() + b" " + text, key=b"\x0b" * 32, digest_size=16)
        lines.append(mark.hexdigest().encode() + b" " + text + b"\n")
    return b"".join(lines)


def test_a_whole_record() -> None:
    """
    Start and end with the nonce, once each.
    """
    assert events(signed(START, FINISH), "n", KEY) == (START, FINISH)


def test_the_recorder_signs_so(tmp_path: Path) -> None:
    """
    What runs beside the suite writes what is read here.
    """
    with (tmp_path / "record").open("wb") as file:
        emit = writer(file.fileno(), KEY)
        emit(**START)
        emit(event="collected", id="\u00e9\n")
        emit(**FINISH)
    data = (tmp_path / "record").read_bytes()
    assert data == signed(START, {"event": "collected", "id": "\u00e9\n"}, FINISH)


def test_the_recorder_writes_until_all_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A pipe may take a line in pieces.
    """
    pieces: list[bytes] = []

    def write(_: int, data: bytes) -> int:
        pieces.append(data[:7])
        return len(data[:7])

    monkeypatch.setattr(os, "write", write)
    writer(0, KEY)(**START)
    assert b"".join(pieces) == signed(START)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "the record is empty"),
        (signed(START)[:-1], "the record breaks off"),
        (signed([]), "the record holds a line that is no event"),
        (signed({"event": 1}), "the record holds a line that is no event"),
        (signed({"event": "start", "nonce": "m"}), "the record does not begin with its start"),
        (signed(FINISH), "the record does not begin with its start"),
        (signed(START), "the record has no end: the interpreter left before the last step"),
        (
            signed(START, {"event": "finish", "nonce": "m"}),
            "the record has no end: the interpreter left before the last step",
        ),
        (signed(START, {"event": "finish"}, FINISH), "the record has its start or its end twice"),
        (signed(START, {"event": "start"}, FINISH), "the record has its start or its end twice"),
    ],
)
def test_records_that_prove_nothing(data: bytes, expected: str) -> None:
    """
    A record is whole, or there is none.
    """
    assert expected == events(data, "n", KEY)


@pytest.mark.parametrize(
    "data",
    [
        b"x\n",
        b'{"event": "start", "nonce": "n"}\n',
        signed(START) + b'{"event": "control", "id": "a"}\n' + signed(START, FINISH).splitlines(keepends=True)[1],
        signed(START) + signed(FINISH),
        signed(START, START, FINISH).splitlines(keepends=True)[0] + signed(START, START, FINISH).splitlines(True)[2],
        signed(START).replace(b'"n"', b'"m"') + signed(START, FINISH).splitlines(keepends=True)[1],
        b"\xff" * 32 + b" {}\n",
    ],
)
def test_lines_of_somebody_else(data: bytes) -> None:
    """
    A line that was added, taken out, changed or moved makes the record worthless.
    """
    told = "the record holds a line that was not written by the recorder, or not in this place"
    assert events(data, "n", KEY) == told


def test_the_key_stands_in_no_code() -> None:
    """
    Frames on the stack hold the program's constants; the settings come behind the program, and are read apart.
    """
    data = source(("record", "imports"), {"key": KEY})
    length, _, rest = data.partition(b"\n")
    assert json.loads(rest[int(length) :]) == {"key": KEY}
    assert KEY.encode() not in rest[: int(length)]

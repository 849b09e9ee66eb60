"""
Tampering with a sealed journal of fifty entries and more: what a bare chain finds, and what only an anchor does.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from phase2_gate.runtime.errors import JournalError
from phase2_gate.runtime.orchestration.mission_journal import Checkpoint, MissionJournal, verify
from phase2_gate.runtime.tests.samples import context

from .sweep import bounded, memory_home

_DOCS = Path(__file__).resolve().parents[2] / "docs" / "runtime.md"


@pytest.fixture(scope="module")
def sealed() -> Iterator[tuple[Path, bytes, Checkpoint]]:
    """
    Path, content and checkpoint of a sealed journal.
    """
    home = Path(tempfile.mkdtemp(dir=memory_home(Path(tempfile.gettempdir()))))
    with MissionJournal.create(home / "j", context()) as journal:
        for number in range(26):
            journal.start(f"s{number}", "x", {"n": number})
            journal.finish(f"s{number}", "completed", {"ok": True})
        anchor = journal.close()
    assert anchor.size >= 50
    yield home / "j", (home / "j").read_bytes(), anchor
    shutil.rmtree(home)


def _finds(path: Path, data: bytes, anchor: Checkpoint | None = None, *, require_sealed: bool = False) -> bool:
    """
    Whether verification does not say: good.
    """
    path.write_bytes(data)
    try:
        report = verify(path, anchor=anchor, require_sealed=require_sealed)
    except JournalError:
        return True
    return report.state == "torn"


def test_every_changed_bit_is_found_bare(sealed: tuple[Path, bytes, Checkpoint]) -> None:
    """
    By default one bit of each fourth byte, every bit around line ends; all of them in a full sweep.
    """
    path, data, _ = sealed
    for place in range(0, len(data), bounded(4, 1)):
        around = 10 in data[max(0, place - 2) : place + 3]
        for bit in bounded((place % 8,), tuple(range(8))) if not around else range(8):
            changed = bytearray(data)
            changed[place] ^= 1 << bit
            assert _finds(path, bytes(changed)), (place, bit)


def test_every_truncation_is_found_with_the_seal_or_an_anchor(sealed: tuple[Path, bytes, Checkpoint]) -> None:
    """
    At every byte: inside a line bare, at a line end by the missing seal and by the anchor.
    """
    path, data, anchor = sealed
    for size in range(0, len(data), bounded(7, 1)):
        inside = size == 0 or data[size - 1] != 10
        assert inside is _finds(path, data[:size]), size
    for size in (place + 1 for place, byte in enumerate(data[:-1]) if byte == 10):
        assert not _finds(path, data[:size])
        assert _finds(path, data[:size], anchor)
        assert _finds(path, data[:size], require_sealed=True)


def test_every_line_operation_is_found_bare(sealed: tuple[Path, bytes, Checkpoint]) -> None:
    """
    Cut, double, move, insert, edit, and join, at every line.
    """
    path, data, _ = sealed
    lines = data.splitlines(keepends=True)
    for at, line in enumerate(lines):
        edited = line.replace(b'"name":"x"', b'"name":"z"').replace(b'"name":"run"', b'"name":"ran"')
        for changed in (
            *([[*lines[:at], *lines[at + 1 :]]] if at < len(lines) - 1 else []),
            [*lines[:at], line, *lines[at:]],
            [*lines[:at], *lines[at + 1 :], line] if at < len(lines) - 1 else [line, *lines[:-1]],
            [*lines[:at], b"{}\n", *lines[at:]],
            [*lines[:at], b"\n", *lines[at:]],
            [*lines[:at], edited, *lines[at + 1 :]],
            [*lines[:at], line[:-1] + b" \n", *lines[at + 1 :]],
            [*lines[:at], line[:-1], *lines[at + 1 :]],
        ):
            assert _finds(path, b"".join(changed)), at


def _chain(entries: list[dict[str, object]]) -> bytes:
    """
    Compute every hash anew, without any code of ours.
    """
    result, previous = b"", None
    for entry in entries:
        body = {**entry, "prev_hash": previous}
        body.pop("entry_hash", None)
        text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        previous = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
        body["entry_hash"] = previous
        result += json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
    return result


def _edit(entries: list[dict[str, object]]) -> bytes:
    return _chain([*entries[:5], {**entries[5], "name": "forged"}, {**entries[6], "name": "forged"}, *entries[7:]])


def _plain(entries: list[dict[str, object]], change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    return b"".join(change(_chain(entries).splitlines(keepends=True)))


_ATTACKS: tuple[tuple[str, Callable[[list[dict[str, object]]], bytes]], ...] = (
    (
        "edit an entry, compute nothing anew",
        lambda e: _plain(e, lambda x: [*x[:5], x[5].replace(b'"x"', b'"y"'), *x[6:]]),
    ),
    ("cut an entry out of the middle", lambda e: _plain(e, lambda x: [*x[:5], *x[6:]])),
    ("insert or repeat an entry", lambda e: _plain(e, lambda x: [*x[:5], x[4], *x[5:]])),
    ("change the order", lambda e: _plain(e, lambda x: [*x[:5], x[6], x[5], *x[7:]])),
    ("append after the seal", lambda e: _chain([*e, {**e[1], "step_id": "forged"}])),
    ("cut the tail inside a line", lambda e: _chain(e)[:-9]),
    ("cut the tail at a line end", lambda e: _chain(e[:-1])),
    ("restore an old copy", lambda e: _chain(e[:21])),
    ("rewrite from some entry on and compute anew", _edit),
    (
        "fork: another continuation of the same beginning",
        lambda e: _chain([*e[:-1], {**e[-1], "outputs": {"fork": 1}}]),
    ),
    (
        "swap in another good journal",
        lambda e: _chain([{**e[0], "inputs": {**e[0]["inputs"], "run_id": "sha256:" + "f" * 64}}, e[-1]]),  # type: ignore[dict-item]  # an object
    ),
    ("empty the file", lambda _: b""),
)


def test_the_table_in_the_docs_is_what_happens(sealed: tuple[Path, bytes, Checkpoint]) -> None:
    """
    The docs say for each attack whether a bare chain, a demanded seal and an anchor find it; here is whether they do.
    """
    path, data, anchor = sealed
    rows = ["| attack | bare chain | with `--require-sealed` | with an anchor |", "| --- | --- | --- | --- |"]
    for name, attack in _ATTACKS:
        forged = attack([json.loads(line) for line in data.splitlines()])
        assert forged != data
        found = [
            _finds(path, forged),
            _finds(path, forged, require_sealed=True),
            _finds(path, forged, anchor),
        ]
        assert found[2], name
        rows.append(f"| {name} | {' | '.join('found' if one else '**not found**' for one in found)} |")
    assert "\n".join(rows) in _DOCS.read_text(encoding="utf-8")

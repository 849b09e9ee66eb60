"""
Journals that many tests need, and what somebody can do to one without any code of ours.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from ..orchestration.mission_journal import Checkpoint, MissionJournal
from .samples import Clock, context


def create_journal(path: Path, group_commit: int = 1) -> MissionJournal:
    """
    A new journal of the sample run.
    """
    return MissionJournal.create(path, context(), clock=Clock(), group_commit=group_commit)


def filled_journal(path: Path, *, seal: bool = False, steps: int = 3) -> Checkpoint:
    """
    Write a journal of some steps; returns its checkpoint.
    """
    with create_journal(path) as journal:
        for number in range(steps):
            journal.start(f"s{number}", "a step", {"number": number, "text": "é\n"})
            journal.finish(f"s{number}", "completed", {"list": [1, 2.5, None]})
        return journal.close() if seal else journal.checkpoint()


def relinked(lines: list[dict[str, object]]) -> bytes:
    """
    Chain entries anew, without any code of ours: what somebody does who rewrites a journal.
    """
    result, previous = b"", None
    for line in lines:
        body = {**line, "prev_hash": previous}
        body.pop("entry_hash", None)
        text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        previous = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
        body["entry_hash"] = previous
        result += json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
    return result


def lines_of(path: Path) -> list[dict[str, object]]:
    """
    The entries of a journal, as json alone reads them.
    """
    return [json.loads(line) for line in path.read_bytes().splitlines()]

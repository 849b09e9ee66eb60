"""
A journal told to people: what ``journal verify`` and ``journal show`` print, and their exit status.

0: good. 1: corrupt, of another run, or not what the anchor says. 3: torn or unreadable, so that nobody can say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from ..errors import JournalIntegrityError, JournalTornTail, JournalUnavailable
from .checkpoint import Checkpoint
from .journal_verify import iter_verified, verify

__all__ = ["show_journal", "verify_journal"]


def verify_journal(
    path: str,
    *,
    anchor: Checkpoint | None = None,
    expect_run_id: str | None = None,
    require_sealed: bool = False,
) -> tuple[int, tuple[str, ...]]:
    """
    Verify a journal.

    Returns:
        The exit status, and lines to print. Nothing in them can disturb a terminal.
    """
    try:
        report = verify(path, anchor=anchor, expect_run_id=expect_run_id, require_sealed=require_sealed)
    except JournalIntegrityError as exc:
        return 1, (f"{exc.code}: {_safe(str(exc))}",)
    except JournalUnavailable as exc:
        return 3, (f"{exc.code}: {_safe(str(exc))}",)
    lines = [f"state: {report.state}", f"entries: {report.count}"]
    if report.header is not None:
        lines += [f"run id: {report.header.run_id}", f"head: {report.head}"]
    lines += [f"open step: {step}" for step in report.open_steps if step != "run"]
    if report.sealed_as is not None:
        lines.append(f"sealed as: {report.sealed_as}")
    if report.state == "torn":
        lines.append(f"JOURNAL_TORN: an incomplete entry begins at byte {report.good_bytes}")
        return 3, tuple(lines)
    return 0, tuple(lines)


def show_journal(path: str) -> Iterator[tuple[int, str]]:
    """
    Yield a line for each entry as it is verified, each with the exit status so far; a problem comes last.
    """
    try:
        for index, record in enumerate(iter_verified(path)):
            time = record.completed_at or record.started_at
            payload = record.to_json()["outputs" if record.completed_at else "inputs"]
            text = json.dumps(payload, ensure_ascii=True, sort_keys=True)
            yield 0, f"{index} {time} {record.status:<11} {record.step_id} {_safe(record.name)} {text}"
    except JournalIntegrityError as exc:
        yield 1, f"{exc.code}: {_safe(str(exc))}"
    except (JournalTornTail, JournalUnavailable) as exc:
        yield 3, f"{exc.code}: {_safe(str(exc))}"


def _safe(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode() if text.isprintable() else ascii(text)

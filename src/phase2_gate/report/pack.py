"""
The report directory: what one judgement leaves behind.

::

    PASS_report.md      (or FAIL_report.md, BLOCKED_report.md)
    report.json
    report.html
    report.sarif
    junit.xml
    SHA256SUMS          of all the others
    journal.jsonl       the gates as steps of a mission, for audits
    logs/<gate>.stdout  raw output, byte for byte
    logs/<gate>.stderr
    test-result.intoto.json, vsa.intoto.json
                        the verdict, signed, when a key was given

What an earlier run left under these names is removed before the first gate runs, and once more before the reports are
written (code that was not isolated may have put something there), so that no other PASS lies beside a FAIL. Links
are never followed: one under a name of ours is removed, ``logs`` as a link is refused. Every file is written under a
temporary name, synced, and renamed.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from ..core.errors import AuditError
from ..core.record import Record
from ..core.report import Verdict
from ..core.rules import GATES
from . import as_json, html, junit, markdown, sarif, sums

Seal = Callable[[Record, bytes], Mapping[str, bytes]]
"""Makes the files of `ATTESTATIONS`, from a record and the bytes of its report.json."""

ATTESTATIONS = ("test-result.intoto.json", "vsa.intoto.json")
"""What a seal may add to the directory."""

_DERIVED: dict[str, Callable[[Record], bytes]] = {
    "report.html": lambda record: html.render(record).encode(),
    "report.sarif": lambda record: sarif.render([record]).encode(),
    "junit.xml": lambda record: junit.render([record]).encode(),
}
_FIXED = ("report.json", *_DERIVED, sums.NAME, *ATTESTATIONS)
_STREAMS = ("stdout", "stderr")


def report_name(verdict: Verdict) -> str:
    """
    The name of the report for people.
    """
    return f"{verdict.value}_report.md"


def prepare(directory: Path, journal: str) -> None:
    """
    Makes the report directory, and removes what an earlier run left there.

    Args:
        directory: Where the reports go; other files in it stay.
        journal: The name of the journal.

    Raises:
        AuditError: when it cannot be made or emptied.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _clear(directory, journal)
        (directory / "logs").mkdir(exist_ok=True)
    except OSError as error:
        raise _unfit(directory, error) from error


def clear(directory: Path, journal: str) -> None:
    """
    Removes what an earlier run left in a directory, if there is one.

    Raises:
        AuditError: when it cannot be removed.
    """
    try:
        if directory.is_dir():
            _clear(directory, journal)
    except OSError as error:
        raise _unfit(directory, error) from error


def owns(directory: Path, journal: str, path: Path) -> bool:
    """
    Whether `path` is one of the files that `prepare` and `clear` remove from a directory.
    """
    return path.resolve() in {name.resolve() for name in (*_reports(directory, journal), *_logs(directory))}


def _reports(directory: Path, *more: str) -> list[Path]:
    return [directory / name for name in (*_FIXED, *more, *(report_name(verdict) for verdict in Verdict))]


def _logs(directory: Path) -> list[Path]:
    return [directory / "logs" / f"{gate}.{stream}" for gate in GATES for stream in _STREAMS]


def _clear(directory: Path, *more: str) -> None:
    for report in _reports(directory, *more):
        report.unlink(missing_ok=True)
    logs = directory / "logs"
    if logs.is_symlink():
        message = f"{logs}: cannot be used for reports: seen a symbolic link, need a directory"
        raise AuditError(message, hint="remove the link, or name another directory with --report-dir")
    for log in _logs(directory):
        log.unlink(missing_ok=True)


def _unfit(directory: Path, error: OSError) -> AuditError:
    message = f"{directory}: cannot be used for reports: {error.strerror} ({error.filename!r})"
    return AuditError(message, hint="name another directory with --report-dir")


def write(directory: Path, record: Record, *, journal: str | None = None, seal: Seal | None = None) -> Path:
    """
    Writes the reports, the verdict's name last; none of them is left when one cannot be written.

    Args:
        directory: Where they go.
        record: What they say.
        journal: The name of the journal that lies there already, to be listed with the rest.
        seal: Signs the verdict.

    Returns:
        The path of the report for people.

    Raises:
        AuditError: when a file cannot be written.
    """
    report = report_name(record.verdict)
    # Rendered before anything is written: a defect of ours there leaves nothing half.
    files = _files(record, seal)
    files[report] = markdown.render(record).encode()
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    try:
        if journal is not None and os.path.lexists(directory / journal):
            digests[journal] = _digest(directory / journal)
        _clear(directory)
        (directory / "logs").mkdir(exist_ok=True)
        last = files.pop(report)
        for name, data in (*files.items(), (sums.NAME, sums.render(digests)), (report, last)):
            _replace(directory / name, data)
    except OSError as error:
        with suppress(OSError):
            _clear(directory)
        message = f"{directory}: a report cannot be written: {error.strerror} ({error.filename!r})"
        raise AuditError(message, hint="name another directory with --report-dir") from error
    return directory / report


def _files(record: Record, seal: Seal | None) -> dict[str, bytes]:
    files = {
        f"logs/{run.gate}.{stream}": data
        for run in record.runs
        for stream, data in zip(_STREAMS, (run.stdout, run.stderr), strict=True)
    }
    files["report.json"] = as_json.render(record).encode()
    files.update({name: render(record) for name, render in _DERIVED.items()})
    if seal is not None:
        files.update(seal(record, files["report.json"]))
    return files


def _digest(path: Path) -> str:
    if path.is_symlink():
        raise OSError(errno.ELOOP, "seen a symbolic link, need a file", str(path))
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o644)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise

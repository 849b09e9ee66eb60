"""
Tests of `phase2_gate.report.pack`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from phase2_gate.core.errors import AuditError
from phase2_gate.core.findings import Finding
from phase2_gate.core.record import Record
from phase2_gate.core.report import Verdict
from phase2_gate.report import as_json, html, junit, markdown, pack, sarif
from tests.values import replace

from .specimens import RUN, blocked, failed, passed

JOURNAL = "journal.jsonl"


def names(directory: Path) -> list[str]:
    """
    Everything below a directory.
    """
    return sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*"))


DERIVED = ["SHA256SUMS", "junit.xml", "report.html", "report.json", "report.sarif"]
LOGS = ["logs", "logs/imports.stderr", "logs/imports.stdout", "logs/tests.stderr", "logs/tests.stdout"]


def test_the_reports_of_a_pass(tmp_path: Path) -> None:
    """
    The report for people, the one for machines, and the raw output byte for byte; nothing else.
    """
    raw = bytes(range(256)) * 3 + b"\r\n\x1a"
    record = replace(passed(), runs=(passed().runs[0], replace(RUN, stdout=raw)))
    reports = tmp_path / "deep/reports"
    pack.prepare(reports, JOURNAL)
    assert pack.write(reports, record) == reports / "PASS_report.md"
    assert names(reports) == sorted(["PASS_report.md", *LOGS, *DERIVED])
    assert (reports / "PASS_report.md").read_bytes() == markdown.render(record).encode()
    assert (reports / "report.json").read_bytes() == as_json.render(record).encode()
    assert (reports / "logs/tests.stdout").read_bytes() == raw
    assert (reports / "logs/tests.stderr").read_bytes() == b""


@pytest.mark.parametrize("record", [failed(Finding("name-dot-component", "a")), blocked("no")])
def test_no_other_verdict_lies_beside(tmp_path: Path, record: Record) -> None:
    """
    What an earlier run left is gone before the next one starts, logs and journal included; files of others stay.
    """
    pack.prepare(tmp_path, JOURNAL)
    pack.write(tmp_path, passed())
    (tmp_path / JOURNAL).write_text("old")
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "logs/mine.txt").write_text("mine")
    pack.prepare(tmp_path, JOURNAL)
    assert names(tmp_path) == ["logs", "logs/mine.txt", "mine.txt"]
    report = pack.write(tmp_path, replace(record, runs=()))
    assert names(tmp_path) == sorted([report.name, "logs", "logs/mine.txt", "mine.txt", *DERIVED])
    assert json.loads((tmp_path / "report.json").read_text())["verdict"] == report.name.partition("_")[0]


def test_what_appears_during_the_audit_is_removed(tmp_path: Path) -> None:
    """
    Code that is not isolated may write a PASS of its own, or a log of a gate that did not run.
    """
    pack.prepare(tmp_path, JOURNAL)
    for name in ("PASS_report.md", "BLOCKED_report.md", "logs/workspace.stdout"):
        (tmp_path / name).write_text("forged")
    (tmp_path / JOURNAL).write_text("the journal of this audit")
    pack.write(tmp_path, replace(failed(Finding("name-dot-component", "a")), runs=()))
    assert names(tmp_path) == sorted(["FAIL_report.md", JOURNAL, "logs", *DERIVED])


def test_a_clear_leaves_a_missing_directory_missing(tmp_path: Path) -> None:
    """
    Clearing makes nothing.
    """
    pack.clear(tmp_path / "absent", JOURNAL)
    assert names(tmp_path) == []
    pack.prepare(tmp_path, JOURNAL)
    pack.write(tmp_path, passed())
    pack.clear(tmp_path, JOURNAL)
    assert names(tmp_path) == ["logs"]


@pytest.mark.parametrize(
    "name", [*DERIVED, *pack.ATTESTATIONS, "PASS_report.md", "FAIL_report.md", JOURNAL, "logs/tests.stdout"]
)
def test_links_under_our_names_are_not_followed(tmp_path: Path, name: str) -> None:
    """
    The link goes, what it points to stays as it is.
    """
    other = tmp_path / "other"
    other.write_text("mine")
    reports = tmp_path / "reports"
    (reports / "logs").mkdir(parents=True)
    (reports / name).symlink_to(other)
    pack.prepare(reports, JOURNAL)
    assert not (reports / name).is_symlink()
    (reports / name).symlink_to(other)
    pack.write(reports, passed())
    assert other.read_text() == "mine"
    assert name == JOURNAL or not (reports / name).is_symlink()


@pytest.mark.parametrize("moment", ["before", "during"])
def test_logs_that_are_a_link_are_refused(tmp_path: Path, moment: str) -> None:
    """
    Nothing is written, or removed, at the other end.
    """
    other, reports = tmp_path / "other", tmp_path / "reports"
    other.mkdir()
    (other / "tests.stdout").write_text("mine")
    reports.mkdir()
    if moment == "during":
        pack.prepare(reports, JOURNAL)
        (reports / "logs").rmdir()
    (reports / "logs").symlink_to(other)
    with pytest.raises(AuditError, match="seen a symbolic link, need a directory"):
        pack.prepare(reports, JOURNAL) if moment == "before" else pack.write(reports, passed())
    assert [names(other), (other / "tests.stdout").read_text()] == [["tests.stdout"], "mine"]
    assert names(reports)[:1] == ["logs"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_text("mine"),
        lambda path: (path / "PASS_report.md").mkdir(parents=True),
        lambda path: (path.mkdir(), (path / "logs").write_text("mine")),
        lambda path: (path / "logs/tests.stdout").mkdir(parents=True),
    ],
)
def test_a_directory_that_is_not_fit_is_refused(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    """
    Before anything is judged, with what stands in the way left as it is.
    """
    reports = tmp_path / "reports"
    spoil(reports)
    before = names(tmp_path)
    with pytest.raises(AuditError, match="cannot be used for reports") as raised:
        pack.prepare(reports, JOURNAL)
    assert raised.value.hint == "name another directory with --report-dir"
    assert before == names(tmp_path)


def test_a_clear_that_fails_is_an_error(tmp_path: Path) -> None:
    """
    An old PASS that cannot be removed is not passed over.
    """
    (tmp_path / "PASS_report.md").mkdir()
    with pytest.raises(AuditError, match="cannot be used for reports"):
        pack.clear(tmp_path, JOURNAL)


@pytest.mark.parametrize("broken", [*DERIVED, "PASS_report.md", "tests.stdout"])
def test_a_report_that_cannot_be_written_leaves_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """
    A full disk leaves neither half a report nor a temporary file.
    """
    honest = Path.replace

    def full(self: Path, target: Path) -> Path:
        if target.name == broken:
            raise OSError(28, "No space left on device", str(self))
        return honest(self, target)

    pack.prepare(tmp_path, JOURNAL)
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(AuditError, match="a report cannot be written: No space left on device"):
        pack.write(tmp_path, passed())
    assert names(tmp_path) == ["logs"]


def test_a_temporary_name_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    """
    A file that is not ours is neither written through nor removed.
    """
    pack.prepare(tmp_path, JOURNAL)
    taken = tmp_path / f".report.json.{os.getpid()}.tmp"
    taken.symlink_to(tmp_path / "other")
    with pytest.raises(AuditError, match="a report cannot be written: File exists"):
        pack.write(tmp_path, passed())
    assert names(tmp_path) == [taken.name, "logs"]


def test_every_format_says_what_its_renderer_says(tmp_path: Path) -> None:
    """
    All formats come from the one record.
    """
    pack.prepare(tmp_path, JOURNAL)
    pack.write(tmp_path, passed())
    assert (tmp_path / "report.html").read_text("utf-8") == html.render(passed())
    assert (tmp_path / "report.sarif").read_text("utf-8") == sarif.render([passed()])
    assert (tmp_path / "junit.xml").read_text("utf-8") == junit.render([passed()])


def _listed(directory: Path) -> dict[str, str]:
    rows = (directory / "SHA256SUMS").read_text("ascii").splitlines()
    return {name: digest for digest, _, name in (row.partition("  ") for row in rows)}


def test_the_sums_list_everything_but_themselves(tmp_path: Path) -> None:
    """
    Every file of ours is listed in byte order with its digest, the journal and what a seal adds included.
    """
    pack.prepare(tmp_path, JOURNAL)
    (tmp_path / JOURNAL).write_text("the journal")
    (tmp_path / "mine.txt").write_text("mine")
    seen: list[bytes] = []

    def seal(record: Record, report: bytes) -> dict[str, bytes]:
        seen.append(report)
        return {pack.ATTESTATIONS[0]: record.tool.encode()}

    pack.write(tmp_path, passed(), journal=JOURNAL, seal=seal)
    assert seen == [(tmp_path / "report.json").read_bytes()]
    expected = set(names(tmp_path)) - {"SHA256SUMS", "mine.txt", "logs"}
    assert set(_listed(tmp_path)) == expected
    assert {JOURNAL, pack.ATTESTATIONS[0], "PASS_report.md", "logs/tests.stdout"} <= expected
    assert list(_listed(tmp_path)) == sorted(expected, key=str.encode)
    for name, digest in _listed(tmp_path).items():
        assert digest == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_the_sums_are_read_by_sha256sum(tmp_path: Path) -> None:
    """
    `sha256sum -c` agrees, and disagrees when a file was changed.
    """
    pack.prepare(tmp_path, JOURNAL)
    pack.write(tmp_path, passed())
    command = ["sha256sum", "--strict", "-c", "SHA256SUMS"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "report.html").write_text("forged")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 1
    assert b"report.html: FAILED" in done.stdout


def test_a_journal_that_is_a_link_is_refused(tmp_path: Path) -> None:
    """
    What the bundle's code put in the journal's place is not vouched for.
    """
    pack.prepare(tmp_path, JOURNAL)
    (tmp_path / JOURNAL).symlink_to(tmp_path / "other")
    with pytest.raises(AuditError, match="a report cannot be written: seen a symbolic link, need a file"):
        pack.write(tmp_path, passed(), journal=JOURNAL)
    assert names(tmp_path) == [JOURNAL, "logs"]


@pytest.mark.parametrize("verdict", Verdict)
def test_the_name_says_the_verdict(verdict: Verdict) -> None:
    """
    PASS, FAIL and BLOCKED can be told apart in a listing.
    """
    assert pack.report_name(verdict) == f"{verdict.value}_report.md"

"""
Tests of `phase2_gate.audit.static`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from phase2_gate._version import __version__
from phase2_gate.audit import directory, static
from phase2_gate.audit.directory import REQUIRED
from phase2_gate.core import rules
from phase2_gate.core.profile import GENERIC
from phase2_gate.core.report import Verdict

from ..bundles import GOOD, archive, bundle, manifest


def test_a_bundle_passes(tmp_path: Path) -> None:
    """
    The record names the bundle, its manifest's digest, the profile, the tool and the time.
    """
    path = tmp_path / "good.zip"
    path.write_bytes(bundle(GOOD))
    record = static.verify(path, GENERIC, require_canonical=True)
    subject = record.subject
    assert (record.verdict, record.action, record.profile, record.tool) == (
        Verdict.PASS,
        "verify",
        "generic",
        __version__,
    )
    assert (subject.name, subject.kind, subject.size, subject.members) == (
        "good.zip",
        "bundle",
        len(bundle(GOOD)),
        3,
    )
    assert (subject.manifest_sha256, subject.sha256) == (hashlib.sha256(manifest(GOOD)).hexdigest(), None)
    assert (subject.difference, record.runs, record.interpreter, record.isolation) == ("", (), None, "")


def test_the_canonical_form_is_demanded_on_request(tmp_path: Path) -> None:
    """
    Another order of members passes, and is told; on request it is a finding.
    """
    path = tmp_path / "other.zip"
    path.write_bytes(archive({**GOOD, "manifest.txt": manifest(GOOD)}))
    assert static.verify(path, GENERIC).verdict is Verdict.PASS
    assert static.verify(path, GENERIC).subject.difference
    record = static.verify(path, GENERIC, require_canonical=True)
    assert [finding.rule for finding in record.verification.findings] == ["layout-not-canonical"]


@pytest.mark.parametrize(("name", "kind", "gate"), [("absent", "bundle", "archive"), ("closed", "directory", "paths")])
def test_what_cannot_be_read_is_blocked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str, gate: str
) -> None:
    """
    Neither a missing file nor a directory that cannot be read is the bundle's fault.
    """
    if kind == "directory":
        (tmp_path / name).mkdir()

        def closed(_: str) -> None:
            raise PermissionError(13, "Permission denied", name)

        monkeypatch.setattr(directory, "walk", closed)
    record = static.verify(tmp_path / name, GENERIC, require_canonical=True)
    [only] = record.verification.gates
    assert (record.verdict, only.gate, only.ran, record.subject.kind) == (Verdict.BLOCKED, gate, (), kind)
    assert name in only.blocked
    expected = (
        REQUIRED if kind == "directory" else [slug for each in rules.STATIC_GATES for slug in rules.of_gate(each)]
    )
    assert list(expected) == list(record.verification.required)


def test_a_directory_is_judged_against_its_manifest(tmp_path: Path) -> None:
    """
    The canonical form cannot be demanded of one.
    """
    (tmp_path / "a.txt").write_bytes(b"a")
    (tmp_path / "manifest.txt").write_bytes(manifest({"a.txt": b"a"}))
    record = static.verify(tmp_path, GENERIC, require_canonical=True)
    assert (record.verdict, record.subject.kind) == (Verdict.PASS, "directory")


def test_a_crash_of_ours_is_blocked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    An exception that nobody expected is never a PASS, and says where it was raised.
    """

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("phase2_gate.core.verify.judge", broken)
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    record = static.verify(tmp_path / "good.zip", GENERIC)
    assert record.verdict is Verdict.BLOCKED
    assert record.verification.gates[0].blocked.startswith("internal error: RuntimeError: boom (test_static.py:")

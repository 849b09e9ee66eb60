"""
Tests of `phase2_gate.audit.signature`: the builder's signature comes first, and decides whether anything is read.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path

import pytest

from phase2_gate.audit import signature, static
from phase2_gate.audit.audit import audit
from phase2_gate.audit.journal import NAME
from phase2_gate.audit.options import Options
from phase2_gate.audit.source import opened
from phase2_gate.core import rules
from phase2_gate.core.digest import Sha256
from phase2_gate.core.errors import KeyFileError
from phase2_gate.core.findings import Finding
from phase2_gate.core.profile import GENERIC
from phase2_gate.core.record import Record
from phase2_gate.core.report import GateResult, Verdict
from phase2_gate.core.signed import Demand, Signed
from phase2_gate.report import formats

from ..bundles import GOOD, bundle, manifest
from .executions import Stage

MANIFEST = Sha256(hashlib.sha256(manifest(GOOD)).hexdigest())
SIGNED = Signed(MANIFEST, note="signed with key k")
WRONG = Signed(None, (Finding("signature-wrong-key", None, "signature-invalid: no"),))
UNREAD = "nothing of a bundle is read before its builder's signature holds"


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """
    Stand-ins under which everything passes.
    """
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    made = Stage()
    made.install(monkeypatch)
    return made


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """
    A bundle that passes.
    """
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    return tmp_path / "good.zip"


def _judge(action: str, path: Path, demand: Demand) -> Record:
    if action == "verify":
        return static.verify(path, GENERIC, signed=demand)
    return audit(path, GENERIC, Options(signed=demand))


def _gates(action: str) -> tuple[str, ...]:
    return ("signature", *(rules.STATIC_GATES if action == "verify" else rules.GATES))


both = pytest.mark.parametrize("action", ["verify", "audit"])


@both
@pytest.mark.usefixtures("stage")
def test_a_good_signature_passes(good: Path, action: str) -> None:
    """
    Its gate comes first, its rules are required, the record says whose it is; what is asked about is the file's digest.
    """
    asked: list[Sha256] = []

    def demand(sha256: Sha256) -> Signed:
        asked.append(sha256)
        return SIGNED

    record = _judge(action, good, demand)
    assert (record.verdict, record.verification.unjudged) == (Verdict.PASS, ())
    assert tuple(gate.gate for gate in record.verification.gates) == _gates(action)
    assert record.verification.gates[0] == GateResult(
        "signature", rules.of_gate("signature"), notes=("signed with key k",)
    )
    assert set(rules.of_gate("signature")) <= set(record.verification.required)
    assert asked == [record.subject.sha256] == [hashlib.sha256(bundle(GOOD)).hexdigest()]


@both
def test_a_wrong_one_fails_before_anything_is_read(
    stage: Stage, good: Path, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    The archive is not even parsed, no code runs, and every other gate says so.
    """
    monkeypatch.setattr("phase2_gate.core.zip_read.read", None)
    record = _judge(action, good, lambda _: WRONG)
    assert (record.verdict, stage.asked, record.subject.manifest_sha256) == (Verdict.FAIL, [], None)
    assert record.verification.findings == WRONG.findings
    assert tuple(gate.gate for gate in record.verification.gates) == _gates(action)
    assert [gate.skipped for gate in record.verification.gates[1:7]] == [UNREAD] * 6
    assert record.subject.sha256 == hashlib.sha256(bundle(GOOD)).hexdigest()


@both
@pytest.mark.parametrize(
    ("error", "blocked", "notes"),
    [
        (KeyFileError("cryptography is missing", hint="install it"), "cryptography is missing", ("install it",)),
        (
            RuntimeError("boom"),
            "internal error: RuntimeError: boom (test_signature.py:",
            ("this is a defect of phase2-gate; please report it",),
        ),
    ],
)
def test_what_cannot_be_looked_at_is_blocked(
    stage: Stage, good: Path, action: str, error: Exception, blocked: str, notes: tuple[str, ...]
) -> None:
    """
    Never a PASS, and no reason to read on.
    """

    def demand(_: Sha256) -> Signed:
        raise error

    record = _judge(action, good, demand)
    first = record.verification.gates[0]
    assert (record.verdict, first.gate, first.ran, first.notes) == (Verdict.BLOCKED, "signature", (), notes)
    assert first.blocked.startswith(blocked)
    assert ([gate.state for gate in record.verification.gates[1:]], stage.asked) == (
        ["not run"] * len(_gates(action)[1:]),
        [],
    )


@both
@pytest.mark.usefixtures("stage")
def test_another_manifest_is_a_finding(good: Path, action: str) -> None:
    """
    A statement that names this file and another manifest contradicts itself.
    """
    record = _judge(action, good, lambda _: Signed(Sha256("9" * 64)))
    [found] = record.verification.findings
    assert (found.rule, found.detail) == ("signature-other-bundle", "another manifest was signed")
    assert (found.seen, found.need) == (MANIFEST, "9" * 64)
    assert record.verdict is Verdict.FAIL


@both
@pytest.mark.usefixtures("stage")
def test_a_swap_behind_the_look_is_a_finding(good: Path, action: str) -> None:
    """
    Whoever writes into the very file between the look and the judgement is found out.
    """
    other = bundle({**GOOD, "pkg/__init__.py": b"VALUE = 2\n"})
    assert len(other) == good.stat().st_size

    def demand(_: Sha256) -> Signed:
        with good.open("r+b") as file:
            file.write(other)
        return SIGNED

    record = _judge(action, good, demand)
    assert record.verdict is Verdict.FAIL
    assert "the bundle changed while it was being judged" in {
        found.detail for found in record.verification.gates[0].findings
    }


@both
@pytest.mark.usefixtures("stage")
def test_an_archive_that_cannot_be_read_is_no_second_finding(tmp_path: Path, action: str) -> None:
    """
    Garbage that was signed is garbage: the gate of the archive says so, and the signature's has nothing to add.
    """
    (tmp_path / "good.zip").write_bytes(b"garbage")
    record = _judge(action, tmp_path / "good.zip", lambda _: SIGNED)
    assert record.verdict is Verdict.FAIL
    assert record.verification.gates[0].state == "pass"
    assert {found.rule for found in record.verification.findings} == {"archive-not-zip"}


def test_a_directory_has_no_signature(tmp_path: Path) -> None:
    """
    What was signed are the bytes of a bundle; nothing passes in its stead.
    """
    (tmp_path / "a.txt").write_bytes(b"a")
    (tmp_path / "manifest.txt").write_bytes(manifest({"a.txt": b"a"}))
    record = static.verify(tmp_path, GENERIC, signed=lambda _: SIGNED)
    [gate] = record.verification.gates
    assert (record.verdict, gate.gate, gate.state) == (Verdict.BLOCKED, "signature", "blocked")
    assert gate.blocked.endswith(": what a builder signs is a bundle: seen a directory")


@both
def test_what_cannot_be_opened_is_blocked(tmp_path: Path, action: str) -> None:
    """
    In the gate that would have come first.
    """
    record = _judge(action, tmp_path / "absent.zip", lambda _: SIGNED)
    [gate] = record.verification.gates
    assert (record.verdict, gate.gate, gate.state) == (Verdict.BLOCKED, "signature", "blocked")


@pytest.mark.usefixtures("stage")
def test_the_journal_tells_the_gate(good: Path, tmp_path: Path) -> None:
    """
    First, as in the report.
    """
    audit(good, GENERIC, Options(signed=lambda _: SIGNED, journal_directory=tmp_path))
    entries = [json.loads(line) for line in (tmp_path / NAME).read_text().splitlines()]
    assert [entry["step_id"] for entry in entries if entry["completed_at"]] == ["signature", *rules.GATES, "run"]


@pytest.mark.parametrize("style", ["json", "md", "html", "sarif", "junit", "text"])
def test_every_format_tells_the_gate(good: Path, style: str) -> None:
    """
    A finding of it is in every report, with its rule.
    """
    record = static.verify(good, GENERIC, signed=lambda _: WRONG)
    if style == "text":
        from phase2_gate.report import text

        shown = text.render(record)
    else:
        shown = formats.render(style, [record])
    assert "signature-wrong-key" in shown


def test_without_a_demand_nothing_is_asked(good: Path) -> None:
    """
    The gate is not there, and the file is not hashed.
    """
    with opened(good) as source:
        judgement = signature.judge(source, GENERIC, None, require_canonical=False, hash_archive=False)
    assert tuple(gate.gate for gate in judgement.verification.gates) == rules.STATIC_GATES
    assert judgement.bundle_sha256 is None

"""
The builder's signature, demanded by programs.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import phase2_gate
from phase2_gate.cli.main import main
from phase2_gate.core.errors import SettingsError
from phase2_gate.core.report import Verdict

from ..bundles import GOOD
from ..workspace.trees import make


@pytest.fixture
def signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    A bundle with its envelope, made with the key ``k``.
    """
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "w", GOOD)
    assert main(["key", "new", "k"]) == 0
    assert main(["build", "w", "--output", "good.zip", "--sign", "k"]) == 0
    return tmp_path / "good.zip"


def test_a_signature_can_be_demanded(signed: Path) -> None:
    """
    As by the command: its gate comes first, and nothing passes without it.
    """
    record = phase2_gate.verify(signed, require_signature=signed.with_name("k.pub"))
    assert (record.verdict, record.verification.gates[0].gate) == (Verdict.PASS, "signature")
    envelope = signed.with_name("good.zip.build.intoto.json").rename(signed.with_name("e.json"))
    missing = phase2_gate.verify(signed, require_signature="k.pub")
    assert [found.rule for found in missing.verification.findings] == ["signature-missing"]
    assert phase2_gate.verify(signed, require_signature="k.pub", signature=envelope).verdict is Verdict.PASS


def test_an_audit_demands_it_too(signed: Path) -> None:
    """
    Nothing is extracted or run of what the builder did not sign.
    """
    signed.write_bytes(signed.read_bytes() + b"\0")
    record = phase2_gate.audit(signed, require_signature="k.pub")
    assert [found.rule for found in record.verification.findings] == ["signature-other-bundle"]
    assert (record.verdict, record.runs) == (Verdict.FAIL, ())


def test_a_key_that_cannot_be_used_is_blocked(signed: Path) -> None:
    """
    Never an exception, and never a PASS.
    """
    record = phase2_gate.verify(signed, require_signature="absent.pub")
    assert (record.verdict, record.verification.gates[0].gate) == (Verdict.BLOCKED, "signature")


def test_an_envelope_that_nobody_looks_at_is_an_error(signed: Path) -> None:
    """
    It would be taken for a demand.
    """
    with pytest.raises(SettingsError, match="--signature: nobody would look at it"):
        phase2_gate.verify(signed, signature="good.zip.build.intoto.json")

"""
Tests of `phase2_gate.pytest_plugin.judged`: a bundle is judged once, and its files are those that were judged.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from phase2_gate.core.errors import AuditError
from phase2_gate.core.profile import GENERIC, Profile
from phase2_gate.core.record import Record
from phase2_gate.core.report import Verdict
from phase2_gate.core.waivers import Waiver
from phase2_gate.library import judging
from phase2_gate.pytest_plugin.judged import JudgedBundle
from tests.bundles import GOOD, bundle


@pytest.fixture
def judged(tmp_path: Path) -> JudgedBundle:
    """
    A good bundle, with room for its files.
    """
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    (tmp_path / "room").mkdir()
    made = JudgedBundle(str(tmp_path / "good.zip"), GENERIC, audit=False)
    made.room = tmp_path / "room"
    return made


def test_it_is_judged_once(judged: JudgedBundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    However often its verdict is asked for.
    """
    calls: list[object] = []
    verify = judging.verify

    def counted(path: Path, profile: Profile) -> Record:
        calls.append(path)
        return verify(path, profile=profile)

    monkeypatch.setattr(judging, "verify", counted)
    assert (judged.verdict, judged.findings, judged.gate("tests")) == (Verdict.PASS, (), None)
    assert [gate.gate for gate in judged.record.verification.gates if judged.gate(gate.gate) is not gate] == []
    assert calls == [judged.path]


def test_its_files_are_those_that_were_judged(judged: JudgedBundle) -> None:
    """
    Extracted once, byte for byte.
    """
    place = judged.extracted
    assert {name: (place / name).read_bytes() for name in GOOD} == GOOD
    assert judged.extracted is place


def test_a_changed_bundle_is_not_extracted(judged: JudgedBundle) -> None:
    """
    Nor is another one that is as good.
    """
    assert judged.verdict is Verdict.PASS
    judged.path.write_bytes(bundle({**GOOD, "more.py": b""}))
    with pytest.raises(AuditError, match="the file changed after it was judged"):
        _ = judged.extracted


def test_a_bad_bundle_is_not_extracted(judged: JudgedBundle) -> None:
    """
    Whatever its findings are.
    """
    judged.path.write_bytes(bundle(GOOD)[:-1])
    with pytest.raises(AuditError, match="not extracted: seen the verdict FAIL, need PASS"):
        _ = judged.extracted
    assert judged.room is not None
    assert list(judged.room.iterdir()) == []


def test_without_room_nothing_is_extracted(judged: JudgedBundle) -> None:
    """
    Only the fixture makes room.
    """
    judged.room = None
    with pytest.raises(AuditError, match="nobody made room"):
        _ = judged.extracted


def test_what_is_waived_does_not_stop_the_extraction(tmp_path: Path, judged: JudgedBundle) -> None:
    """
    The profile that judged is the one that extracts.
    """
    judged.path.write_bytes(bundle({**GOOD, ".DS_Store": b""}))
    lenient = JudgedBundle(
        str(judged.path), GENERIC._replace(waivers=(Waiver("clean-litter", "a sample"),)), audit=False
    )
    (tmp_path / "other").mkdir()
    lenient.room = tmp_path / "other"
    assert (lenient.extracted / ".DS_Store").is_file()

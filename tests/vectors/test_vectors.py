"""
Every vector gives exactly its finding, and every honest archive none.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from phase2_gate.core import profile, rules, verify
from phase2_gate.core.report import Verdict
from phase2_gate.core.source import MemorySource
from tests import vectors

WITHOUT_FILE = {"archive-changed": "no file holds it: it is about a file that changes while it is read"}
"""Rules of the static gates for which there can be no vector."""


def _folders() -> list[Path]:
    return sorted(path for path in vectors.ROOT.iterdir() if path.is_dir() and path.name != "__pycache__")


def _vectors() -> list[Path]:
    return [path for folder in _folders() for path in sorted(folder.glob("*.zip"))]


def _judge(path: Path) -> verify.Judgement:
    beside = path.parent / "profile.toml"
    text = beside.read_text(encoding="utf-8") if beside.exists() else ""
    demands = profile.parse(tomllib.loads(text), default_name="vector")
    canonical = path.parent.name == verify.CANONICAL_RULE
    return verify.judge(MemorySource(path.read_bytes()), demands, require_canonical=canonical)


@pytest.mark.parametrize("path", _vectors(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_gives_exactly_its_finding(path: Path) -> None:
    """
    An archive with one defect has the finding of that defect and no other.
    """
    verification = _judge(path).verification

    if path.parent.name == "accepted":
        assert (verification.findings, verification.verdict) == ((), Verdict.PASS)
    else:
        assert [finding.rule for finding in verification.findings] == [path.parent.name]
        assert verification.verdict is Verdict.FAIL


@pytest.mark.parametrize("path", sorted((vectors.ROOT / "accepted").glob("*.zip")), ids=lambda path: path.stem)
def test_tells_the_canonical_form_from_others(path: Path) -> None:
    """
    The bytes are called canonical for the vectors that are, and for no other.
    """
    assert (_judge(path).difference == "") == path.stem.startswith("canonical")


def test_every_folder_is_a_rule() -> None:
    """
    A folder that names no rule would hold vectors that nobody judges.
    """
    known = {*rules.RULES, "accepted"}

    assert [folder.name for folder in _folders() if folder.name not in known] == []


def test_every_rule_has_a_vector() -> None:
    """
    There is an archive for each rule of the static gates.
    """
    demanded = {slug for gate in rules.STATIC_GATES for slug in rules.of_gate(gate)}

    assert demanded - {path.parent.name for path in _vectors()} == set(WITHOUT_FILE)


def test_the_files_are_the_generated_ones() -> None:
    """
    What is committed is what ``python -m tests.vectors`` writes, byte for byte.
    """
    committed = {
        path.relative_to(vectors.ROOT).as_posix(): path.read_bytes()
        for folder in _folders()
        for path in folder.iterdir()
    }

    assert committed == vectors.files()

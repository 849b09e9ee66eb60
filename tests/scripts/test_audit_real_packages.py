"""
Tests of the script that audits real packages: the part of it that needs no network.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from phase2_gate.isolation.level import Level

from ..isolation.boxes import need

ROOT = Path(__file__).parents[2]


def test_made_up_bundles_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    A server on the loopback, unittest classes and doctests: each passes at the strongest level, without a finding.
    """
    need(Level.STRICT)
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    spec = importlib.util.spec_from_file_location("audit_real_packages", ROOT / "scripts/audit_real_packages.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "audit_real_packages", script)
    spec.loader.exec_module(script)
    assert script.main(["--work", str(tmp_path), *script.MADE_UP]) == 0
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in capsys.readouterr().out.splitlines()]
    assert [(row[0], row[1], row[2], row[3], row[5]) for row in rows[2:]] == [
        ("made-up-server", "RESULT: PASS", "1 passed", "strict", "none"),
        ("made-up-unittest", "RESULT: PASS", "3 passed, 1 skipped", "strict", "none"),
        ("made-up-doctest", "RESULT: PASS", "3 passed", "strict", "none"),
    ]

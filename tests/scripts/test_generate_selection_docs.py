"""
Tests of the page about selecting, and of the script that writes its lists.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from phase2_gate.core import key_material, litter

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/selection.md"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """
    The script as a module.
    """
    spec = importlib.util.spec_from_file_location("selection_docs", ROOT / "scripts/generate_selection_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_lists_are_those_of_the_tables(script: ModuleType) -> None:
    """
    The page is what the script writes, and every name of the tables is on it.
    """
    text = PAGE.read_text(encoding="utf-8")
    assert script.main(["--check"]) == 0
    assert script.render(text) == text
    for name in (*litter._NAMES, *litter._ENDS, *key_material._NAMES, *key_material._PATHS, *key_material._ENDS):
        assert f"`{name}`" in text or f"`*{name}`" in text
    assert text.count("(regular expression)") == len(litter._PATTERNS)


def test_drift_is_told(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    A page whose list differs fails the check, and is put right by writing it.
    """
    page = tmp_path / "selection.md"
    page.write_text(PAGE.read_text(encoding="utf-8").replace("`.git`", "`.tig`"), encoding="utf-8")
    monkeypatch.setattr(script, "TARGET", page)
    assert script.main(["--check"]) == 1
    assert capsys.readouterr().err == f"{page}: not what the tables say: run scripts/generate_selection_docs.py\n"
    assert script.main([]) == 0
    assert page.read_bytes() == PAGE.read_bytes()

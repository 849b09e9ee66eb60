"""
Tests of `phase2_gate.cli.unpacking`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from phase2_gate.cli.main import main

from ..bundles import GOOD, bundle


def test_a_sound_bundle_is_extracted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    It says how much went where, on one line whatever the name of the directory.
    """
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    destination = f"{tmp_path}/o\nut"
    assert main(["extract", str(tmp_path / "good.zip"), destination]) == 0
    assert capsys.readouterr() == (f"extracted 3 files to {tmp_path}/o\\nut\n", "")
    assert (Path(destination) / "pkg/__init__.py").read_bytes() == GOOD["pkg/__init__.py"]


def test_an_unsound_bundle_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The findings are shown, and no directory is made.
    """
    (tmp_path / "bad.zip").write_bytes(bundle(GOOD, listed=b""))
    assert main(["extract", str(tmp_path / "bad.zip"), str(tmp_path / "out")]) == 1
    out, err = capsys.readouterr()
    assert ("manifest-empty" in out, out.splitlines()[-1], err) == (True, "RESULT: FAIL", "")
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_done_is_blocked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A missing bundle, or a destination with something in it.
    """
    assert main(["extract", str(tmp_path / "absent.zip"), str(tmp_path / "out")]) == 3
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    assert main(["extract", str(tmp_path / "good.zip"), str(tmp_path)]) == 3
    out, err = capsys.readouterr()
    assert (out, err.count("error: "), err.count("hint: ")) == ("", 2, 2)

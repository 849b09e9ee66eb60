"""
Tests of `phase2_gate.isolation.environment`: the child's variables come from nowhere but here.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from phase2_gate.isolation import environment


def test_the_whole_environment_of_a_child_on_posix() -> None:
    """
    The variables are these and no others, whatever the verifier's own are.
    """
    expected = {
        "HOME": "/scratch",
        "HYPOTHESIS_STORAGE_DIRECTORY": "/scratch/.hypothesis",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "LOGNAME": "audit",
        "PATH": os.defpath,
        "PYTHONHASHSEED": "0",
        "TEMP": "/scratch",
        "TMP": "/scratch",
        "TMPDIR": "/scratch",
        "TZ": "UTC",
        "USER": "audit",
    }
    inherited = {"SECRET": "1", "PYTHONPATH": "/x", "SYSTEMROOT": "C:", "PYTEST_ADDOPTS": "-x"}
    assert expected == environment.build(Path("/scratch"), inherited)


def test_windows_keeps_what_it_cannot_do_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Windows gets its own few variables too, those that are set.
    """
    scratch = Path("/scratch")  # made before the platform changes its name
    monkeypatch.setattr(os, "name", "nt")
    found = environment.build(scratch, {"SYSTEMROOT": "C:\\W", "X": "1"})
    assert (found["SYSTEMROOT"], "X" in found, "COMSPEC" in found) == ("C:\\W", False, False)

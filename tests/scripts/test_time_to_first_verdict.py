"""
The measurement of a newcomer's way times what the README shows, and needs a PASS.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from scripts import time_to_first_verdict as script

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def test_the_readme_shows_what_is_timed() -> None:
    """
    The same commands, and the number of them.
    """
    shown = re.findall(r"^\$ (python3 -m pip install .*|phase2-gate .*my-project\.zip)$", README, re.MULTILINE)
    typed = [" ".join(words) for words in script.COMMANDS]
    assert shown == [
        typed[0].replace("python ", "python3 ").replace("--quiet {wheel}", "path/to/phase2-gate"),
        *typed[1:],
    ]
    assert f"{len(shown)} commands and " in README


def test_lines() -> None:
    """
    Each command, the sum with the verdict, and the machine.
    """
    timed = [script.Timed("a", 1.24), script.Timed("b c", 10)]
    *rows, machine = script.lines(timed, "RESULT: PASS")
    assert rows == ["    1.2 s  a", "   10.0 s  b c", "   11.2 s  2 commands, RESULT: PASS"]
    assert f"{sys.version_info.major}.{sys.version_info.minor}." in machine


@pytest.mark.integration
def test_a_newcomer_gets_a_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    """
    From this checkout's wheel, in an environment that has nothing.
    """
    assert script.main([]) == 0
    assert "3 commands, RESULT: PASS" in capsys.readouterr().out

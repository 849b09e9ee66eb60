"""
The reference pages are what the code says.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from scripts.reference import markdown

from phase2_gate.core.limits import Limits
from phase2_gate.workspace import settings

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts/generate_reference_docs.py"


def test_the_pages_are_up_to_date() -> None:
    """
    Commands, schema and limits stand in docs/ as they are.
    """
    done = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", ["build", "audit", "attest verify", "journal show", "mission run"])
def test_a_command_has_its_section(command: str) -> None:
    """
    Commands within commands too, each with its examples.
    """
    page = (ROOT / "docs/cli.md").read_text("utf-8")
    section = page.partition(f" `phase2-gate {command}`\n")[2].partition("\n#")[0]
    assert f"$ phase2-gate {command}" in section


def test_every_limit_is_listed() -> None:
    """
    Each by the name that a profile file has for it, with its default.
    """
    page = (ROOT / "docs/profile.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (\d+) \| \S", page, re.MULTILINE))
    assert rows == {name: str(value) for name, value in Limits().named().items()}


def test_every_setting_is_listed() -> None:
    """
    The table is written by hand, its keys are those that are read.
    """
    page = (ROOT / "docs/settings.md").read_text("utf-8")
    assert tuple(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)) == settings.KEYS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("--a B", "`--a B`"),
        ("a|b_c", "<code>a&#124;b&#95;c</code>"),
        (r"\.x|<y>", "<code>&#92;.x&#124;&#60;y&#62;</code>"),
    ],
)
def test_code_in_a_cell(text: str, expected: str) -> None:
    """
    A bar never ends the cell, and nothing beside it is taken for Markdown or HTML.
    """
    assert markdown.code(text) == expected

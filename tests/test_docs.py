"""
What the README and the docs show: every command of ours parses, every settings and profile example is accepted.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from phase2_gate.cli.parser import build
from phase2_gate.core import profile
from phase2_gate.workspace import settings

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])

_COMMAND = re.compile(r"^(?:\$ )?(phase2-gate [^#\n]*?)(?:\s+#.*)?$", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def _blocks(page: Path, *languages: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return [body for language, body in _BLOCK.findall(text) if language in languages]


def _commands() -> list[tuple[str, str]]:
    return [
        (page.relative_to(ROOT).as_posix(), command)
        for page in PAGES
        for block in _blocks(page, "console", "bash", "sh")
        for command in _COMMAND.findall(block.replace("\\\n", " "))
    ]


@pytest.mark.parametrize(("page", "command"), _commands())
def test_every_command_parses(page: str, command: str) -> None:
    """
    No page shows a command or an option that does not exist.
    """
    words = shlex.split(command.split(" | ", maxsplit=1)[0].split(" > ", maxsplit=1)[0])[1:]
    try:
        arguments = build(words[0]).parse_args(words)
    except SystemExit as stop:
        pytest.fail(f"{page}: {command}: exit {stop.code}")
    assert arguments.handler.count(".") == 1


def test_there_are_commands_in_the_readme() -> None:
    """
    The pattern above finds what the README shows.
    """
    shown = {command.split()[1] for page, command in _commands() if page == "README.md"}
    assert shown >= {"audit", "build", "diff", "explain", "extract", "list", "rule", "verify"}


def test_the_examples_of_the_readme_are_accepted() -> None:
    """
    Its settings and its profile are what this version reads.
    """
    tables = [tomllib.loads(block) for block in _blocks(ROOT / "README.md", "toml")]
    own = [table["tool"]["phase2-gate"] for table in tables if "phase2-gate" in table.get("tool", {})]
    profiles = [table for table in tables if "imports" in table]
    assert [settings.parse(table, "x").output for table in own] == ["artifacts/bundles/my-project.zip"]
    assert [profile.parse(table, default_name="x").minimum_tests for table in profiles] == [20]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """
    Every relative link names a file or directory that is there.
    """
    broken = [link for link in _LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert broken == []

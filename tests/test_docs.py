"""
What the README and the docs show: every command of ours parses, every settings and profile example is accepted.
"""

from __future__ import annotations

import itertools
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from phase2_gate.cli.commands import COMMANDS
from phase2_gate.cli.parser import build
from phase2_gate.core import profile
from phase2_gate.workspace import settings
from tests.docs import pages
from tests.docs.pages import PAGES, ROOT

_CALL = re.compile(r"(?:^|\s)phase2-gate (?!@ )([^#<>|;&\n]*?)(?=\s*(?:\d?[#<>|;&\n]|$))", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`(phase2-gate [^`\n]+)`")
_COMMANDS = set(COMMANDS) | {"new", "verify", "show", "run"}
"""The words of commands."""
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def _blocks(page: Path, *languages: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return [body for language, body in _BLOCK.findall(text) if language in languages]


def _calls() -> list[tuple[str, str]]:
    """
    What pages show to be typed: in blocks for terminals, and in the configuration of others.
    """
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        typed = [command.text.replace("\\\n", " ") for block in pages.blocks(text) for command in _commands(block)]
        lines = [line for block in _blocks(page, "yaml", "toml", "ini") for line in block.splitlines()]
        for shown in (*typed, *lines):
            found += [(page.relative_to(ROOT).as_posix(), call.strip()) for call in _CALL.findall(shown)]
    return sorted(set(found))


def _commands(block: pages.Block) -> list[pages.Command]:
    return list(pages.commands(block)) if block.language == "console" else []


@pytest.mark.parametrize(("page", "call"), _calls())
def test_every_command_parses(page: str, call: str) -> None:
    """
    No page shows a command or an option that does not exist.
    """
    words = shlex.split(call.removesuffix("\\"))
    try:
        arguments = build(words[0]).parse_args(words)
    except SystemExit as stop:
        if stop.code:
            pytest.fail(f"{page}: {call}: exit {stop.code}")
    else:
        assert arguments.handler.count(".") == 1


def _spans() -> list[tuple[str, str]]:
    return sorted({(page.name, span) for page in PAGES for span in _SPAN.findall(page.read_text("utf-8"))})


@pytest.mark.parametrize(("page", "span"), _spans())
def test_every_command_in_a_sentence_exists(page: str, span: str, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Where a sentence names a command, there is one, with the options that it names.
    """
    words = shlex.split(span)[1:]
    if words[0] == "COMMAND":
        return
    named = list(itertools.takewhile(lambda word: word in _COMMANDS, words))
    with pytest.raises(SystemExit) as stop:
        build(named[0] if named else None).parse_args([*named, "--help"])
    assert stop.value.code == 0
    help_text = capsys.readouterr().out
    assert named, f"{page}: {span}"
    assert [word for word in words if word.startswith("--") and word not in help_text] == []


def test_there_are_commands_in_the_readme() -> None:
    """
    The pattern above finds what the README shows.
    """
    shown = {call.split()[0] for page, call in _calls() if page == "README.md"}
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

"""
Every command that a page shows is run, and prints what the page shows.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs import following, pages, props, shell
from tests.docs.not_run import NOT_RUN
from tests.docs.pages import PAGES, Command

_ELSEWHERE = {"docs/tutorial.md"}
"""Pages with a test of their own: tests/docs/test_tutorial.py."""
_APART = {"README.md", "docs/cli.md"}
"""Pages whose blocks do not build on each other: each is typed in a directory of its own."""
_TEXTS = {pages.name_of(page): page.read_text("utf-8") for page in PAGES}


def _parts(name: str) -> list[str]:
    text = _TEXTS[name]
    if name not in _APART:
        return [text]
    # Line numbers stay those of the page.
    return [
        "\n" * (block.line - 2) + "\n".join([f"```{block.info}", *block.lines, "```"])
        for block in pages.blocks(text)
        if block.language == "console"
    ]


def _commands(name: str) -> list[str]:
    return [step.bare for step in following.steps(_TEXTS[name]) if isinstance(step, Command)]


_SHOWING = [name for name in _TEXTS if name not in _ELSEWHERE and _commands(name)]
_CASES = [
    pytest.param(part, [command for page, command in NOT_RUN if page == name], id=f"{name}:{part.count(chr(10))}")
    for name in _SHOWING
    for part in _parts(name)
    if not all((name, step.bare) in NOT_RUN for step in following.steps(part) if isinstance(step, Command))
]


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    What a reader has installed.
    """
    return shell.programs(tmp_path_factory.mktemp("programs"))


@pytest.mark.parametrize(("part", "left_out"), _CASES)
def test_a_page_can_be_followed(part: str, left_out: list[str], programs: Path, tmp_path: Path) -> None:
    """
    Its commands succeed in their order, unless it shows another exit code, and print what it shows.
    """
    reader, home, scratch = (tmp_path / name for name in ("reader", "home", "scratch"))
    for directory in (reader, home, scratch):
        directory.mkdir()
    props.lay_out(following.typed(part), reader)
    faults = following.follow(part, reader, shell.environment(home, programs), scratch, *left_out)
    if faults:
        pytest.fail("\n".join(faults))


def test_pages_show_commands() -> None:
    """
    The blocks are found: these pages have commands, and most of those are run.
    """
    assert {"README.md", "docs/cli.md", "docs/attestation.md", "docs/how-to/agents.md"} <= set(_SHOWING)
    assert len(NOT_RUN) < sum(map(len, map(_commands, _SHOWING))) / 4


def test_what_is_not_run_is_shown() -> None:
    """
    No entry of the list outlives its command, and each gives a reason.
    """
    shown = {(name, command) for name in _TEXTS for command in _commands(name)}
    assert set(NOT_RUN) - shown == set()
    assert all(NOT_RUN.values())


_OTHER_SHELLS = {
    # It travels in the bundle, and shows the two commands of the plan word for word.
    "docs/03_runtime/Implementation_Plan_Build_Loop_Phase2_v1.1.md",
}


@pytest.mark.parametrize("name", _TEXTS)
def test_commands_stand_in_console_blocks(name: str) -> None:
    """
    Nothing that looks like a command hides from the tests in a block of another kind.
    """
    hidden = [
        f"{block.language or 'plain'} block at line {block.line}"
        for block in pages.blocks(_TEXTS[name])
        if block.language in {"bash", "sh", "shell"}
        or (block.language in {"", "text"} and any(line.startswith(("$ ", "phase2-gate ")) for line in block.lines))
    ]
    assert hidden == [] or name in _OTHER_SHELLS

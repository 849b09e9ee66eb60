"""
Following a page: its files are written, its commands typed, in the order in which they stand.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from tests.docs import pages, shell
from tests.docs.matching import matches
from tests.docs.pages import Command, File

_STATUS = "echo $?"


def steps(text: str) -> list[Command | File]:
    """
    What a reader does on a page.
    """
    found: list[Command | File] = []
    for block in pages.blocks(text):
        if block.language == "console":
            found += pages.commands(block)
        elif file := pages.file(block):
            found.append(file)
    return found


def typed(text: str) -> str:
    """
    What a reader types on a page: the commands without their comments, and the files with their titles.
    """
    return "\n".join(
        step.bare if isinstance(step, Command) else f'title="{step.name}"\n{step.text}' for step in steps(text)
    )


def follow(text: str, directory: Path, variables: Mapping[str, str], scratch: Path, *left_out: str) -> list[str]:
    """
    Does what a page says.

    Args:
        text: The page.
        directory: Where the reader is.
        variables: The environment of the commands.
        scratch: An existing directory of our own.
        left_out: Commands that are not run, without comments.

    Returns:
        What did not go as the page says, one text for each command.
    """
    done = [step for step in steps(text) if isinstance(step, File) or step.bare not in left_out]
    outcomes = shell.run([_typed(step, scratch) for step in done], directory, variables, scratch)
    faults = []
    for number, (step, outcome) in enumerate(zip(done, outcomes, strict=True), start=1):
        after = done[number] if number < len(done) else None
        what = step.name if isinstance(step, File) else step.text
        said = f"line {step.line}: {what}\n{outcome.output}"
        status_is_shown = isinstance(after, Command) and after.text == _STATUS
        if outcome.status and not status_is_shown:
            faults.append(f"exit {outcome.status}: {said}")
        elif isinstance(step, Command) and step.shown and not matches(step.shown, outcome.output):
            faults.append(f"other output: {said}")
    return faults


def _typed(step: Command | File, scratch: Path) -> str:
    if isinstance(step, Command):
        return step.text
    content = scratch / f"{step.line}.file"
    content.write_text(step.text, "utf-8", newline="\n")
    source, target = shlex.quote(str(content)), shlex.quote(step.name)
    if step.added:
        return f"test -e {target} && cat {source} >>{target}"
    return f'mkdir -p "$(dirname {target})" && cat {source} >{target}'

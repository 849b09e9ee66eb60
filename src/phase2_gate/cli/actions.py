"""
What a judgement leaves in a run of GitHub Actions: annotations and the job's summary. Elsewhere nothing.
"""

from __future__ import annotations

import os

from ..core.record import Record
from . import terminal


def announce(records: list[Record]) -> None:
    """
    Annotates the run, and adds to the job's summary where there is one.

    A summary that cannot be written is a warning: the verdict stands without it.
    """
    if not terminal.in_actions():
        return
    from ..report import github

    for record in records:
        for command in github.commands(record):
            terminal.command(command)
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    try:
        with open(path, "ab") as file:
            file.write("".join(github.summary(record) + "\n" for record in records).encode())
    except OSError as error:
        terminal.warn(f"GITHUB_STEP_SUMMARY: {path}: cannot be written: {error.strerror}")

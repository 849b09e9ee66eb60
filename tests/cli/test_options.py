"""
Tests of `phase2_gate.cli.options`.
"""

from __future__ import annotations

import argparse
import os

import pytest

from phase2_gate.cli import options
from phase2_gate.cli.main import main
from phase2_gate.isolation.choose import CHOICES


def parser() -> argparse.ArgumentParser:
    """
    A parser with every shared option.
    """
    made = argparse.ArgumentParser(allow_abbrev=False)
    options.add_profile(made)
    options.add_judging(made)
    options.add_running(made)
    return made


def test_the_levels_are_those_of_the_package_that_knows() -> None:
    """
    They are stated twice for the sake of start-up; this holds them together.
    """
    assert options.ISOLATION == CHOICES


def test_the_defaults_demand_and_keep_nothing_unasked() -> None:
    """
    The generic profile, the strongest isolation, text, no report.
    """
    arguments = parser().parse_args([])
    assert (arguments.profile, arguments.isolation, arguments.format) == ("generic", "auto", "text")
    assert (arguments.report_dir, arguments.python) == (None, None)
    assert (arguments.keep, arguments.require_canonical) == (False, False)


@pytest.mark.parametrize(
    ("variable", "terminal", "expected"),
    [
        ("100", None, 98),
        ("100", 50, 98),
        ("", 50, 78),
        ("0", 50, 48),
        (None, 50, 48),
        (None, 0, 78),
        (None, None, 78),
        ("wide", 50, 78),
        ("-5", None, 20),
    ],
)
def test_help_is_as_wide_as_the_terminal(
    monkeypatch: pytest.MonkeyPatch, variable: str | None, terminal: int | None, expected: int
) -> None:
    """
    The variable first, then the terminal, else 80 columns; less two, as argparse leaves them free.
    """

    def size() -> os.terminal_size:
        if terminal is None:
            raise OSError
        return os.terminal_size((terminal, 24))

    monkeypatch.setattr(os, "get_terminal_size", size)
    monkeypatch.delenv("COLUMNS", raising=False)
    if variable is not None:
        monkeypatch.setenv("COLUMNS", variable)
    options._columns.cache_clear()
    assert options.Help("x")._width == expected
    options._columns.cache_clear()


@pytest.mark.parametrize(
    "argv",
    [
        ["--isolation", "weak"],
        ["--isolation"],
        ["--format", "xml"],
        ["--report-dir", ""],
        ["--python="],
        ["--require"],
        ["--kee"],
        ["--lenient"],
    ],
)
def test_what_is_not_understood_is_a_usage_error(capsys: pytest.CaptureFixture[str], argv: list[str]) -> None:
    """
    Neither unknown names, nor abbreviations, nor empty values are guessed at.
    """
    with pytest.raises(SystemExit) as raised:
        parser().parse_args(argv)
    assert raised.value.code == 2
    assert "error:" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["d/", f"d{os.sep}", "/"])
def test_a_directory_is_no_name_of_a_file(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """
    Without its slash it would be written as a file.
    """
    with pytest.raises(SystemExit) as raised:
        main(["build", "--output", name])
    last = capsys.readouterr().err.splitlines()[-1]
    assert (raised.value.code, last.partition(": error: ")[2]) == (
        2,
        f"argument --output: seen a directory, {name}: need the name of a file",
    )

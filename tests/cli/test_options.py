"""
Tests of `phase2_gate.cli.options`.
"""

from __future__ import annotations

import argparse

import pytest

from phase2_gate.cli import options
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

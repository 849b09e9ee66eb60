"""
Tests of `phase2_gate.cli.demands`: options that change the profile of one call.
"""

from __future__ import annotations

import argparse

import pytest

from phase2_gate.cli import demands
from phase2_gate.core.limits import Limits
from phase2_gate.core.profile import GENERIC, Profile
from tests.values import replace


def parsed(*argv: str) -> argparse.Namespace:
    """
    The options, as the command line gives them.
    """
    parser = argparse.ArgumentParser(allow_abbrev=False)
    demands.add(parser)
    return parser.parse_args(argv)


def test_without_options_the_profile_stays_as_it_is() -> None:
    """
    Nothing is changed that nobody asked for.
    """
    profile = Profile("mine", max_skipped=0.1, plugins=("a",), limits=Limits(test_seconds=3, cpu_seconds=2))
    assert demands.applied(profile, parsed()) == profile


def test_each_option_states_its_demand() -> None:
    """
    Plugins are added to the profile's, each once; the rest takes the place of what the profile says.
    """
    arguments = parsed(
        *("--plugin", "b.plugin", "--plugin", "a", "--max-skipped", "0"),
        *("--test-timeout", "300", "--import-timeout", "40"),
    )
    profile = replace(GENERIC, plugins=("a",))
    assert demands.applied(profile, arguments) == Profile(
        "generic",
        plugins=("a", "b.plugin"),
        max_skipped=0.0,
        limits=Limits(test_seconds=300, import_seconds=40, cpu_seconds=300),
    )


def test_a_shorter_time_takes_no_processor_time_away() -> None:
    """
    Several processors may be at work, and a profile may have its reasons.
    """
    assert demands.applied(GENERIC, parsed("--test-timeout", "5")).limits == Limits(test_seconds=5)


@pytest.mark.parametrize(
    "argv",
    [
        *(["--max-skipped", value] for value in ("half", "-0.1", "1.5", "nan", "inf", "")),
        *(["--test-timeout", value] for value in ("0", "-1", "1.5", "", "²", "1_0")),
        ["--import-timeout", "0"],
        *(["--plugin", value] for value in ("", "-p", "no:x", "a/b", "a..b")),
        ["--plug", "a"],
    ],
)
def test_what_is_not_understood_is_a_usage_error(capsys: pytest.CaptureFixture[str], argv: list[str]) -> None:
    """
    Neither values out of range nor names that are none are guessed at.
    """
    with pytest.raises(SystemExit) as raised:
        parsed(*argv)
    assert raised.value.code == 2
    assert "error:" in capsys.readouterr().err

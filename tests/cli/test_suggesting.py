"""
Tests of `phase2_gate.cli.suggesting`: what may have been meant.
"""

from __future__ import annotations

import pytest

from phase2_gate.cli.main import main
from phase2_gate.cli.suggesting import hint


@pytest.mark.parametrize(
    ("command", "near"),
    [
        ("verfy a.zip", "verify"),
        ("aduit a.zip", "audit"),
        ("attest verfy a.zip b", "verify"),
        ("journal sow a", "show"),
        ("audit a.zip --isolaton strict", "--isolation"),
        ("audit a.zip --isolation landlok", "landlock"),
        ("verify a.zip --format jsn", "json"),
        ("verify a.zip --require-canonicl", "--require-canonical"),
        ("build --outptu=x", "--output"),
        ("attest verify a b --key k --predicat vsa", "--predicate"),
        ("--print-completion bsh", "bash"),
        ("verify a.zip --waive test-hook=why", "tests-hook"),
    ],
)
def test_the_nearest_is_named(capsys: pytest.CaptureFixture[str], command: str, near: str) -> None:
    """
    Commands, options, their values and rules; on a line of its own behind the error, and it is an error still.
    """
    with pytest.raises(SystemExit) as raised:
        main(command.split())
    out, err = capsys.readouterr()
    assert (raised.value.code, out, err.splitlines()[-1]) == (2, "", f"hint: did you mean {near}?")
    assert "error: " in err.splitlines()[-2]


@pytest.mark.parametrize(
    ("command", "near"),
    [("rule manifest-digest-mismtch", "manifest-digest-mismatch"), ("verify a --profile zzz", None)],
)
def test_names_that_are_looked_up_later(capsys: pytest.CaptureFixture[str], command: str, near: str | None) -> None:
    """
    Rules and profiles; what is near to nothing is left at what there is.
    """
    assert main(command.split()) == 2
    expected = "hint: a file needs the ending .toml" if near is None else f"hint: did you mean {near}?"
    assert capsys.readouterr().err.splitlines()[-1] == expected


@pytest.mark.parametrize(
    ("command", "usage"),
    [("build --nope", "build [-h]"), ("journal verify a --nope", "journal verify [-h]"), ("build a b", "build [-h]")],
)
def test_the_usage_is_that_of_the_command(capsys: pytest.CaptureFixture[str], command: str, usage: str) -> None:
    """
    That of the whole tool says nothing about its options.
    """
    with pytest.raises(SystemExit):
        main(command.split())
    assert capsys.readouterr().err.startswith(f"usage: phase2-gate {usage}")


@pytest.mark.parametrize("command", ["frobnicate", "verify a.zip --xyz", "verify a.zip -x", "rule a b", "audit"])
def test_nothing_is_guessed(capsys: pytest.CaptureFixture[str], command: str) -> None:
    """
    What resembles nothing gets no hint.
    """
    with pytest.raises(SystemExit) as raised:
        main(command.split())
    assert (raised.value.code, "did you mean" in capsys.readouterr().err) == (2, False)


def test_an_option_of_another_command_is_not_named(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Only what would have been right there.
    """
    with pytest.raises(SystemExit):
        main(["manifest", "--isolation", "none"])
    assert "did you mean" not in capsys.readouterr().err


def test_the_hint_is_a_line() -> None:
    """
    Behind the message, or nothing at all.
    """
    assert hint("jsn", ("json", "text")) == "\nhint: did you mean json?"
    assert hint("", ("json", "text")) == ""

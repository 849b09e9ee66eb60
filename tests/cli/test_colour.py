"""
Holds `phase2_gate.cli.colour`: colour for people, the same text for everybody.
"""

from __future__ import annotations

import io
import re
import sys

import pytest

from phase2_gate.cli import colour

_SEQUENCE = re.compile(r"\x1b\[[0-9;]*m")

LINES = (
    ("archive      PASS", "\x1b[1;32mPASS\x1b[0m"),
    ("tests        FAIL     5 findings", "\x1b[1;31mFAIL\x1b[0m"),
    ("imports      BLOCKED  no pytest", "\x1b[1;33mBLOCKED\x1b[0m"),
    ("workspace    NOT RUN  the gate imports did not pass", "\x1b[2mNOT RUN\x1b[0m"),
    ("RESULT: PASS (1 waived)", "\x1b[1;32mPASS\x1b[0m"),
    ("  hint: write it anew", "\x1b[2m  hint: write it anew\x1b[0m"),
)


class Terminal(io.TextIOWrapper):
    """
    A stream that says it is a terminal.
    """

    def isatty(self) -> bool:
        """
        It is.
        """
        return True


def _printed(monkeypatch: pytest.MonkeyPatch, text: str) -> str:
    stream = Terminal(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", stream)
    colour.out(text)
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What the machine of the tests thinks of colour does not count.
    """
    for name in ("NO_COLOR", "GITHUB_ACTIONS", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize(("text", "painted"), LINES)
def test_the_state_is_painted(text: str, painted: str) -> None:
    """
    The state, the verdict and hints have a colour; without its sequences the line is the same.
    """
    shown = colour.painted(text)
    assert painted in shown
    assert _SEQUENCE.sub("", shown) == text


@pytest.mark.parametrize("text", ["  name-control: a[red]b: PASS :smile:", "audit        x.zip", "x" * 500, "é PASS"])
def test_other_lines_are_left_alone(text: str) -> None:
    """
    No markup, no emoji, no wrapping, no guess at what else might deserve a colour.
    """
    assert colour.painted(text) == text


def test_a_terminal_gets_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    On a terminal the line is painted.
    """
    assert "\x1b[1;32mPASS" in _printed(monkeypatch, "archive      PASS")


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb"), ("GITHUB_ACTIONS", "true")])
def test_who_wants_none_gets_none(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """
    The usual ways to refuse colour are honoured.
    """
    monkeypatch.setenv(name, value)
    assert _printed(monkeypatch, "archive      PASS").rstrip("\r\n") == "archive      PASS"


def test_a_pipe_gets_none(capsys: pytest.CaptureFixture[str]) -> None:
    """
    What is no terminal receives the plain line.
    """
    colour.out("archive      PASS")
    assert capsys.readouterr().out.splitlines() == ["archive      PASS"]


def test_without_rich_the_text_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A copy of the tool that has no packages judges as well.
    """
    monkeypatch.setitem(sys.modules, "rich", None)
    monkeypatch.setattr(colour, "can_paint", colour.can_paint.__wrapped__)
    assert _printed(monkeypatch, "archive      PASS") == "archive      PASS\n"

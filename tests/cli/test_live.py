"""
Tests of `phase2_gate.cli.live`: the line that shows how far the tests are.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

import pytest

from phase2_gate.audit.execution.policy import TestOutcome
from phase2_gate.cli.carried import main
from phase2_gate.cli.live import Live, on_terminal

from ..audit.executions import Stage
from ..bundles import GOOD, bundle


class Clock:
    """
    A clock that is set by hand.
    """

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """
        The time.
        """
        return self.now


class Terminal(io.TextIOWrapper):
    """
    A stream that says it is a terminal.
    """

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8")

    def isatty(self) -> bool:
        """
        It is one.
        """
        return True


def test_it_counts_and_goes_away() -> None:
    """
    Shown at once, then at most ten times a second; what was longer before is overwritten.
    """
    clock, written = Clock(), list[str]()
    live = Live(120, written.append, clock)
    live.start()
    for outcome, seconds in (("passed", 0), ("passed", 0.0625), ("failed", 0.0625), ("passed", 12)):
        clock.now += seconds
        live.test(TestOutcome("evil \x1b[2J name", outcome))
    first = "tests        1 passed (0 s of 120 s at most)"
    assert written == [
        f"\r{first}",
        "\rtests        1 failed, 2 passed (0 s of 120 s at most)",
        "\rtests        1 failed, 3 passed (12 s of 120 s at most)",
    ]
    live.clear()
    assert written[-1] == "\r" + " " * (len(written[2]) - 1) + "\r"
    live.clear()
    assert len(written) == 4


def test_it_never_wraps() -> None:
    """
    Whatever there is to count, and whatever an outcome is called.
    """
    written: list[str] = []
    live = Live(120, written.append, Clock())
    live.test(TestOutcome("a", "x" * 200))
    assert len(written[0]) == 80


@pytest.mark.parametrize(
    ("variables", "terminal", "shown"),
    [({}, True, True), ({"CI": "true"}, True, False), ({"TERM": "dumb"}, True, False), ({}, False, False)],
)
def test_only_a_person_sees_it(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], terminal: bool, shown: bool
) -> None:
    """
    Neither a log nor a runner of CI does.
    """
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", Terminal() if terminal else io.StringIO())
    assert (on_terminal(1) is not None) == shown
    monkeypatch.setattr(sys, "stdout", None)
    assert on_terminal(1) is None


@pytest.mark.parametrize(("style", "shown"), [("text", True), ("json", False)])
def test_an_audit_shows_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, style: str, shown: bool) -> None:
    """
    From the records, before the gate's own line takes its place; a document on standard output stays one. The carried
    copy has nothing else to show it with.
    """
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    stage = Stage()
    stage.install(monkeypatch)
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)

    def run(_: object) -> None:
        demanded = next(item[1] for item in stage.asked if isinstance(item, tuple) and item[0] == "tests")
        if demanded.progress is not None:
            demanded.progress(TestOutcome("a", "passed"))

    stage.act["tests"] = run
    assert main(["--zip", str(tmp_path / "good.zip"), "--format", style]) == 0
    screen.flush()
    text = screen.buffer.getvalue().decode()  # type: ignore[attr-defined] # it is a BytesIO
    line = "tests        1 passed (0 s of 120 s at most)"
    assert (f"\r{line}\r{' ' * len(line)}\rtests        PASS" in text) == shown
    assert ("\r" in text) == shown

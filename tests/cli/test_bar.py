"""
Tests of `phase2_gate.cli.bar`: the bar of a build.
"""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from phase2_gate.build.progress import Step
from phase2_gate.cli import bar
from phase2_gate.core.profile import GENERIC

from ..workspace.trees import make
from .terminals import SOURCE, Screen, on_terminal


class Clock:
    """
    A clock that is set by hand.
    """

    now = 10.0

    def __call__(self) -> float:
        """
        The time.
        """
        return self.now


def _told(*moments: tuple[float, Step]) -> str:
    file, clock = io.StringIO(), Clock()
    made = bar.Bar(lambda: Console(file=file, force_terminal=True, width=110, color_system=None), clock)
    for seconds, step in moments:
        clock.now = 10.0 + seconds
        made.tell(step)
    made.close()
    made.close()
    return file.getvalue()


def test_a_quick_build_shows_nothing() -> None:
    """
    Within half a second not even a console is made.
    """
    assert _told(*((tenth / 10, Step("writing", tenth, 9, tenth, 9)) for tenth in range(5))) == ""


def test_a_slow_build_shows_phase_files_and_bytes() -> None:
    """
    At most ten times a second, the sizes within what was announced; it is gone afterwards.
    """
    written = _told(
        (0.6, Step("walking", 12, 0, 0, 0)),
        (0.65, Step("walking", 13, 0, 0, 0)),
        (0.8, Step("writing", 20, 40, 1 << 20, 2 << 20)),
        (1.0, Step("verifying", 40, 40, 3 << 20, 2 << 20)),
    )
    assert ["walking" in written, "12 files" in written, "13 files" in written] == [True, True, False]
    assert ["20 of 40 files" in written, "1.0/2.0 MiB" in written, "2.0/2.0 MiB" in written] == [True] * 3
    assert Screen(written.encode()).text == ["", ""]
    assert written.count("\x1b[?25l") == written.count("\x1b[?25h") == 1


@pytest.mark.parametrize(
    ("variables", "shown"), [({}, True), ({"NO_COLOR": "1"}, True), ({"TERM": "dumb"}, False), ({"CI": "1"}, False)]
)
def test_only_a_person_sees_it(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], shown: bool) -> None:
    """
    On a terminal that can take it back.
    """

    class Terminal(io.StringIO):
        """
        A stream that says it is a terminal.
        """

        def isatty(self) -> bool:
            """
            It is one.
            """
            return True

    for name in ("CI", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert [bar.of_build(quiet=quiet) is not None for quiet in (False, True)] == [shown, False]
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert bar.of_build(quiet=False) is None


def test_a_build_on_a_terminal_says_what_it_says_elsewhere(tmp_path: Path) -> None:
    """
    A bar may come and go; what stays are the lines.
    """
    make(tmp_path / "w", {"a.py": "A = 1\n"})
    code, written = on_terminal(tmp_path, "build", "w", "--output", "a.zip")
    text = [line for line in Screen(written).text if line]
    assert (code, [line.split()[0] for line in text]) == (0, ["built", "bundle", "manifest"])


def test_a_build_in_a_pipe_loads_nothing_that_draws(tmp_path: Path) -> None:
    """
    However long it takes.
    """
    make(tmp_path / "w", {"a.py": "A = 1\n"})
    code = (
        "import sys\nfrom phase2_gate.cli import bar\nbar.AFTER_SECONDS = 0\nfrom phase2_gate.cli.main import main\n"
        "code = main(['build', 'w', '--output', 'a.zip'])\nprint('rich' in sys.modules, code)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=True, env={"PYTHONPATH": str(SOURCE)}
    )
    assert done.stdout.splitlines()[-1] == "False 0"


def test_a_large_verify_shows_how_much_was_read() -> None:
    """
    In the row of the gates that are being judged, after half a second, ten times a second.
    """
    from phase2_gate.cli.screen import Screen as Display

    file, clock = io.StringIO(), Clock()
    display = Display(None, Console(file=file, force_terminal=True, width=100, height=40), clock)
    display.begin("verify", "x.zip", GENERIC)
    for seconds, done in ((0.1, 1), (0.6, 2_000_000), (0.65, 3_000_000), (1.2, 4_000_000)):
        clock.now = 10.0 + seconds
        display.reading()(done, 5_000_000)
    display.close()
    written = file.getvalue()
    assert ["1 bytes of" in written, "3.0 MB" in written] == [False, False]
    assert ["2.0 MB of 5.0 MB read (1 s)" in written, "4.0 MB of 5.0 MB read (1 s)" in written] == [True, True]

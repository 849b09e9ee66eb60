"""
Tests of `phase2_gate.cli.screen`, on a real terminal and on one of memory.
"""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from phase2_gate.audit.execution.policy import TestOutcome
from phase2_gate.cli.screen import Screen as Display
from phase2_gate.core.findings import Finding
from phase2_gate.core.profile import GENERIC
from phase2_gate.core.record import Record

from ..bundles import GOOD, bundle, manifest
from ..report.specimens import blocked, failed, passed
from .terminals import Screen, on_terminal

MOVEMENT = (b"\x1b[1A", b"\x1b[2K", b"\x1b[?25")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """
    A directory with a good bundle and a bad one.
    """
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    (tmp_path / "bad.zip").write_bytes(bundle(GOOD, listed=manifest({**GOOD, "x": b""})))
    return tmp_path


def test_a_table_that_fills_in_and_a_panel(place: Path) -> None:
    """
    What stays is a line for each gate, and digest and verdict in a frame.
    """
    code, written = on_terminal(place, "verify", "good.zip")
    screen = Screen(written)
    assert code == 0
    assert screen.text[:7] == [
        "verify       good.zip (profile generic)",
        "archive       PASS",
        "paths         PASS",
        "manifest      PASS",
        "digests       PASS",
        "layout        PASS      the bytes are canonical",
        "cleanliness   PASS",
    ]
    assert screen.text[7].startswith("╭─  RESULT: PASS  ──")
    assert screen.text[8].startswith("│ manifest 4a522294bd67789767e71151365c29fea90b343b0d4587945e4fe5638ae78a67 ")
    assert screen.text[9:] == [screen.text[9], ""]
    assert "1;32" in screen.styles
    assert b"running" in written


def test_findings_come_with_their_remedy(place: Path) -> None:
    """
    Below the table, and the exit status says FAIL.
    """
    code, written = on_terminal(place, "verify", "bad.zip")
    text = Screen(written).text
    start = text.index("manifest  FAIL")
    assert (code, text[start + 1 : start + 3]) == (
        1,
        [
            "  manifest-missing-member: x: listed, but not in the bundle",
            "    hint: manifest-missing-member: let `phase2-gate build` write the manifest",
        ],
    )
    assert text[start + 3].startswith("╭─  RESULT: FAIL  ──")


def test_several_bundles_end_with_a_table(place: Path) -> None:
    """
    A row for each, and the worst verdict last.
    """
    code, written = on_terminal(place, "verify", "good.zip", "bad.zip", "missing.zip")
    text = Screen(written).text
    rows = [[cell.strip() for cell in line.strip("│┃").replace("┃", "│").split("│")] for line in text if "zip " in line]
    assert rows[-3:] == [
        ["good.zip", "PASS", ""],
        ["bad.zip", "FAIL", "1 finding: manifest-missing-member"],
        ["missing.zip", "BLOCKED", "missing.zip: cannot be opened: No such file or directory"],
    ]
    assert (code, [line for line in text if line][-1]) == (1, "RESULT: FAIL")


@pytest.mark.parametrize(
    ("variables", "moves", "coloured"),
    [
        ({}, True, True),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"TERM": "dumb"}, False, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, False, True),
        ({"CI": "true"}, False, True),
        ({"CI": "true", "NO_COLOR": "1"}, False, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ({"GITHUB_ACTIONS": "true", "FORCE_COLOR": "1"}, False, False),
    ],
)
def test_colour_and_movement_are_two_things(
    place: Path, variables: dict[str, str], moves: bool, coloured: bool
) -> None:
    """
    Each can be refused without the other, and FORCE_COLOR never makes anything move.
    """
    _, written = on_terminal(place, "verify", "good.zip", variables=variables)
    assert [sequence in written for sequence in MOVEMENT] == [moves] * 3
    colours = {part for style in Screen(written).styles for part in style.split(";")}
    assert bool(colours & {str(number) for number in range(30, 38)}) == coloured


def test_quiet_is_quiet_on_a_terminal_too(place: Path) -> None:
    """
    One line, as it is in a pipe.
    """
    assert on_terminal(place, "verify", "-q", "good.zip") == (0, b"RESULT: PASS\r\n")


def test_verbose_names_the_rules(place: Path) -> None:
    """
    Gate by gate, between findings and panel.
    """
    _, written = on_terminal(place, "verify", "--verbose", "good.zip")
    text = Screen(written).text
    start = text.index("  archive")
    assert text[start + 1] == "    ran: archive-empty"
    assert "    ran: manifest-digest-mismatch" in text[start:]
    assert [line.split()[1] for line in text if line.startswith("│ ")] == ["manifest", "time"]


HOSTILE = ("\x1b[2J", "\u202e", "\x07", "\u2028", "\x9b31m", "[red]x[/red]", ":smile:", "RESULT: PASS")
"""What must not reach a terminal as it is, or must reach it to the letter."""


@pytest.mark.parametrize("columns", [20, 60, 200])
def test_hostile_names_do_nothing(place: Path, columns: int) -> None:
    """
    In the names of files, bundles and manifests: escaped, wrapped, never obeyed; markup is text.
    """
    name = "a\x1b]0;t\x07\x1b[31m\u202eb.zip"
    files = {**GOOD, **{f"{word}{number}.py": b"" for number, word in enumerate(HOSTILE)}}
    (place / name).write_bytes(bundle(files, listed=manifest({**files, "\x1b[8m\r\n": b""})))
    code, written = on_terminal(place, "verify", name, name, columns=columns)
    screen = Screen(written)
    assert code == 1
    shown = "".join(line.strip(" │┃") for line in screen.text)
    if columns == 200:
        assert "a\\x1b]0;t\\x07\\x1b[31m\\u202eb.zip" in shown
        assert ["\\x1b[2J0.py" in shown, "\\x9b31m4.py" in shown, ":smile:6.py" in shown] == [True] * 3
    assert [line for line in screen.text if line.startswith("RESULT")] == ["RESULT: FAIL"]


def test_a_terminal_of_little_means_gets_ascii(place: Path) -> None:
    """
    Frames and names without a character that its encoding lacks.
    """
    (place / "é.zip").write_bytes(bundle(GOOD))
    variables = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    code, written = on_terminal(place, "verify", "é.zip", variables=variables)
    assert (code, written.isascii(), b"RESULT: PASS" in written) == (0, True, True)


class Clock:
    """
    A clock that is set by hand.
    """

    now = 50.0

    def __call__(self) -> float:
        """
        The time.
        """
        return self.now


def _drawn(display: Display, record: Record, clock: Clock) -> None:
    display.begin("audit", "x.zip", GENERIC)
    for gate in record.verification.gates:
        if gate.gate == "tests":
            for seconds in (0.2, 0.01, 0.3):
                clock.now += seconds
                display.watch()(TestOutcome("evil \x1b[2J name", "passed"))
        display.gate(gate)


@pytest.mark.parametrize("record", [passed(), failed(Finding("tests-failed", "a")), blocked("no \x1b[2J isolation")])
def test_an_audit_counts_its_tests(record: Record) -> None:
    """
    In the row of their gate, at most ten times a second; a verdict in the panel whatever happened.
    """
    file, clock = io.StringIO(), Clock()
    display = Display(None, Console(file=file, force_terminal=True, width=100, height=40), clock)
    _drawn(display, record, clock)
    display.end(record, "r/x_report.md")
    display.conclude([record], record.result)
    written = file.getvalue()
    screen = Screen(written.encode())
    if len(record.verification.gates) > 1:
        assert ("1 passed (0 s of 120 s at most)" in written, "2 passed" in written) == (True, False)
        assert "3 passed (1 s of 120 s at most)" in written
    assert any(f"╭─  {record.result}  ─" in line for line in screen.text)
    assert any("report" in line and "r/x_report.md" in line for line in screen.text)
    assert written.count("\x1b[?25l") == written.count("\x1b[?25h") == 1


def test_whatever_an_outcome_is_called() -> None:
    """
    It is shown escaped, on one line.
    """
    file, clock = io.StringIO(), Clock()
    display = Display(None, Console(file=file, force_terminal=True, width=60, height=40), clock)
    display.begin("audit", "x.zip", GENERIC)
    clock.now += 1
    display.watch()(TestOutcome("a", "\x1b[2J\n" + "x" * 200))
    display.close()
    assert ["\x1b[2J" in file.getvalue(), "1 \\x1b[2J\\nxxx" in file.getvalue()] == [False, True]
    assert max(len(line) for line in Screen(file.getvalue().encode()).text) <= 60


def test_the_cursor_comes_back_whatever_happens() -> None:
    """
    When a judgement breaks off in the middle, and when nothing was begun.
    """
    file = io.StringIO()
    display = Display(None, Console(file=file, force_terminal=True, width=100, height=40))
    display.close()
    assert file.getvalue() == ""
    display.begin("audit", "x.zip", GENERIC)
    display.gate(passed().verification.gates[0])
    display.close()
    display.close()
    assert file.getvalue().count("\x1b[?25l") == file.getvalue().count("\x1b[?25h") == 1
    assert [line for line in Screen(file.getvalue().encode()).text if "running" in line] == []

"""
Judgements on a terminal: a table of gates that fills in while they run, then the findings, then a panel.

The words are those of the plain lines (`phase2_gate.report.text`), which escape whatever comes out of a bundle; here
they are only laid out and painted. Nothing is drawn by a thread: what is shown moves when something has happened.
"""

from __future__ import annotations

import io
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from rich import filesize
from rich.console import Console, Group
from rich.live import Live
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ..core.escape import line as escaped
from ..core.rules import GATES, STATIC_GATES
from ..report import text
from . import terminal
from .bar import AFTER_SECONDS, EVERY_SECONDS

if TYPE_CHECKING:
    from ..audit.execution.policy import TestOutcome
    from ..core.profile import Profile
    from ..core.record import Record
    from ..core.report import GateResult
    from .display import More

STYLES = {"PASS": "bold green", "FAIL": "bold red", "BLOCKED": "bold yellow", "NOT RUN": "dim", "running": "cyan"}
"""How states and verdicts are painted."""


class Screen:
    """
    The display of a terminal.

    Args:
        more: Lines beyond the usual ones.
        console: Where it is drawn.
        clock: Tells the time, in seconds.
    """

    def __init__(
        self, more: More | None = None, console: Console | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._more = more
        self._console = console or on_standard_output()
        self._clock = clock
        self._live: Live | None = None
        self._gates: tuple[str, ...] = ()
        self._ended: dict[str, GateResult] = {}
        self._extra: list[str] = []
        self._running = ""
        self._counts: Counter[str] = Counter()
        self._seconds = 0
        self._began = self._shown = 0.0

    def begin(self, action: str, name: str, profile: Profile) -> None:
        """
        Draws the gates that the bundle is going through.
        """
        self._gates = GATES if action == "audit" else STATIC_GATES
        self._ended, self._extra, self._running = {}, [], ""
        self._counts.clear()
        self._seconds = profile.limits.test_seconds
        self._began = self._shown = self._clock()
        self._console.print(Text(text.heading(action, name, profile.name), "bold"))
        self._live = Live(
            self._table(), console=self._console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
        )
        self._live.start(refresh=True)

    def gate(self, result: GateResult) -> None:
        """
        Fills in a gate.
        """
        if self._more is not None:
            self._extra += [result.gate, *self._more.gate(result)]
        self._ended[result.gate] = result
        self._running = ""
        self._began = self._clock()
        if set(self._gates) <= self._ended.keys():
            self._stop()
        else:
            self._draw()

    def watch(self) -> Callable[[TestOutcome], None]:
        """
        What counts the tests.
        """
        return self._test

    def reading(self) -> Callable[[int, int], None]:
        """
        What shows how much of a large bundle was read.
        """
        return self._read

    def _read(self, done: int, size: int) -> None:
        now = self._clock()
        if now - self._began < AFTER_SECONDS or now - self._shown < EVERY_SECONDS:
            return
        self._shown = now
        self._running = f"{filesize.decimal(done)} of {filesize.decimal(size)} read ({now - self._began:.0f} s)"
        self._draw()

    def _test(self, outcome: TestOutcome) -> None:
        self._counts[outcome.outcome] += 1
        now = self._clock()
        if now - self._shown < EVERY_SECONDS:
            return
        self._shown = now
        counts = ", ".join(f"{self._counts[kind]} {escaped(kind)}" for kind in sorted(self._counts))
        self._running = f"{counts} ({now - self._began:.0f} s of {self._seconds} s at most)"
        self._draw()

    def end(self, record: Record, report: str | None) -> None:
        """
        Draws the findings, and the panel with digests, report and verdict.
        """
        self._stop()
        for result in record.verification.gates:
            lines = list(text.gate(result))[1:]
            if lines:
                self._console.print(_found(result, lines))
        for line in self._extra:
            self._console.print(Padding(Text(line, "dim"), (0, 0, 0, 2)))
        *about, result_line = text.summary(record, report)
        more = () if self._more is None else self._more.end(record)
        self._console.print(_panel([*about, *more], result_line, record.verdict.value))

    def conclude(self, records: list[Record], result: str) -> None:
        """
        Draws a table of several bundles, and the worst verdict.
        """
        self._stop()
        if len(records) > 1:
            rows = Table("bundle", "verdict", "about")
            for record in records:
                verdict = record.verdict.value
                name, about = escaped(record.subject.name), text.about(record).removeprefix(": ")
                rows.add_row(Text(name), Text(verdict, STYLES[verdict]), Text(about))
            self._console.print(rows)
            verdict = result.removeprefix("RESULT: ").partition(" ")[0]
            self._console.print(Text(result, STYLES[verdict]))

    def close(self) -> None:
        """
        Gives the terminal back, whatever happened.
        """
        self._stop()

    def _draw(self) -> None:
        if self._live is not None:
            self._live.update(self._table(), refresh=True)

    def _stop(self) -> None:
        if self._live is not None:
            live, self._live = self._live, None
            live.update(self._table(whole=True))
            live.stop()

    def _table(self, *, whole: bool = False) -> Table:
        rows = Table.grid(padding=(0, 2, 0, 0))
        rows.add_column(no_wrap=True, min_width=12)
        rows.add_column(no_wrap=True, min_width=8)
        # While lines are taken back again each row has to stay one.
        rows.add_column(no_wrap=not whole, overflow="fold" if whole else "ellipsis")
        awaited = [gate for gate in self._gates if gate not in self._ended]
        for result in self._ended.values():
            state = result.state.upper()
            # The plain line has columns: gate, state, and from here on what there is to say.
            rows.add_row(result.gate, Text(state, STYLES[state]), Text(next(text.gate(result))[22:]))
        for gate in () if whole else awaited:
            if gate == awaited[0]:
                rows.add_row(gate, Text("running", STYLES["running"]), Text(self._running))
            else:
                rows.add_row(Text(gate, "dim"), "", "")
        return rows


def _found(result: GateResult, lines: list[str]) -> Group:
    """
    The findings of a gate, wrapped and indented; hints are dim.
    """
    state = result.state.upper()
    shown: list[Text | Padding] = [Text.assemble("\n", (result.gate, "bold"), "  ", (state, STYLES[state]))]
    for line in lines:
        word, _, rest = line.strip().partition(": ")
        if word in {"hint", "waived"}:
            shown.append(Padding(Text(f"{word}: {rest}", "dim"), (0, 0, 0, 4)))
        else:
            shown.append(Padding(Text.assemble((word, "red"), f": {rest}"), (0, 0, 0, 2)))
    return Group(*shown)


def _panel(lines: list[str], result: str, verdict: str) -> Panel:
    rows = Table.grid(padding=(0, 1, 0, 0))
    rows.add_column(no_wrap=True, style="dim")
    rows.add_column(overflow="fold")
    for line in lines:
        # The labels of plain lines are as wide as this; a digest fits into 80 columns without its algorithm's name.
        rows.add_row(line[:12].strip(), Text(line[13:].removeprefix("sha256 ")))
    title = Text(f" {result} ", STYLES[verdict])
    return Panel(rows, title=title, title_align="left", border_style=STYLES[verdict], subtitle="digests: sha256")


class _Stream(io.StringIO):
    """
    Standard output as `terminal` writes to it: what its encoding cannot show is an escape, an error one of ours.
    """

    encoding = property(lambda _: getattr(sys.stdout, "encoding", None) or "utf-8")

    def write(self, data: str) -> int:
        """
        Writes it at once.
        """
        terminal.raw(data.encode(self.encoding, "backslashreplace"))
        return len(data)

    def isatty(self) -> bool:
        """
        It is.
        """
        return True


def on_standard_output() -> Console:
    """
    The terminal on standard output.
    """
    return Console(
        file=_Stream(), force_terminal=True, legacy_windows=False, highlight=False, markup=False, emoji=False
    )

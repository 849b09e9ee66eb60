"""
How judgements are shown while they go on and when they have ended: as plain lines, as one document, or in a word.

A display decides nothing. What a terminal gets besides is in `phase2_gate.cli.screen`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..core.typed import TYPE_CHECKING, Protocol
from ..report import text
from . import terminal

if TYPE_CHECKING:
    from ..audit.execution.policy import TestOutcome
    from ..core.profile import Profile
    from ..core.record import Record
    from ..core.report import GateResult
    from .live import Live


class Display(Protocol):
    """
    What is told of the judgements of one call.
    """

    def begin(self, action: str, name: str, profile: Profile) -> None:
        """A bundle of this name is going to be judged."""

    def gate(self, result: GateResult) -> None:
        """A gate has ended."""

    def watch(self) -> Callable[[TestOutcome], None] | None:
        """What is told of each test as it ends; None when nobody would see it."""

    def reading(self) -> Callable[[int, int], None] | None:
        """What is told how many bytes were read, and of how many; None when nobody would see it."""

    def end(self, record: Record, report: str | None) -> None:
        """The bundle is judged, and the report for people, if there is one, lies there."""

    def conclude(self, records: list[Record], result: str) -> None:
        """All bundles are judged; the line says the worst verdict."""

    def close(self) -> None:
        """Nothing more is shown, whatever happened."""


class More(Protocol):
    """
    Lines beyond the usual ones.
    """

    def gate(self, result: GateResult) -> Iterable[str]:
        """Behind those of a gate."""

    def end(self, record: Record) -> Iterable[str]:
        """Before the verdict."""


class Plain:
    """
    Plain lines: stable, one below the other, the verdict last.

    Args:
        out: Prints a line.
        more: Lines beyond the usual ones.
    """

    def __init__(self, out: Callable[[str], None] = terminal.out, more: More | None = None) -> None:
        self._out = out
        self._more = more
        self._line: Live | None = None

    def begin(self, action: str, name: str, profile: Profile) -> None:
        """
        Prints what is judged.
        """
        self._out(text.heading(action, name, profile.name))
        if action == "audit":
            from . import live

            self._line = live.on_terminal(profile.limits.test_seconds)

    def gate(self, result: GateResult) -> None:
        """
        Prints a gate and its findings.
        """
        if self._line is not None:
            self._line.clear()
            self._line.start()  # the next gate begins now
        for line in text.gate(result):
            self._out(line)
        for line in () if self._more is None else self._more.gate(result):
            self._out(line)

    def watch(self) -> Callable[[TestOutcome], None] | None:
        """
        The line that shows how far the tests are, on a terminal.
        """
        return None if self._line is None else self._line.test

    def reading(self) -> None:
        """
        Plain lines are about what has ended.
        """

    def end(self, record: Record, report: str | None) -> None:
        """
        Prints digests, notes and the verdict.
        """
        *about, result = text.summary(record, report)
        for line in (*about, *(() if self._more is None else self._more.end(record)), result):
            self._out(line)

    def conclude(self, records: list[Record], result: str) -> None:
        """
        Prints a line for each of several, how many had which verdict, and the worst one.
        """
        if len(records) > 1:
            for line in (*text.overview(records), result):
                self._out(line)

    def close(self) -> None:
        """
        Takes the line away that shows how far the tests are.
        """
        if self._line is not None:
            self._line.clear()


class Quiet:
    """
    The result line and nothing else.
    """

    def begin(self, action: str, name: str, profile: Profile) -> None:
        """
        Prints nothing.
        """

    def gate(self, result: GateResult) -> None:
        """
        Prints nothing.
        """

    def watch(self) -> None:
        """
        Nobody would see it.
        """

    def reading(self) -> None:
        """
        Nobody would see it.
        """

    def end(self, record: Record, report: str | None) -> None:
        """
        Prints nothing.
        """

    def conclude(self, records: list[Record], result: str) -> None:  # noqa: ARG002 - the line says it all
        """
        Prints the worst verdict.
        """
        terminal.out(result)

    def close(self) -> None:
        """
        There is nothing to take away.
        """


class Document(Quiet):
    """
    One document about all bundles.

    Args:
        style: Its format, as `phase2_gate.report.formats` names it.
    """

    def __init__(self, style: str) -> None:
        self._style = style

    def conclude(self, records: list[Record], result: str) -> None:  # noqa: ARG002 - the document says it
        """
        Prints the document.
        """
        from ..report import formats

        terminal.document(formats.render(self._style, records), self._style)


def of(style: str) -> Display:
    """
    The display that needs nothing of others: plain lines, or a document in the format `style`.
    """
    return Plain() if style == "text" else Document(style)

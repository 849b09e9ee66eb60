"""
The record of one judgement: everything that a report says, as values.

Renderers (`phase2_gate.report`) take it and nothing else, so every format says the same.
"""

from __future__ import annotations

from collections.abc import Collection

from .digest import Sha256
from .evidence import Interpreter, Run, Test
from .profile import Profile
from .report import Verdict, Verification
from .typed import NamedTuple
from .waivers import Waiver


class Subject(NamedTuple):
    """
    What was judged.
    """

    name: str
    """The last component of its path."""
    kind: str
    """``bundle`` or ``directory``."""
    size: int | None = None
    """Its size in bytes; None when it could not be opened, or is a directory."""
    sha256: Sha256 | None = None
    """The digest of the file; None when it was not taken."""
    manifest_sha256: Sha256 | None = None
    """The digest of the manifest, which stands for all content."""
    members: int = 0
    """How many members were read."""
    difference: str | None = None
    """Where the bytes differ from the canonical form; empty when nowhere, None when that was not to be told."""


class Host(NamedTuple):
    """
    Where the judgement took place.
    """

    platform: str
    """Operating system and machine."""
    python: str
    """The interpreter of the verifier itself."""


class Record(NamedTuple):
    """
    The record of one judgement.
    """

    action: str
    """``verify`` or ``audit``."""
    tool: str
    """The version of this tool."""
    subject: Subject
    """What was judged."""
    profile: str
    """The name of the profile."""
    verification: Verification
    """The gates and their verdict."""
    host: Host
    """Where it took place."""
    started_at: str
    """When it began: RFC 3339, UTC."""
    seconds: float
    """How long it took."""
    interpreter: Interpreter | None = None
    """What ran the bundle's code; None when nothing did."""
    isolation: str = ""
    """The level that was asked for or found; empty when nothing was run."""
    runs: tuple[Run, ...] = ()
    """The processes that ran."""
    tests: tuple[Test, ...] = ()
    """The tests that were seen."""
    checkpoint: str = ""
    """The journal's checkpoint (origin, size, head); empty when no journal was kept."""
    workspace: str = ""
    """Where the extracted files were kept; empty when they were not."""
    notes: tuple[str, ...] = ()
    """What a reader should know besides."""
    demands: Profile | None = None
    """The profile as it was in force, options of the command line included; None when none was."""

    @property
    def verdict(self) -> Verdict:
        """
        The verdict.
        """
        return self.verification.verdict

    @property
    def result(self) -> str:
        """
        The last line of every report.
        """
        return result_line(self.verdict, len(self.verification.waived), {self.isolation})

    @property
    def waivers(self) -> tuple[tuple[Waiver, int], ...]:
        """
        The waivers, each with the number of findings that it waived.
        """
        stated = () if self.demands is None else self.demands.waivers
        slugs = [waived.finding.rule for waived in self.verification.waived]
        return tuple((waiver, slugs.count(waiver.rule)) for waiver in stated)


def result_line(verdict: Verdict, waived: int, levels: Collection[str]) -> str:
    """
    A line that states a verdict, with whatever makes it weaker than it looks.

    Args:
        verdict: The verdict.
        waived: How many findings do not count.
        levels: How the code was confined.
    """
    weak = ", ".join(sorted({"process", "none"}.intersection(levels)))
    remarks = [f"{waived} waived"] if waived else []
    remarks += [f"isolation: {weak}"] if weak else []
    return f"RESULT: {verdict.value}" + (f" ({', '.join(remarks)})" if remarks else "")

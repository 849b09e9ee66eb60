"""
The mutants that survive and may: each with the reason why no test can, or should, notice it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Accepted", "read_accepted", "render_table"]

_LIST = Path(__file__).with_name("accepted.toml")


@dataclass(frozen=True, slots=True)
class Accepted:
    """
    One entry of the list.
    """

    module: str
    """Name of the module below ``phase2_gate.runtime``."""
    within: str
    """The function or class that holds the change."""
    before: str
    """The lines as they are."""
    after: str
    """The lines changed."""
    reason: str
    """Why it may survive."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """
        As `Mutant.key`.
        """
        return self.module, self.within, self.before, self.after


def read_accepted() -> tuple[Accepted, ...]:
    """
    Read the list: a reason, and the changes that it is good for.
    """
    groups = tomllib.loads(_LIST.read_text(encoding="utf-8"))["group"]
    return tuple(
        Accepted(group["module"], within, before, after, group["reason"])
        for group in groups
        for within, before, after in group["changes"]
    )


def render_table() -> str:
    """
    The list as ``docs/mutation.md`` shows it.
    """
    rows = ["| module | in | change | why it may survive |", "| --- | --- | --- | --- |"]
    for entry in read_accepted():
        change = f"`{entry.before}` → `{entry.after}`".replace("|", "\\|")
        rows.append(f"| `{entry.module}` | `{entry.within}` | {change} | {entry.reason} |")
    return "\n".join(rows)

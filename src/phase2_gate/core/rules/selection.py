"""
Rules of selecting what goes into a bundle: why a workspace is not packed as it is.

They are broken by workspaces, not by bundles, so no gate of an audit judges them. Beside them a build refuses names
and kinds of files by the rules of the gate ``paths``.
"""

from __future__ import annotations

from .rule import Rule

GATE = "selection"
"""What stands in place of a gate."""

_EXPLAIN = "`phase2-gate explain PATH` shows the line that decides; "
_COMMIT = "commit what is to be shipped, or leave it out in `.bundleignore`"


def _rule(slug: str, meaning: str, why: str, remedy: str, *references: str) -> Rule:
    return Rule(slug, GATE, meaning, why, remedy, references)


_ALL = (
    _rule(
        "selection-empty",
        "No file is selected.",
        "Nothing packed is a mistake, never a bundle.",
        "look for a line in `.bundleignore` that takes everything; " + _EXPLAIN + "`phase2-gate list` shows the rest",
        "pypa/hatch#1069",
    ),
    _rule(
        "selection-contradiction",
        "The settings ask for a file that `.bundleignore` leaves out, or give it a name that is never packed.",
        "One of the two is wrong, and either guess would ship another bundle than somebody meant.",
        "take the file back in `.bundleignore`, or do not ask for it in the settings; choose another name in `sources`",
    ),
    _rule(
        "file-unreadable",
        "A file or directory cannot be read.",
        "What cannot be read cannot be shipped, and leaving it out would go unnoticed.",
        "give the user who builds the right to read it, or leave it out in `.bundleignore`",
    ),
    _rule(
        "key-material",
        "A file holds a private key or credentials, by its name or by its content.",
        "What is in a bundle is public, and a published key cannot be taken back.",
        "leave the file out in `.bundleignore`; a made-up key of a test is named in `lift` of `[tool.phase2-gate]`",
        "RFC 7468, sections 10 and 11",
        "RFC 9580, section 6.2",
        "pypa/hatch#1958",
    ),
    _rule(
        "git-ignored",
        "A file that git ignores and does not track is packed.",
        "A fresh clone does not have it, so the same commit gives another bundle elsewhere.",
        _EXPLAIN + "leave the file out in `.bundleignore`, or commit it with `git add -f`",
        "pypa/hatch#2204",
    ),
    _rule(
        "git-left-out",
        "A file that git tracks is left out of the bundle.",
        "It is a source to whoever committed it, and whoever reads the bundle misses it.",
        _EXPLAIN + "change that line, or live with it by building without `--strict-git`",
    ),
    _rule(
        "git-modified",
        "A packed file is not, byte for byte, as in the last commit, or another version of it is staged.",
        "The setting `require-clean-git` promises that the commit and the bundle have the same files.",
        _COMMIT + "; where git changes files when it checks them out, switch that off (`* -text` in .gitattributes)",
        "rust-lang/cargo#9398",
    ),
    _rule(
        "git-untracked",
        "A packed file is not tracked by git.",
        "The setting `require-clean-git` promises that the commit and the bundle have the same files.",
        _COMMIT,
        "rust-lang/cargo#9398",
    ),
)

RULES: dict[str, Rule] = {rule.slug: rule for rule in _ALL}
"""Every rule by its slug."""

"""
Rules of the gate ``archive`` about the file as a whole: its end, its directory, how it is tiled.
"""

from __future__ import annotations

from .rule import Rule

_REWRITE = "write the archive anew with `phase2-gate build` or another well-kept ZIP tool"
_ZIPDIFF = "You et al., My ZIP isn't your ZIP, USENIX Security 2025"
_WAREHOUSE = "PyPI warehouse, utils/zipfiles.py"


def _rule(slug: str, meaning: str, why: str, *references: str, remedy: str = _REWRITE) -> Rule:
    return Rule(slug, "archive", meaning, why, remedy, references)


RULES = (
    _rule(
        "archive-empty",
        "The file holds no byte.",
        "Nothing looked at is never a pass.",
        remedy="send the file again; an upload or download was cut",
    ),
    _rule(
        "archive-not-zip",
        "The file is not a ZIP: it has no end record and does not begin with a member.",
        "Only a ZIP can be judged.",
        "APPNOTE 4.3.6",
        remedy="give the bundle itself, not a page or another format that was saved under its name",
    ),
    _rule(
        "archive-truncated",
        "The file begins like a ZIP and has no end record.",
        "What is missing cannot be judged.",
        "APPNOTE 4.3.16",
        remedy="send the file again; it was cut",
    ),
    _rule(
        "archive-prefix",
        "Bytes lie before the first member.",
        "A polyglot or self-extracting file means another thing to another program.",
        "CVE-2026-3219",
        _WAREHOUSE,
    ),
    _rule(
        "archive-trailing-data",
        "Bytes lie after the end record.",
        "A second archive can hide there, and readers differ on which one counts.",
        _WAREHOUSE,
    ),
    _rule(
        "archive-comment",
        "The archive's comment is not printable ASCII, or holds `PK`.",
        "An end record hidden in a comment makes two archives of one file.",
        "APPNOTE 4.3.16",
        _ZIPDIFF,
    ),
    _rule(
        "archive-multi-disk",
        "A disk number is not zero.",
        "Parts on other disks cannot be judged, and readers ignore the field differently.",
        "APPNOTE 4.4.19",
    ),
    _rule(
        "archive-count-mismatch",
        "The number of members that is declared is not the number in the directory.",
        "Readers that believe the count see other members than readers that walk the directory.",
        "APPNOTE 4.4.21",
        _ZIPDIFF,
    ),
    _rule(
        "archive-directory-mismatch",
        "The central directory does not lie where the end record says, or does not fill that place exactly.",
        "Readers that trust the offset and readers that search see two different directories.",
        "APPNOTE 4.4.23",
        _ZIPDIFF,
    ),
    _rule(
        "archive-no-members",
        "The archive holds no member.",
        "Nothing looked at is never a pass.",
        remedy="build the bundle from a workspace that selects at least one file",
    ),
    _rule(
        "archive-gap",
        "Bytes belong to no member.",
        "A reader that streams finds members there that the directory does not list.",
        "CVE-2025-54368",
        _ZIPDIFF,
    ),
    _rule(
        "archive-overlap",
        "Members share bytes with each other or with the directory.",
        "Overlapping members are how zip bombs are made and how one byte gets two meanings.",
        "CVE-2024-0450",
        "Fifield, A better zip bomb, WOOT 2019",
    ),
    _rule(
        "zip64-end-malformed",
        "The ZIP64 end record or its locator is missing, misplaced, of another length or version.",
        "Readers that overlook the one record read another directory.",
        "APPNOTE 4.3.14",
        "CVE-2025-8291",
    ),
    _rule(
        "zip64-end-mismatch",
        "The ZIP64 end record and the end record contradict each other.",
        "Which of the two counts differs between readers.",
        "APPNOTE 4.4.1.4",
        _ZIPDIFF,
    ),
    _rule(
        "archive-changed",
        "The file changed while it was being judged.",
        "A verdict is about bytes; these are no longer the ones that were judged.",
        remedy="judge a file that nobody writes to",
    ),
)
"""The rules, in the order in which a reader comes upon what they are about."""

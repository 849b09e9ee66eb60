"""
Rules of the gates ``manifest``, ``digests``, ``layout`` and ``cleanliness``: every byte is accounted for.
"""

from __future__ import annotations

from .rule import Rule

_REBUILD = "let `phase2-gate build` write the manifest"


def _rule(
    gate: str, slug: str, meaning: str, why: str, *references: str, remedy: str = _REBUILD, waivable: bool = False
) -> Rule:
    return Rule(slug, gate, meaning, why, remedy, references, waivable)


MANIFEST = (
    _rule(
        "manifest",
        "manifest-missing",
        "There is no `manifest.txt` at the root.",
        "Nothing says what belongs to the bundle.",
    ),
    _rule("manifest", "manifest-empty", "The manifest lists nothing.", "Nothing looked at is never a pass."),
    _rule(
        "manifest",
        "manifest-too-large",
        "The manifest is far larger than the members can need, or than the profile allows.",
        "Reading it could cost any amount of memory.",
    ),
    _rule(
        "manifest",
        "manifest-not-utf8",
        "A line is not UTF-8, or begins with a byte order mark.",
        "Its path has no one meaning.",
    ),
    _rule(
        "manifest",
        "manifest-line-ending",
        "A line ends in CR LF, or the last line has no end.",
        "It is not the text that was written, and tools read paths with a CR in them.",
        remedy="turn line-end conversion off for what is packed (`* -text` in .gitattributes), then build again",
    ),
    _rule(
        "manifest",
        "manifest-malformed-line",
        "A line is not `<64 hex digits>  <path>`.",
        "A checker that skips what it cannot parse checks nothing.",
        "LibraryOfCongress/bagit-python#143",
    ),
    _rule(
        "manifest",
        "manifest-uppercase",
        "A digest is written with capitals.",
        "One content has one manifest.",
    ),
    _rule(
        "manifest",
        "manifest-unsorted",
        "The lines are not in the byte order of their paths.",
        "One content has one manifest.",
    ),
    _rule(
        "manifest",
        "manifest-duplicate",
        "A path is listed twice.",
        "Which digest counts differs between checkers.",
    ),
    _rule(
        "manifest",
        "manifest-path",
        "A listed path breaks a rule for names.",
        "Checkers open another file by it.",
    ),
    _rule("manifest", "manifest-self", "The manifest lists itself.", "No file can hold its own digest."),
    _rule(
        "manifest",
        "manifest-missing-member",
        "A listed file is not in the bundle.",
        "Something was taken out.",
    ),
    _rule(
        "manifest",
        "manifest-unlisted-member",
        "A member is not listed.",
        "Something was put in that nobody vouches for.",
    ),
)

DIGESTS = (
    _rule(
        "digests",
        "manifest-digest-mismatch",
        "A member's content is not what the manifest says.",
        "It was changed after the manifest was written.",
        remedy="find out who changed it; build again only from files that you trust",
    ),
)

LAYOUT = (
    _rule(
        "layout",
        "layout-member-missing",
        "A member that the profile demands is not there.",
        "The bundle cannot do what it is for.",
        remedy="add the file, or lift it out of the rules of .bundleignore (`phase2-gate list` shows what is packed)",
    ),
    _rule(
        "layout",
        "layout-not-canonical",
        "The bytes are not the ones that this tool writes for the same files (demanded by --require-canonical).",
        "Bytes that hang on the tool that wrote them cannot be reproduced from the files.",
        remedy="build it with `phase2-gate build`",
    ),
)

_UNPACK = "add it to .bundleignore, or delete it, and build again"

CLEANLINESS = (
    _rule(
        "cleanliness",
        "clean-vcs",
        "Version control data is packed.",
        "It holds history and hooks.",
        remedy=_UNPACK,
    ),
    _rule(
        "cleanliness",
        "clean-cache",
        "A cache is packed.",
        "It stems from runs, not from sources.",
        remedy=_UNPACK,
    ),
    _rule(
        "cleanliness",
        "clean-byproduct",
        "A byproduct of building or testing is packed.",
        "It stems from runs, not from sources, and compiled code replaces the source that was read.",
        remedy=_UNPACK,
    ),
    _rule(
        "cleanliness",
        "clean-environment",
        "A virtual environment is packed.",
        "It is made, not written.",
        remedy=_UNPACK,
    ),
    _rule(
        "cleanliness",
        "clean-litter",
        "Litter of an editor or an operating system is packed.",
        "It tells about the machine, not about the work.",
        remedy=_UNPACK,
        waivable=True,
    ),
)

RULES = MANIFEST + DIGESTS + LAYOUT + CLEANLINESS
"""All rules of the four gates."""

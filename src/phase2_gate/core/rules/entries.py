"""
Rules of the gate ``archive`` about single members: both headers, the data, what it may cost.
"""

from __future__ import annotations

from .rule import Rule

_REWRITE = "write the archive anew with `phase2-gate build` or another well-kept ZIP tool"
_ZIPDIFF = "You et al., My ZIP isn't your ZIP, USENIX Security 2025"
_WAREHOUSE = "PyPI warehouse, utils/zipfiles.py"


def _rule(slug: str, meaning: str, why: str, *references: str, remedy: str = _REWRITE) -> Rule:
    return Rule(slug, "archive", meaning, why, remedy, references)


ENTRIES = (
    _rule(
        "entry-offset-mismatch",
        "The directory gives another offset than the place where the member lies.",
        "Readers that follow the directory and readers that stream see different bytes.",
        "APPNOTE 4.4.16",
        _ZIPDIFF,
    ),
    _rule(
        "entry-order",
        "The directory lists the members in another order than they lie.",
        "No honest tool does it, and readers that stream meet the members in the other order.",
        "APPNOTE 4.3.12",
    ),
    _rule(
        "entry-disk",
        "A member is said to begin on another disk.",
        "There is one file only.",
        "APPNOTE 4.4.13",
    ),
    _rule(
        "entry-encrypted",
        "A member is encrypted.",
        "What cannot be read cannot be judged.",
        "APPNOTE 4.4.4",
        remedy="write the archive without a password",
    ),
    _rule(
        "entry-flags",
        "A flag is set that stands for patches, masked headers or something reserved.",
        "Readers that know the flag read other bytes than readers that do not.",
        "APPNOTE 4.4.4",
    ),
    _rule(
        "entry-method",
        "A member is neither stored nor deflated.",
        "Other methods are read by few tools, each in its own way.",
        "APPNOTE 4.4.5",
        remedy="write the members stored (`zip -0`) or deflated",
    ),
    _rule(
        "entry-version",
        "A member wants a reader newer than version 4.5.",
        "Nothing that is allowed here needs one.",
        "APPNOTE 4.4.3",
    ),
    _rule(
        "entry-comment",
        "A member carries a comment.",
        "No manifest covers it, and headers can hide in it.",
        "APPNOTE 4.4.25",
        _WAREHOUSE,
    ),
    _rule(
        "extra-malformed",
        "An extra field runs over its area, is repeated, or has a length that its kind does not have.",
        "Readers resynchronise differently after it.",
        "APPNOTE 4.5",
        _WAREHOUSE,
    ),
    _rule(
        "extra-unknown",
        "An extra field is of a kind that is not on the list of harmless ones.",
        "Extra fields rename members (0x7075), link them (0x000d) or carry what no manifest covers.",
        "APPNOTE 4.5.2",
        "APPNOTE 4.6.9",
    ),
    _rule(
        "zip64-entry-malformed",
        "A member's ZIP64 field is missing where a size or offset needs it, or does not fit what it stands for.",
        "Readers differ on which of two sizes counts.",
        "APPNOTE 4.5.3",
        _ZIPDIFF,
    ),
    _rule(
        "local-header-missing",
        "No member begins where the directory says one does.",
        "The directory lists something that is not there.",
        "APPNOTE 4.3.7",
    ),
    _rule(
        "local-name-mismatch",
        "A member's own header gives another name than the directory.",
        "Readers that stream write another file than readers that use the directory.",
        "APPNOTE 4.3.7",
        _ZIPDIFF,
    ),
    _rule(
        "local-flags-mismatch",
        "A member's own header gives other flags than the directory.",
        "Encryption, descriptors and the encoding of names hang on them.",
        _ZIPDIFF,
    ),
    _rule(
        "local-method-mismatch",
        "A member's own header gives another method than the directory.",
        "Stored to the one reader and deflated to the other are different contents.",
        _ZIPDIFF,
    ),
    _rule(
        "local-size-mismatch",
        "A member's own header gives another size than the directory.",
        "Readers that stream stop somewhere else.",
        _ZIPDIFF,
    ),
    _rule(
        "local-crc-mismatch",
        "A member's own header gives another checksum than the directory.",
        "One of the two readers refuses, or neither checks.",
        "APPNOTE 4.4.7",
    ),
    _rule(
        "local-time-mismatch",
        "A member's own header gives another time than the directory.",
        "One of the two was changed after the archive was made.",
        _ZIPDIFF,
    ),
)

CONTENT = (
    _rule(
        "descriptor-mismatch",
        "The data descriptor is missing behind a member that announces one, or contradicts the directory.",
        "Readers that stream take the end of the member from it.",
        "APPNOTE 4.3.9",
        _ZIPDIFF,
    ),
    _rule(
        "descriptor-ambiguous",
        "A stored member with a data descriptor holds the descriptor's own signature in its data.",
        "A reader that streams cannot tell where the member ends.",
        "APPNOTE 4.3.9.3",
        remedy="write to a seekable file, or deflate the members",
    ),
    _rule(
        "stored-size-mismatch",
        "A stored member gives two different sizes.",
        "Bytes that the one reader writes are hidden from the other.",
        "APPNOTE 4.4.8",
    ),
    _rule(
        "deflate-malformed",
        "A deflated member cannot be inflated.",
        "What cannot be read cannot be judged.",
        "RFC 1951",
    ),
    _rule(
        "deflate-unfinished",
        "A deflate stream has no final block.",
        "Lenient readers accept it, strict ones lose the member.",
        "RFC 1951, 3.2.3",
    ),
    _rule(
        "deflate-trailing-data",
        "Bytes lie behind the final block of a deflate stream.",
        "They belong to nobody, and a second stream can hide there.",
        "RFC 1951, 3.2.3",
    ),
    _rule(
        "data-size-mismatch",
        "A member yields another number of bytes than it declares.",
        "Some readers stop at the declared size, some write everything.",
        "APPNOTE 4.4.9",
    ),
    _rule(
        "data-crc-mismatch",
        "A member's bytes do not have the checksum that its header gives.",
        "The bytes changed after the archive was written.",
        "APPNOTE 4.4.7",
        remedy="send the file again; if it stays so, build it again",
    ),
    _rule(
        "limit-members",
        "The archive holds more members than the profile allows.",
        "Judging it could cost any amount of time and memory.",
        remedy="judge it under a profile with a higher `limits.members`, if the number is honest",
    ),
    _rule(
        "limit-member-size",
        "A member is larger than the profile allows.",
        "Judging it could cost any amount of time and disk.",
        remedy="judge it under a profile with a higher `limits.member-bytes`, if the size is honest",
    ),
    _rule(
        "limit-total-size",
        "The members together are larger than the profile allows.",
        "Judging them could cost any amount of time and disk.",
        remedy="judge it under a profile with a higher `limits.total-bytes`, if the size is honest",
    ),
    _rule(
        "limit-ratio",
        "The members grow by more than the profile allows when they are inflated.",
        "Such growth is seen in bombs and hardly anywhere else.",
        "Fifield, A better zip bomb, WOOT 2019",
        remedy="store the members instead of deflating them",
    ),
)

RULES = ENTRIES + CONTENT
"""The rules, in the order in which a reader comes upon what they are about."""

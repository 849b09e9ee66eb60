"""
Rules of the gate ``paths``: every name means one ordinary file, on every platform.
"""

from __future__ import annotations

from .rule import Rule

_RENAME = "rename the file in the workspace and build again"
_WINDOWS = "Microsoft, Naming Files, Paths, and Namespaces"


def _rule(slug: str, meaning: str, why: str, *references: str, remedy: str = _RENAME) -> Rule:
    return Rule(slug, "paths", meaning, why, remedy, references)


NAMES = (
    _rule("name-empty", "A member has no name.", "It cannot be written anywhere."),
    _rule(
        "name-too-long",
        "A name or one of its components is longer than every common file system allows.",
        "It cannot be extracted everywhere, and length is where path checks were fooled before.",
        "CVE-2025-4517",
    ),
    _rule(
        "name-absolute",
        "A name is an absolute path.",
        "It would be written outside the workspace.",
        "APPNOTE 4.4.17.1",
    ),
    _rule(
        "name-traversal",
        "A name has a `..` component.",
        "It would be written outside the workspace.",
        "Snyk, Zip Slip",
    ),
    _rule("name-dot-component", "A name has a `.` component.", "One file has one spelling."),
    _rule("name-empty-component", "A name has an empty component.", "One file has one spelling."),
    _rule(
        "name-backslash",
        "A name holds a backslash.",
        "It separates directories on Windows alone.",
        "APPNOTE 4.4.17.1",
    ),
    _rule("name-drive", "A name begins with a drive letter.", "It leaves the workspace on Windows.", _WINDOWS),
    _rule("name-colon", "A name holds a colon.", "It opens an alternate data stream on Windows.", _WINDOWS),
    _rule(
        "name-control",
        "A name holds a control character or a line separator.",
        "It forges lines of logs and manifests.",
    ),
    _rule("name-forbidden-character", 'A name holds one of `<>"|?*`.', "Windows cannot hold it.", _WINDOWS),
    _rule(
        "name-trailing-dot-or-space",
        "A component ends with a dot or a space.",
        "Windows strips it and opens another file.",
        _WINDOWS,
    ),
    _rule(
        "name-leading-character",
        "A name begins with `-` or `~`, or a component with a space.",
        "Tools take it for a switch or a home directory, people do not see it.",
    ),
    _rule(
        "name-reserved",
        "A component is a device name of Windows.",
        "It opens a device there.",
        "CVE-2023-45284",
        _WINDOWS,
    ),
    _rule(
        "name-short-alias",
        "A component has the form of an 8.3 short name.",
        "It opens another file on Windows.",
        _WINDOWS,
    ),
    _rule(
        "name-not-utf8",
        "A name is marked as UTF-8 and is not.",
        "Every reader makes another name of it.",
        "APPNOTE Appendix D",
    ),
    _rule(
        "name-unmarked",
        "A name holds bytes beyond ASCII without the flag that says UTF-8.",
        "Readers decode it as code page 437, the local code page, or UTF-8.",
        "APPNOTE Appendix D",
        remedy="write it with a tool that sets the UTF-8 flag: `phase2-gate build`, `7z`, `git archive`, Python's "
        "zipfile, or `bsdtar` in a UTF-8 locale; Info-ZIP's `zip` often does not",
    ),
    _rule(
        "name-code-page",
        "A name beyond ASCII is marked as UTF-8 by a header that says DOS, OS/2 or NTFS and has no Unix times.",
        "Info-ZIP's unzip recodes such names all the same, and writes another file.",
        "Info-ZIP UnZip 6.0, unzpriv.h, Ext_ASCII_TO_Native",
        remedy="write it with a tool that says Unix: `phase2-gate build`, `git archive`, Python's zipfile, or `bsdtar` "
        "in a UTF-8 locale; or keep to ASCII names with `jar` and tools of Windows",
    ),
    _rule(
        "name-not-nfc",
        "A name is not in Unicode normal form C.",
        "macOS and Linux take it for different files.",
        "UAX 15",
    ),
    _rule(
        "name-invisible",
        "A name holds an invisible or reordering character.",
        "People read another name.",
        "UTS 39",
    ),
    _rule(
        "name-unassigned",
        "A name holds a private or unassigned code point.",
        "Nobody knows what it folds to, so collisions cannot be excluded.",
    ),
    _rule(
        "name-duplicate",
        "Two members have one name.",
        "Which one counts differs between readers.",
        "CVE-2025-54368",
    ),
    _rule(
        "name-case-collision",
        "Two names differ only in case or in form of the same letters.",
        "They are one file on Windows and macOS.",
    ),
    _rule(
        "name-kind-collision",
        "A name is a file and a directory at once.",
        "Which one is written depends on the order.",
    ),
)

TYPES = (
    _rule(
        "type-symlink",
        "A member is a symbolic link.",
        "It leads out of the workspace, or to another file than the one judged.",
        remedy="pack the file itself in place of the link",
    ),
    _rule(
        "type-special",
        "A member is a device, a pipe, a socket or of no known kind.",
        "Only files can be judged.",
    ),
    _rule(
        "type-permissions",
        "A member carries setuid, setgid or sticky bits.",
        "They give rights that no manifest covers.",
    ),
    _rule(
        "type-directory-mismatch",
        "A member is a directory by its name and a file by its attributes, or the reverse.",
        "Readers differ on which of the two they make.",
        "APPNOTE 4.3.8",
    ),
    _rule(
        "type-directory-data",
        "A directory carries data.",
        "A payload that most readers do not show.",
        "APPNOTE 4.3.8",
    ),
    _rule("type-volume-label", "A member is a DOS volume label.", "Some readers skip it.", "APPNOTE 4.4.15"),
    _rule(
        "directory-unneeded",
        "A directory member has no file beneath it.",
        "No line of the manifest covers it.",
        remedy="leave empty directories out (`zip -D`), or put a file into them",
    ),
)

RULES = NAMES + TYPES
"""All rules of the gate."""

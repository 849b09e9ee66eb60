"""
Tests of member types.
"""

from __future__ import annotations

import pytest

from phase2_gate.core import member_types
from phase2_gate.core.zip_entry import Entry


def _entry(path: str, mode: int, dos: int = 0, size: int = 0) -> Entry:
    return Entry(path, 0, size, size, 0, 0, 0, 0, mode << 16 | dos, 0)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (_entry("a", 0o100644), []),
        (_entry("a", 0o000644), []),
        (_entry("a", 0), []),
        (_entry("a", 0, 0x27), []),
        (_entry("a/", 0o040755, 0x10), []),
        (_entry("a/", 0, 0x10), []),
        (_entry("a/", 0o040755), []),
        (_entry("a/", 0), []),
        (_entry("a", 0o120777), ["type-symlink"]),
        (_entry("a/", 0o120777), ["type-symlink"]),
        (_entry("a", 0o060644), ["type-special"]),
        (_entry("a/", 0o010644, 0x10), ["type-special"]),
        (_entry("a", 0o106755), ["type-permissions"]),
        (_entry("a", 0o001000), ["type-permissions"]),
        (_entry("a/", 0o042755), ["type-permissions"]),
        (_entry("a", 0, 0x08), ["type-volume-label"]),
        (_entry("a/", 0, 0x18), ["type-volume-label"]),
        (_entry("a", 0o040755), ["type-directory-mismatch"]),
        (_entry("a", 0, 0x10), ["type-directory-mismatch"]),
        (_entry("a/", 0o100644), ["type-directory-mismatch"]),
        (_entry("a/", 0o100644, 0x10), ["type-directory-mismatch"]),
        (_entry("a/", 0, 0x10, 5), ["type-directory-data"]),
    ],
)
def test_types(entry: Entry, expected: list[str]) -> None:
    """
    A file is a file and a directory a directory, by every field that says so.
    """
    assert [finding.rule for finding in member_types.problems(entry)] == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a"], []),
        (["a/", "a/b"], []),
        (["a/b", "a/"], []),
        (["a/", "a/b/", "a/b/c", "a/b/d"], []),
        (["a/", "b"], ["a"]),
        (["a/", "a/b/"], ["a", "a/b"]),
        (["a/", "ab/c"], ["a"]),
        (["/", "b"], []),
        (["a/", "a/" + "x/" * 40000 + "y"], []),
    ],
)
def test_directories_that_nobody_needs(names: list[str], expected: list[str]) -> None:
    """
    Some file lies beneath every directory.
    """
    assert [finding.path for finding in member_types.unneeded([_entry(name, 0) for name in names])] == expected

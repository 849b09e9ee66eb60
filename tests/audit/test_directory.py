"""
Tests of `phase2_gate.audit.directory`: extracted bundles against their manifest.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from phase2_gate.audit import directory
from phase2_gate.core import rules
from phase2_gate.core.errors import SourceError
from phase2_gate.core.findings import Finding
from phase2_gate.core.limits import Limits
from phase2_gate.core.paths import parse
from phase2_gate.core.profile import GENERIC, Profile
from phase2_gate.core.report import Verdict

from ..bundles import GOOD, manifest


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """
    A bundle as it lies extracted.
    """
    for path, content in {**GOOD, "manifest.txt": manifest(GOOD)}.items():
        (tmp_path / "extracted" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "extracted" / path).write_bytes(content)
    return tmp_path / "extracted"


def found(root: Path, profile: Profile = GENERIC) -> list[Finding]:
    """
    The findings of a directory.
    """
    return list(directory.judge(str(root), profile)[0].findings)


def test_an_extracted_bundle_passes(root: Path) -> None:
    """
    Every rule of every gate but the archive's ran; the subject is the directory.
    """
    verification, subject = directory.judge(f"{root}/", GENERIC)
    assert (verification.verdict, verification.unjudged) == (Verdict.PASS, ())
    assert [gate.gate for gate in verification.gates] == ["paths", "manifest", "digests", "layout", "cleanliness"]
    assert (subject.name, subject.kind, subject.members, subject.sha256) == ("extracted", "directory", 3, None)
    assert subject.manifest_sha256 == hashlib.sha256(manifest(GOOD)).hexdigest()


def test_the_canonical_form_is_not_demanded_of_directories() -> None:
    """
    All rules of the gates are required but the one about the bytes of an archive.
    """
    expected = {slug for gate in rules.STATIC_GATES[1:] for slug in rules.of_gate(gate)} - {"layout-not-canonical"}
    assert expected == set(directory.REQUIRED)


def _rewrite(root: Path, change: Callable[[bytes], bytes]) -> None:
    (root / "manifest.txt").write_bytes(change((root / "manifest.txt").read_bytes()))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda root: (root / "pkg/__init__.py").write_text("X"), [("manifest-digest-mismatch", "pkg/__init__.py")]),
        (
            lambda root: (root / "pkg/__init__.py").unlink(),
            [("directory-unneeded", "pkg"), ("manifest-missing-member", "pkg/__init__.py")],
        ),
        (lambda root: (root / "new").write_text("X"), [("manifest-unlisted-member", "new")]),
        (lambda root: (root / "manifest.txt").unlink(), [("manifest-missing", "manifest.txt")]),
        (lambda root: _rewrite(root, bytes.upper), None),
        (lambda root: (root / "empty").mkdir(), [("directory-unneeded", "empty")]),
        (lambda root: (root / "link").symlink_to("manifest.txt"), [("type-symlink", "link")]),
        (lambda root: os.mkfifo(root / "pipe"), [("type-special", "pipe")]),
        (lambda root: os.link(root / "manifest.txt", root / "CON.txt"), [("name-reserved", "CON.txt")]),
        (lambda root: os.link(root / "manifest.txt", root / "Manifest.TXT"), None),
    ],
)  # fmt: skip
def test_what_is_not_as_extracted(
    root: Path, change: Callable[[Path], object], expected: list[tuple[str, str]] | None
) -> None:
    """
    Changes, additions, removals and files that are none have their rules.
    """
    change(root)
    seen = [(finding.rule, finding.path) for finding in found(root)]
    if expected is None:
        assert seen != []
    else:
        assert [pair for pair in seen if pair != ("manifest-unlisted-member", "CON.txt")] == expected


def test_a_cache_is_found(root: Path) -> None:
    """
    What a run left behind is neither listed nor clean.
    """
    (root / "pkg/__pycache__").mkdir()
    (root / "pkg/__pycache__/a.cpython-311.pyc").write_bytes(b"")
    seen = {(finding.rule, finding.path) for finding in found(root)}
    assert seen == {
        ("manifest-unlisted-member", "pkg/__pycache__/a.cpython-311.pyc"),
        ("clean-cache", "pkg/__pycache__"),
    }


def test_the_profile_is_demanded(root: Path) -> None:
    """
    A member that the auditor's profile names must be there.
    """
    profile = Profile("mine", members=(parse("LICENSE"), parse("pkg/__init__.py")))
    assert found(root, profile) == [Finding("layout-member-missing", "LICENSE", "demanded by the profile mine")]


def test_a_manifest_beyond_the_limit_is_not_read(root: Path) -> None:
    """
    The limit of the profile holds; nothing after it is judged.
    """
    size = len(manifest(GOOD))
    assert found(root, Profile("mine", limits=Limits(manifest_bytes=size))) == []
    [finding] = found(root, Profile("mine", limits=Limits(manifest_bytes=size - 1)))
    assert (finding.rule, finding.path) == ("manifest-too-large", "manifest.txt")


def test_a_name_that_is_no_text_is_found_once(root: Path) -> None:
    """
    Bytes that are not UTF-8 are a finding with the escaped name.
    """
    try:
        with open(os.path.join(os.fsencode(root), b"bad\xff"), "wb"):
            pass
    except OSError:
        pytest.skip("this file system keeps names as text")
    assert ("name-not-utf8", "bad\udcff") in [(finding.rule, finding.path) for finding in found(root)]


def test_a_directory_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """
    We could not judge then: it is not the bundle's fault.
    """
    with pytest.raises(SourceError, match=r"absent: cannot be read: .*absent"):
        directory.judge(str(tmp_path / "absent"), GENERIC)

"""
Tests of `phase2_gate.audit.unchanged`.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from phase2_gate.audit import unchanged
from phase2_gate.core import verify
from phase2_gate.core.findings import Finding
from phase2_gate.core.profile import GENERIC
from phase2_gate.core.source import MemorySource
from phase2_gate.core.zip_tiling import Member

from ..bundles import bundle

FILES = {"a.txt": b"a", "deep/er/b.txt": b"b"}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """
    A directory that holds the files of the bundle.
    """
    root = tmp_path / "workspace"
    for path, content in {**FILES, "manifest.txt": bundle_manifest()}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


def bundle_manifest() -> bytes:
    """
    The manifest of the files.
    """
    rows = (f"{hashlib.sha256(content).hexdigest()}  {path}\n" for path, content in FILES.items())
    return "".join(rows).encode()


def members() -> tuple[Member, ...]:
    """
    The members of the bundle as they are judged.
    """
    return verify.judge(MemorySource(bundle(FILES)), GENERIC).members


def test_an_untouched_workspace_has_no_findings(workspace: Path) -> None:
    """
    Files and the directories above them are expected.
    """
    assert unchanged.compare(str(workspace), members()) == []


def _to_link(root: Path) -> None:
    content = root / "elsewhere"
    (root / "a.txt").rename(root.parent / content.name)
    (root / "a.txt").symlink_to(root.parent / content.name)


def _to_directory(root: Path) -> None:
    (root / "a.txt").unlink()
    (root / "a.txt").mkdir()


def _to_pipe(root: Path) -> None:
    (root / "a.txt").unlink()
    os.mkfifo(root / "a.txt")


def _directory_to_file(root: Path) -> None:
    (root / "deep/er/b.txt").unlink()
    (root / "deep/er").rmdir()
    (root / "deep/er").write_text("x")


CHANGED = "not what was extracted"
ADDED = "workspace-file-added"
REMOVED = Finding("workspace-file-removed", "deep/er/b.txt", "extracted, and no longer there")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda root: (root / "a.txt").write_bytes(b"A"),
            [Finding("workspace-file-changed", "a.txt", CHANGED, None, "other bytes")],
        ),
        (lambda root: (root / "deep/er/b.txt").unlink(), [REMOVED]),
        (
            lambda root: (root / "deep/new").write_text(""),
            [Finding(ADDED, "deep/new", "a file that the bundle does not hold")],
        ),
        (lambda root: (root / "new").mkdir(), [Finding(ADDED, "new", "a directory that the bundle does not hold")]),
        (
            lambda root: (root / "new").symlink_to("/"),
            [Finding(ADDED, "new", "a link that the bundle does not hold")],
        ),
        (
            lambda root: os.mkfifo(root / "new"),
            [Finding(ADDED, "new", "a special that the bundle does not hold")],
        ),
        (_to_link, [Finding("workspace-file-changed", "a.txt", CHANGED, None, "a link")]),
        (_to_directory, [Finding("workspace-file-changed", "a.txt", CHANGED, None, "a directory")]),
        (_to_pipe, [Finding("workspace-file-changed", "a.txt", CHANGED, None, "a special")]),
        (
            _directory_to_file,
            [Finding(ADDED, "deep/er", "a file that the bundle does not hold"), REMOVED],
        ),
    ],
)
def test_every_change_is_found(workspace: Path, change: Callable[[Path], object], expected: list[Finding]) -> None:
    """
    Whatever was changed, removed, added or exchanged for something else; links are not followed.
    """
    change(workspace)
    assert expected == unchanged.compare(str(workspace), members())


@pytest.mark.parametrize(
    ("path", "mode"), [("a.txt", 0), ("a.txt", 0o044), ("deep", 0), ("deep/er", 0o600), ("deep/er", 0o300), (".", 0)]
)
def test_what_may_not_be_read_any_more_is_found(workspace: Path, path: str, mode: int) -> None:
    """
    It is a change, and what is behind it is compared all the same.
    """
    (workspace / "deep/er/b.txt").write_bytes(b"B")
    (workspace / path).chmod(mode)
    assert unchanged.compare(str(workspace), members()) == [
        Finding(
            "workspace-file-changed",
            None if path == "." else path,
            "it may not be read any more",
            None,
            f"mode {mode:04o}",
        ),
        Finding("workspace-file-changed", "deep/er/b.txt", CHANGED, None, "other bytes"),
    ]


def test_names_that_are_not_utf8_are_found(workspace: Path) -> None:
    """
    A name that is no text is a finding like any other.
    """
    try:
        with open(os.path.join(os.fsencode(workspace), b"bad\xff"), "wb"):
            pass
    except OSError:
        pytest.skip("this file system keeps names as text")
    [finding] = unchanged.compare(str(workspace), members())
    assert (finding.rule, finding.path) == ("workspace-file-added", "bad\udcff")


def test_a_link_is_never_read(tmp_path: Path) -> None:
    """
    A file that has become a link since it was seen is an error, not another file's digest.
    """
    (tmp_path / "target").write_bytes(b"x")
    (tmp_path / "link").symlink_to("target")
    assert unchanged.file_digest(str(tmp_path / "target")) == hashlib.sha256(b"x").hexdigest()
    with pytest.raises(OSError, match="symbolic link"):
        unchanged.file_digest(str(tmp_path / "link"))

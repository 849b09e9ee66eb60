"""
Tests of extraction, with somebody else at work at every step.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from phase2_gate.audit import extract as module
from phase2_gate.audit.extract import extract
from phase2_gate.core import verify
from phase2_gate.core.errors import AuditError
from phase2_gate.core.profile import GENERIC
from phase2_gate.core.report import Verdict
from phase2_gate.core.source import MemorySource
from phase2_gate.core.zip_tiling import Member
from tests.forge import Forged, bundle, deflated, manifest_of, run_stream

FILES = (
    Forged(b"a.py", b"A = 1\n"),
    deflated(b"big.txt", b"a" * (1 + 258 * 2000), run_stream(b"a", 2000)),
    Forged(b"pkg/__init__.py", b""),
    Forged(b"pkg/sub/deep.py", b"x" * 300_000),
    Forged(b"pkg/z.py", b"Z = 26\n"),
    Forged(b"run.sh", b"#!/bin/sh\n", central={"attributes": 0o100755 << 16}),
)
BUNDLE = bundle(*FILES)
CONTENT = {member.name.decode(): member.content for member in (manifest_of(FILES), *FILES)}


class Hooked(MemorySource):
    """
    Does something before a certain read, counted from 0.
    """

    def __init__(self, data: bytes, at: int, action: Callable[[], None]) -> None:
        super().__init__(data)
        self.reads = 0
        self._at = at
        self._action = action

    def read_at(self, offset: int, length: int) -> bytes:
        """
        The bytes.
        """
        if self.reads == self._at:
            self._action()
        self.reads += 1
        return super().read_at(offset, length)


def _members() -> tuple[Member, ...]:
    judgement = verify.judge(MemorySource(BUNDLE), GENERIC)
    assert judgement.verification.verdict is Verdict.PASS
    return judgement.members


def _tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture(params=[True, False], ids=["descriptors", "paths"])
def target(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    An empty directory, on a platform with and without descriptors of directories.
    """
    if request.param and not module._HAS_DIRECTORY_DESCRIPTORS:
        pytest.skip("this platform has no descriptors of directories")
    monkeypatch.setattr(module, "_HAS_DIRECTORY_DESCRIPTORS", request.param)
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def test_writes_every_file(target: Path) -> None:
    """
    The files of the bundle lie there, byte for byte, and nothing else.
    """
    count = extract(MemorySource(BUNDLE), _members(), str(target))

    assert (count, _tree(target)) == (len(CONTENT), CONTENT)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_modes_follow_the_mark(target: Path) -> None:
    """
    Only a member that is marked can be executed.
    """
    extract(MemorySource(BUNDLE), _members(), str(target), fixed_modes=module._HAS_DIRECTORY_DESCRIPTORS)
    runnable = [path for path in CONTENT if stat.S_IMODE((target / path).stat().st_mode) & 0o111]

    assert runnable == ["run.sh"]


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "c\\x", "nul", "a//b"])
def test_refuses_names_that_nobody_judged(target: Path, path: str) -> None:
    """
    A member of another origin is an error, and nothing is written for it.
    """
    member = _members()[1]
    bad = member._replace(entry=member.entry._replace(path=path))

    with pytest.raises(AuditError, match="not judged sound"):
        extract(MemorySource(BUNDLE), [bad], str(target))

    assert list(target.parent.rglob("*")) == [target]


def test_refuses_members_without_a_digest(target: Path) -> None:
    """
    Content that could not be believed is never written.
    """
    with pytest.raises(AuditError, match="not judged sound"):
        extract(MemorySource(BUNDLE), [_members()[1]._replace(digest=None)], str(target))

    assert _tree(target) == {}


def test_refuses_to_write_over_anything(target: Path) -> None:
    """
    A file that is there already was made by somebody else.
    """
    (target / "a.py").write_bytes(b"theirs")

    with pytest.raises(AuditError, match="cannot be extracted to"):
        extract(MemorySource(BUNDLE), _members(), str(target))

    assert (target / "a.py").read_bytes() == b"theirs"


@pytest.mark.parametrize("at", range(0, len(BUNDLE), 1009))
def test_notices_every_byte_that_changed_after_the_judgement(target: Path, at: int) -> None:
    """
    The file is rewritten in place after it was judged: refused, or the byte belonged to no content.
    """
    changed = BUNDLE[:at] + bytes([BUNDLE[at] ^ 1]) + BUNDLE[at + 1 :]

    reason = ""
    try:
        extract(MemorySource(changed), _members(), str(target))
    except AuditError as error:
        reason = str(error)

    assert "changed while it was judged" in reason or _tree(target) == CONTENT


@pytest.mark.skipif(not module._HAS_DIRECTORY_DESCRIPTORS, reason="needs descriptors of directories")
@pytest.mark.parametrize("step", range(12))
def test_follows_no_link_that_appears_on_the_way(tmp_path: Path, step: int) -> None:
    """
    Before each read somebody swaps the directories that are being filled for links: nothing is written outside.
    """
    target, outside = tmp_path / "out", tmp_path / "outside"
    target.mkdir()
    outside.mkdir()

    def swap() -> None:
        for name in ("pkg", "pkg/sub"):
            path = target / name
            if path.is_dir() and not path.is_symlink():
                path.rename(target / f"moved-{name.replace('/', '-')}")
                path.symlink_to(outside)

    reason = "cannot be extracted to"
    try:
        extract(Hooked(BUNDLE, step, swap), _members(), str(target))
    except AuditError as error:
        reason = str(error)

    assert "cannot be extracted to" in reason
    assert list(outside.iterdir()) == []


@pytest.mark.skipif(not module._HAS_DIRECTORY_DESCRIPTORS, reason="needs descriptors of directories")
def test_a_link_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    """
    Files are made, never opened.
    """
    target = tmp_path / "out"
    target.mkdir()
    (target / "a.py").symlink_to(tmp_path / "stolen")

    with pytest.raises(AuditError, match="cannot be extracted to"):
        extract(MemorySource(BUNDLE), _members(), str(target))

    assert not (tmp_path / "stolen").exists()

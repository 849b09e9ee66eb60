"""
Tests of `phase2_gate.audit.unpack`.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from phase2_gate.audit import unpack as module
from phase2_gate.audit.extract import extract
from phase2_gate.audit.unpack import unpack
from phase2_gate.core.errors import AuditError, SourceError
from phase2_gate.core.report import Verdict

from ..bundles import GOOD, bundle, manifest


@pytest.fixture
def good(tmp_path: Path) -> str:
    """
    A bundle that passes.
    """
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    return str(tmp_path / "good.zip")


def tree(root: Path) -> dict[str, bytes]:
    """
    The files below a directory.
    """
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("exists", [False, True])
def test_a_sound_bundle_is_extracted_whole(tmp_path: Path, good: str, exists: bool) -> None:
    """
    Into a directory that is made, or was empty; nothing else appears beside it.
    """
    if exists:
        (tmp_path / "out").mkdir()
    record, count = unpack(good, str(tmp_path / "out"))
    assert (record.verdict, count) == (Verdict.PASS, 3)
    assert tree(tmp_path / "out") == {**GOOD, "manifest.txt": manifest(GOOD)}
    assert sorted(os.listdir(tmp_path)) == ["good.zip", "out"]


def test_the_user_s_mask_decides_the_modes(tmp_path: Path, good: str) -> None:
    """
    As for any file that the user makes.
    """
    before = os.umask(0o027)
    try:
        unpack(good, str(tmp_path / "out"))
    finally:
        os.umask(before)
    modes = {path: stat.S_IMODE((tmp_path / "out" / path).stat().st_mode) for path in (".", "pkg", "manifest.txt")}
    assert modes == {".": 0o750, "pkg": 0o750, "manifest.txt": 0o640}


def test_an_unsound_bundle_is_not_extracted(tmp_path: Path) -> None:
    """
    Nothing at all is written for a bundle with a finding.
    """
    (tmp_path / "bad.zip").write_bytes(bundle(GOOD, listed=manifest({**GOOD, "x": b""})))
    record, count = unpack(str(tmp_path / "bad.zip"), str(tmp_path / "out"))
    assert ([finding.rule for finding in record.verification.findings], count) == (["manifest-missing-member"], 0)
    assert os.listdir(tmp_path) == ["bad.zip"]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("full", "seen a directory with something in it, need none or an empty one"),
        ("file", "Not a directory"),
        ("link", "seen a link, need none or an empty one"),
        ("dangling", "seen a link, need none or an empty one"),
    ],
)
def test_a_destination_that_is_not_free_is_refused(tmp_path: Path, good: str, kind: str, message: str) -> None:
    """
    Nothing of the user's is ever overwritten, or written to through a link.
    """
    out, other = tmp_path / "out", tmp_path / "other"
    if kind == "full":
        out.mkdir()
        (out / "mine").write_text("mine")
    elif kind == "file":
        out.write_text("mine")
    else:
        out.symlink_to(other)
        if kind == "link":
            other.mkdir()
    before = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*"))
    with pytest.raises(AuditError, match=message) as raised:
        unpack(good, str(out))
    assert raised.value.hint == "name a directory that does not exist yet"
    assert before == sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*"))


def test_without_a_place_for_it_nothing_is_extracted(tmp_path: Path, good: str) -> None:
    """
    The directory above the destination has to be there.
    """
    with pytest.raises(AuditError, match=r"absent/out: cannot be made: No such file"):
        unpack(good, str(tmp_path / "absent/out"))
    assert os.listdir(tmp_path) == ["good.zip"]


def test_a_missing_bundle_is_an_error(tmp_path: Path) -> None:
    """
    It could not be judged, and nothing is made.
    """
    with pytest.raises(SourceError, match="cannot be opened"):
        unpack(str(tmp_path / "absent.zip"), str(tmp_path / "out"))
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("error", [AuditError("the bundle changed"), KeyboardInterrupt()])
def test_what_breaks_off_leaves_nothing(
    tmp_path: Path, good: str, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """
    Half an extraction is removed, whatever stopped it.
    """

    def broken(_: object, __: object, destination: str) -> int:
        (Path(destination) / "half").write_text("")
        raise error

    monkeypatch.setattr(module, "extract", broken)
    with pytest.raises(type(error)):
        unpack(good, str(tmp_path / "out"))
    assert os.listdir(tmp_path) == ["good.zip"]


def test_a_destination_that_is_taken_meanwhile_stays(
    tmp_path: Path, good: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Whoever fills the destination while we extract keeps it.
    """
    honest = extract

    def slow(source: object, members: object, destination: str) -> int:
        (tmp_path / "out").mkdir()
        (tmp_path / "out/mine").write_text("mine")
        return honest(source, members, destination)  # type: ignore[arg-type] # handed on as they came

    monkeypatch.setattr(module, "extract", slow)
    with pytest.raises(AuditError, match="cannot be extracted to") as raised:
        unpack(good, str(tmp_path / "out"))
    assert raised.value.hint == "name a directory that nobody else writes to"
    assert (sorted(os.listdir(tmp_path)), os.listdir(tmp_path / "out")) == (["good.zip", "out"], ["mine"])

"""
Tests of bundles in files.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from phase2_gate.audit import source as module
from phase2_gate.audit.source import FileSource, WatchedSource, opened
from phase2_gate.core.errors import SourceError
from phase2_gate.core.source import MemorySource


def test_reads_exactly_what_is_asked(tmp_path: Path) -> None:
    """
    A range is had whole, whatever a single read gives.
    """
    (tmp_path / "a").write_bytes(bytes(range(200)))

    with opened(tmp_path / "a") as source:
        assert (source.size, source.read_at(3, 5), source.read_at(0, 0)) == (200, bytes(range(3, 8)), b"")


def test_joins_short_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    File systems may give less than was asked for.
    """
    (tmp_path / "a").write_bytes(b"0123456789")
    monkeypatch.setattr(
        module, "_read_at", lambda descriptor, length, offset: os.pread(descriptor, min(length, 3), offset)
    )

    with opened(tmp_path / "a") as source:
        assert source.read_at(1, 8) == b"12345678"


def test_reads_without_pread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Windows has no positioned read.
    """
    (tmp_path / "a").write_bytes(b"0123456789")
    monkeypatch.delattr(os, "pread", raising=False)

    with opened(tmp_path / "a") as source:
        assert (source.read_at(4, 3), source.read_at(0, 2)) == (b"456", b"01")


def test_notices_a_file_that_was_cut(tmp_path: Path) -> None:
    """
    Bytes that were there when the file was opened and are gone are an error, not an end.
    """
    path = tmp_path / "a"
    path.write_bytes(bytes(100))

    with opened(path) as source:
        os.truncate(path, 10)
        with pytest.raises(SourceError, match="became shorter"):
            source.read_at(5, 50)


def test_a_read_that_fails_is_our_error(tmp_path: Path) -> None:
    """
    No error of the operating system leaves the source.
    """
    (tmp_path / "a").write_bytes(b"x")
    descriptor = os.open(tmp_path / "a", os.O_WRONLY)
    try:
        with pytest.raises(SourceError, match="a: cannot be read at byte 0"):
            FileSource(descriptor, "a", 1).read_at(0, 1)
    finally:
        os.close(descriptor)


def test_holds_on_to_the_file_it_opened(tmp_path: Path) -> None:
    """
    Another file under the same name changes nothing.
    """
    path = tmp_path / "a"
    path.write_bytes(b"judged")

    with opened(path) as source:
        (tmp_path / "b").write_bytes(b"other!")
        os.replace(tmp_path / "b", path)

        assert source.read_at(0, 6) == b"judged"


@pytest.mark.parametrize("name", ["missing", "directory", "pipe", "nul\0byte", ""])
def test_refuses_what_is_no_file(tmp_path: Path, name: str) -> None:
    """
    Whatever is not a regular file is an error at once, and never a wait.
    """
    (tmp_path / "directory").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")

    with pytest.raises(SourceError, match="cannot be"), opened(os.path.join(tmp_path, name) if name else ""):
        pytest.fail("opened")


def test_a_watched_source_tells_how_much_was_read() -> None:
    """
    The same bytes, counted; never more than there are, however often they are read.
    """
    told: list[int] = []
    watched = WatchedSource(MemorySource(b"0123456789"), told.append)
    assert (watched.size, watched.read_at(2, 4), watched.read_at(0, 3), watched.read_at(0, 10)) == (
        10,
        b"2345",
        b"012",
        b"0123456789",
    )
    assert told == [4, 7, 10]

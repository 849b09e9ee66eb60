"""
What holds after every hostile run, and after every honest one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """
    A directory that everybody may use, with a file that everybody may write.
    """
    directory = tmp_path / "outside"
    directory.mkdir()
    directory.chmod(0o777)
    (directory / "file").write_text("secret")
    (directory / "file").chmod(0o666)
    return directory


@pytest.fixture(autouse=True)
def untouched(outside: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """
    After every run: no process, no mount, no scratch area is left, and nothing outside has changed.
    """
    areas = tmp_path / "areas"
    areas.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(areas))
    file = outside / "file"
    mounts = Path("/proc/self/mountinfo").read_bytes()
    before = (file.read_text(), file.stat().st_mode, file.stat().st_mtime_ns)
    yield
    assert before == (file.read_text(), file.stat().st_mode, file.stat().st_mtime_ns)
    assert [path.name for path in outside.iterdir()] == ["file"]
    assert list(areas.iterdir()) == []
    assert mounts == Path("/proc/self/mountinfo").read_bytes()
    assert processes_of(areas) == []


def processes_of(areas: Path) -> list[str]:
    """
    Processes whose environment names a scratch area below a directory.
    """
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                if f"TMPDIR={areas}".encode() in (entry / "environ").read_bytes():
                    found.append(entry.name)
    return found

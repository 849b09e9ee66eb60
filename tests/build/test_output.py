"""
Tests of files that appear whole or not at all.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from phase2_gate.build import build, output
from phase2_gate.core.errors import BuildError


def _everything(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*"))


def _interrupted(target: Path, error: BaseException, other: Path | None = None) -> None:
    with output.replacing(target) as descriptor:
        os.write(descriptor, b"new")
        if other is not None:
            other.write_bytes(b"")
        raise error


def test_puts_the_file_in_its_place(tmp_path: Path) -> None:
    """
    Directories are made, the content is there, nothing else is.
    """
    target = tmp_path / "a" / "b" / "x.zip"
    with output.replacing(target) as descriptor:
        os.write(descriptor, b"content")
        assert not target.exists()
    assert target.read_bytes() == b"content"
    assert _everything(tmp_path) == ["a", "a/b", "a/b/x.zip"]


def test_replaces_a_file_and_not_what_it_links_to(tmp_path: Path) -> None:
    """
    A file that is there is replaced in one step; a link is replaced itself.
    """
    target = tmp_path / "x.zip"
    target.write_bytes(b"old")
    with output.replacing(target) as descriptor:
        os.write(descriptor, b"new")
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    if hasattr(os, "symlink"):
        (tmp_path / "link").symlink_to("x.zip")
        with output.replacing(tmp_path / "link") as descriptor:
            os.write(descriptor, b"other")
        assert not (tmp_path / "link").is_symlink()
        assert target.read_bytes() == b"new"


@pytest.mark.skipif(os.name == "nt", reason="needs modes of POSIX")
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_the_mode_is_the_one_of_any_new_file(tmp_path: Path, mask: int) -> None:
    """
    Unreadable to others while it is written, then as the umask says.
    """
    before = os.umask(mask)
    try:
        with output.replacing(tmp_path / "x") as descriptor:
            assert stat.S_IMODE(os.fstat(descriptor).st_mode) == 0o600
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o666 & ~mask


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, BuildError])
def test_leaves_nothing_behind(tmp_path: Path, error: type[BaseException]) -> None:
    """
    Whatever interrupts, the temporary file and the directories made for it are gone, and what was there stays.
    """
    (tmp_path / "kept.zip").write_bytes(b"old")
    for target in (tmp_path / "a" / "b" / "x.zip", tmp_path / "kept.zip"):
        with pytest.raises(error, match=r"^why$"):
            _interrupted(target, error("why"))
    assert _everything(tmp_path) == ["kept.zip"]
    assert (tmp_path / "kept.zip").read_bytes() == b"old"


def test_an_interruption_of_closing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Ctrl-C while the file of a build that failed is being closed: it is removed all the same.
    """
    close = os.close

    def interrupted(descriptor: int) -> None:
        close(descriptor)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "close", interrupted)
    with pytest.raises(KeyboardInterrupt):
        _interrupted(tmp_path / "a" / "x.zip", ValueError("why"))
    monkeypatch.undo()
    assert _everything(tmp_path) == []


def test_leaves_directories_that_others_use(tmp_path: Path) -> None:
    """
    A directory into which somebody put a file meanwhile is not removed.
    """
    with pytest.raises(ValueError, match=r"^why$"):
        _interrupted(tmp_path / "a" / "b" / "x", ValueError("why"), tmp_path / "a" / "other")
    assert _everything(tmp_path) == ["a", "a/other"]


@pytest.mark.parametrize("name", ["fsync", "replace", "open"])
def test_a_system_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """
    An error of the file system names the file, and nothing is left.
    """

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    target = tmp_path / "a" / "x.zip"
    monkeypatch.setattr(os, name, fail)
    with pytest.raises(BuildError) as caught, output.replacing(target):
        pass
    assert str(caught.value) == f"{target}: cannot be written: No space left on device"
    monkeypatch.undo()
    assert _everything(tmp_path) == []


def test_refuses_a_file_in_the_place_of_a_directory(tmp_path: Path) -> None:
    """
    A path through a file is an error, not a traceback.
    """
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(BuildError, match=r"/x: cannot be written: "), output.replacing(tmp_path / "a" / "x"):
        pass
    assert _everything(tmp_path) == ["a"]


def test_works_where_modes_and_directories_cannot_be_handled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A system without modes by descriptor and without directory descriptors writes the same file.
    """
    monkeypatch.setattr(os, "supports_fd", set())
    monkeypatch.delattr(os, "O_DIRECTORY", raising=False)
    with output.replacing(tmp_path / "x") as descriptor:
        os.write(descriptor, b"content")
    assert (tmp_path / "x").read_bytes() == b"content"


@pytest.mark.parametrize("content", [None, b"", b"PK\3\4 and so on", b"PK\5\6 and so on"])
def test_a_zip_gives_its_place_to_a_bundle(tmp_path: Path, content: bytes | None) -> None:
    """
    So does an empty file, as programs make that ask for a name; and where nothing is there is nothing to lose.
    """
    if content is not None:
        (tmp_path / "x.zip").write_bytes(content)
    output.refuse_loss(tmp_path / "x.zip")
    assert _everything(tmp_path) == ([] if content is None else ["x.zip"])


@pytest.mark.parametrize("content", [b"X = 1\n", b"PK", b"PK\7\x08", b"\0"])
def test_anything_else_keeps_its_place(tmp_path: Path, content: bytes) -> None:
    """
    Sources that were named by mistake are not lost, by their own name or through a link.
    """
    (tmp_path / "a.py").write_bytes(content)
    names = ["a.py"]
    if hasattr(os, "symlink"):
        (tmp_path / "link").symlink_to("a.py")
        names.append("link")
    for name in names:
        with pytest.raises(BuildError, match=r"already there, and is not overwritten: seen a file that is no ZIP$"):
            output.refuse_loss(tmp_path / name)
    assert (tmp_path / "a.py").read_bytes() == content


@pytest.mark.parametrize("name", ["manifest.txt", "Manifest.TXT", ".bundleignore", "pyproject.toml", "d/manifest.txt"])
def test_a_name_that_means_something_is_no_place_for_a_bundle(tmp_path: Path, name: str) -> None:
    """
    Not even when nothing is there: the manifest would take the bundle's place, or the next build read it as rules.
    """
    (tmp_path / "w").mkdir()
    (tmp_path / "w/a.py").write_bytes(b"X = 1\n")
    with pytest.raises(
        BuildError, match=r"no place for a bundle: this tool reads or writes another file of that name$"
    ):
        build(tmp_path / "w", output=tmp_path / "w" / name)
    assert _everything(tmp_path / "w") == ["a.py"]


def test_a_build_does_not_take_the_place_of_a_source(tmp_path: Path) -> None:
    """
    Whether the command or the settings name it.
    """
    (tmp_path / "a.py").write_bytes(b"X = 1\n")
    (tmp_path / "pyproject.toml").write_bytes(b'[tool.phase2-gate]\noutput = "a.py"\n')
    for named in (None, tmp_path / "a.py"):
        with pytest.raises(BuildError, match="not overwritten"):
            build(tmp_path, output=named)
    assert (tmp_path / "a.py").read_bytes() == b"X = 1\n"
    assert _everything(tmp_path) == ["a.py", "pyproject.toml"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_is_no_file_keeps_its_place(tmp_path: Path) -> None:
    """
    A device that is replaced by a file is missed by every program: a pipe stands for all here, and is not opened.
    """
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    for name in ("pipe", "link"):
        with pytest.raises(BuildError, match=r"seen a device, a pipe or a socket, need the name of a file$"):
            output.written(tmp_path / name, b"content")
        with pytest.raises(BuildError, match=r"seen a device, a pipe or a socket, need the name of a file$"):
            output.refuse_loss(tmp_path / name)
    assert stat.S_ISFIFO((tmp_path / "pipe").lstat().st_mode)
    assert _everything(tmp_path) == ["link", "pipe"]

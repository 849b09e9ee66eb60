"""
Tests of `phase2_gate.workspace.reading`.
"""

from __future__ import annotations

import errno
import os
from contextlib import closing
from pathlib import Path

import pytest

from phase2_gate.build import build
from phase2_gate.build import content as build_content
from phase2_gate.core.errors import BuildError
from phase2_gate.workspace import reading

pytestmark = pytest.mark.skipif(os.open not in os.supports_dir_fd, reason="needs directories to open relative to")


def _content(beneath: reading.Beneath, root: bytes, inner: bytes) -> bytes:
    descriptor, size = beneath.open_regular(root + inner, inner)
    with open(descriptor, "rb") as file:
        data = file.read()
    assert len(data) == size
    return data


def test_reads_every_file_from_its_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Up, down and sideways, from any form of the root, and every descriptor is given back.
    """
    deep = "e/" * 80 + "a"
    names = ["a", "b/a", "b/b/a", "b/b/b/b/a", "b/c", "c/b/a", "d", deep, deep.replace("a", "f/a"), "e/a"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.chdir(tmp_path)
    before = os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else []

    for root in (os.fsencode(tmp_path) + b"/", b"./", b""):
        with closing(reading.Beneath()) as beneath:
            for name in (*names, *reversed(names)):
                assert _content(beneath, root, name.encode()) == name.encode()

    assert len(before) == (len(os.listdir("/proc/self/fd")) if before else 0)


@pytest.mark.parametrize("swapped", ["b", "b/b", "b/b/a"])
def test_follows_no_link(tmp_path: Path, swapped: str) -> None:
    """
    Whichever component became a link behind the walk; what lies beside it is read as before.
    """
    for place in ("w/b/b", "outside/b"):
        (tmp_path / place).mkdir(parents=True)
    (tmp_path / "w" / "b" / "b" / "a").write_text("inside")
    (tmp_path / "w" / "c").write_text("beside")
    (tmp_path / "outside" / "a").write_text("outside")
    (tmp_path / "outside" / "b" / "a").write_text("outside")
    (tmp_path / "w" / swapped).rename(tmp_path / "away")
    (tmp_path / "w" / swapped).symlink_to(tmp_path / "outside" / ("a" if swapped.endswith("a") else ""))
    root = os.fsencode(tmp_path / "w") + b"/"

    with closing(reading.Beneath()) as beneath:
        for _ in range(2):
            with pytest.raises(OSError):  # noqa: PT011 - which one it is differs from system to system
                beneath.open_regular(root + b"b/b/a", b"b/b/a")
            assert _content(beneath, root, b"c") == b"beside"


@pytest.mark.parametrize(("length", "seen"), [(4095, errno.ENOENT), (4096, errno.ENAMETOOLONG)])
def test_enters_no_directory_whose_path_is_too_long(tmp_path: Path, length: int, seen: int) -> None:
    """
    Opened one below the other they could be, at a cost that grows with the square of the depth.
    """
    root = os.fsencode(tmp_path) + b"/"
    inner = (b"b/" * 4096)[: length - len(root) - 2] + b"/a"
    with closing(reading.Beneath()) as beneath, pytest.raises(OSError) as caught:  # noqa: PT011 - asserted below
        beneath.directory(root + inner, inner)
    assert caught.value.errno == seen


def test_a_build_reads_nothing_behind_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A directory that is swapped for a link between the walk and the reading fails the build, which leaves nothing.
    """
    (tmp_path / "w" / "d").mkdir(parents=True)
    (tmp_path / "w" / "d" / "a").write_text("inside")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a").write_text("outside")
    real = build_content.opened

    def swapped(*arguments: object) -> object:
        (tmp_path / "w" / "d").rename(tmp_path / "away")
        (tmp_path / "w" / "d").symlink_to(tmp_path / "outside")
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(build_content, "opened", swapped)
    with pytest.raises(BuildError, match=r"^d/a: cannot be read: "):
        build(tmp_path / "w", output=tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()

"""
Comparisons of two directories.
"""

from __future__ import annotations

import ast
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from phase2_gate.compare.comparison import directories
from phase2_gate.compare.tree import special
from phase2_gate.core.errors import SourceError

from .locales import ascii_only


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    """
    Two equal directories.
    """
    for name in ("a", "b"):
        (tmp_path / name / "sub").mkdir(parents=True)
        (tmp_path / name / "one.py").write_bytes(b"one\n")
        (tmp_path / name / "sub" / "two.bin").write_bytes(b"\0two")
    return tmp_path / "a", tmp_path / "b"


def _messages(sides: tuple[Path, Path]) -> list[str]:
    found = directories(str(sides[0]), str(sides[1])).differences
    return [f"{one.kind} {one.path}: {one.message()}" for one in found]


def test_equal_directories_are_equal(sides: tuple[Path, Path]) -> None:
    """
    Times and places do not count.
    """
    os.utime(sides[1] / "one.py", (1, 1))
    assert _messages(sides) == []
    assert directories(str(sides[0]), str(sides[1])).outcome == "equal"


def test_files_are_added_removed_moved_and_changed(sides: tuple[Path, Path]) -> None:
    """
    Names and contents are compared as in bundles.
    """
    (sides[0] / "gone").write_bytes(b"gone")
    (sides[1] / "new").write_bytes(b"new")
    (sides[1] / "sub" / "two.bin").rename(sides[1] / "two.bin")
    (sides[1] / "sub").rmdir()
    (sides[1] / "one.py").write_bytes(b"\0")
    assert _messages(sides) == [
        "added new: 3 bytes",
        "removed gone: 4 bytes",
        "moved sub/two.bin: the same content: 'sub/two.bin' in A, 'two.bin' in B",
        "content one.py: content, from byte 0 on: 4 bytes in A, 1 bytes in B",
    ]


def test_names_are_read_as_utf_8_whatever_the_locale(sides: tuple[Path, Path]) -> None:
    """
    Where the locale knows ASCII alone, a file is found by the name that it has.
    """
    for side, content in zip(sides, (b"one\n", b"two\n"), strict=True):
        (side / "\u0130stanbul.txt").write_bytes(content)
    program = (
        "import sys\n"
        "from phase2_gate.compare import compare\n"
        "print([(one.kind, ascii(one.path)) for one in compare(*sys.argv[1:]).differences])\n"
    )
    command = [sys.executable, "-c", program, *map(str, sides)]
    done = subprocess.run(command, env=ascii_only(), capture_output=True, check=True)
    assert ast.literal_eval(done.stdout.decode()) == [("content", r"'\u0130stanbul.txt'")]


@pytest.mark.skipif(os.name == "nt", reason="no execute bit")
def test_the_execute_bit_is_compared_and_no_other(sides: tuple[Path, Path]) -> None:
    """
    Whoever may read or write is the machine's affair.
    """
    (sides[0] / "one.py").chmod(0o600)
    (sides[1] / "sub" / "two.bin").chmod(0o700)
    assert _messages(sides) == ["mode sub/two.bin: mode: 0100644 in A, 0100755 in B"]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege")
def test_links_are_compared_by_their_targets(sides: tuple[Path, Path]) -> None:
    """
    A link is never followed; a file in its place is another mode and content.
    """
    (sides[0] / "link").symlink_to("one.py")
    (sides[1] / "link").symlink_to("one.py")
    assert _messages(sides) == []
    (sides[1] / "link").unlink()
    (sides[1] / "link").write_bytes(b"one\n")
    assert [message.partition(":")[0] for message in _messages(sides)] == ["content link", "mode link"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_special_files_are_compared_by_kind(sides: tuple[Path, Path]) -> None:
    """
    A pipe is not opened, which could wait forever; it equals another pipe, and nothing else.
    """
    os.mkfifo(sides[0] / "pipe")
    os.mkfifo(sides[1] / "pipe")
    assert _messages(sides) == []
    (sides[1] / "pipe").unlink()
    (sides[1] / "pipe").write_bytes(b"")
    assert _messages(sides) == [
        "content pipe: content: 7 bytes in A, 0 bytes in B",
        "mode pipe: mode: 0010644 in A, 0100644 in B",
    ]
    (sides[1] / "pipe").rename(sides[1] / "empty")
    assert _messages(sides) == ["added empty: 0 bytes", "removed pipe: a pipe"]
    assert not directories(str(sides[0]), str(sides[1])).same_content


@pytest.mark.skipif(not hasattr(os, "mknod"), reason="no devices")
def test_devices_are_compared_by_their_numbers(sides: tuple[Path, Path]) -> None:
    """
    Two devices of one name that are not the same device are not equal.
    """
    try:
        for side, minor in zip(sides, (3, 5), strict=True):
            os.mknod(side / "node", stat.S_IFCHR | 0o644, os.makedev(1, minor))
    except PermissionError:
        pytest.skip("only the superuser makes devices")
    (found,) = directories(str(sides[0]), str(sides[1])).differences
    assert (found.kind, found.path) == ("content", "node")
    assert found.lines[3:] == ("-a character device 1:3", "+a character device 1:5")


@pytest.mark.skipif(not hasattr(os, "makedev"), reason="no devices")
def test_special_files_are_told_apart() -> None:
    """
    Kind and number are a part of what is compared.
    """
    device = os.makedev(8, 1)
    seen = [
        special(kind, device)
        for kind in (stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFMT(0o150000))
    ]
    assert seen == ["a pipe", "a socket", "a character device 8:1", "a block device 8:1", "another kind of file"]


def test_an_empty_directory_is_an_item(sides: tuple[Path, Path]) -> None:
    """
    Directories count when nothing in them does.
    """
    (sides[1] / "empty").mkdir()
    assert _messages(sides) == ["added empty/: a directory"]


def test_two_empty_directories_are_not_judged(tmp_path: Path) -> None:
    """
    Nothing looked at is never equal.
    """
    comparison = directories(str(tmp_path), str(tmp_path))
    assert (comparison.outcome, comparison.blocked) == ("not judged", "both directories are empty")


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """
    A directory that is not there is named.
    """
    with pytest.raises(SourceError, match=r"nothing: cannot be read: No such file"):
        directories(str(tmp_path), str(tmp_path / "nothing"))


def test_a_file_that_vanishes_is_an_error(sides: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Content that is gone when it is to be shown gives no verdict.
    """
    (sides[1] / "one.py").write_bytes(b"other\n")
    from phase2_gate.compare import contents

    def vanish(side: object, item: object) -> bytes:
        for root in sides:
            (root / "one.py").unlink(missing_ok=True)
        return b"".join(side.pieces(item))  # type: ignore[attr-defined]  # the real thing, later

    monkeypatch.setattr(contents, "content", vanish)
    with pytest.raises(SourceError, match=r"one\.py: cannot be read: "):
        directories(str(sides[0]), str(sides[1]))

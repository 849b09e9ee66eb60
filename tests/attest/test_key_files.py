"""
Key files: nobody else may read a private one, and none is ever written over.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from phase2_gate.attest import key_files
from phase2_gate.core.errors import KeyFileError

posix = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX permissions")


def _refused(name: str) -> KeyFileError:
    with pytest.raises(KeyFileError) as raised:
        key_files.read_private(name)
    return raised.value


@posix
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_pair_is_written(tmp_path: Path, mask: int) -> None:
    """The private half is the owner's only, whatever the umask; the public one lies beside it."""
    before = os.umask(mask)
    try:
        public = key_files.write_pair(tmp_path / "k", b"private", b"public")
    finally:
        os.umask(before)
    assert public == tmp_path / "k.pub"
    assert stat.S_IMODE((tmp_path / "k").stat().st_mode) == 0o600
    assert key_files.read_private(str(tmp_path / "k")) == b"private"
    assert key_files.read_public(str(public)) == b"public"


@pytest.mark.parametrize("taken", ["k", "k.pub"])
def test_no_key_is_written_over(tmp_path: Path, taken: str) -> None:
    """What is there stays as it is, and nothing new is left."""
    (tmp_path / taken).write_bytes(b"mine")
    with pytest.raises(KeyFileError, match="cannot be written: File exists") as raised:
        key_files.write_pair(tmp_path / "k", b"private", b"public")
    assert raised.value.hint == "a key is never written over; name another file"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {taken: b"mine"}


@posix
def test_link_is_not_written_through(tmp_path: Path) -> None:
    """A dangling link under the name makes no key elsewhere."""
    (tmp_path / "k").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeyFileError, match="File exists"):
        key_files.write_pair(tmp_path / "k", b"private", b"public")
    assert [path.name for path in tmp_path.iterdir()] == ["k"]


def test_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a pair is none; an interruption leaves none either."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeyFileError, match="No space left on device") as raised:
        key_files.write_pair(tmp_path / "k", b"private", b"public")
    assert raised.value.hint is None
    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        key_files.write_pair(tmp_path / "k", b"private", b"public")
    assert list(tmp_path.iterdir()) == []


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610, 0o660, 0o601, 0o777, 0o620, 0o646, 0o602])
def test_file_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    """Any permission of group or others, by path and by descriptor; of public keys others may do all but write them."""
    path = tmp_path / "k"
    path.write_bytes(b"private")
    path.chmod(mode)
    refused = _refused(str(path))
    assert refused.message == f"{path}: others may use this key: seen mode {mode:04o}, need 0600 or less"
    assert refused.hint == f"chmod 600 {path}"
    with path.open("rb") as file:
        assert "others may use this key" in _refused(f"fd:{file.fileno()}").message
    if not mode & stat.S_IWOTH:
        assert key_files.read_public(str(path)) == b"private"
        return
    with pytest.raises(KeyFileError) as raised:
        key_files.read_public(str(path))
    assert raised.value.message == f"{path}: anybody may replace this key: seen mode {mode:04o}"
    assert raised.value.hint == f"chmod o-w {path}"


def test_modes_say_nothing_without_owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no POSIX owners, what protects a file is beyond its mode."""
    path = tmp_path / "k"
    path.write_bytes(b"private")
    path.chmod(0o666)
    monkeypatch.delattr(os, "geteuid", raising=False)
    assert key_files.read_private(str(path)) == key_files.read_public(str(path)) == b"private"


def test_what_is_no_key_has_its_name(tmp_path: Path) -> None:
    """A trust root that cannot be read is not called a key."""
    with pytest.raises(KeyFileError, match="absent: the trust root cannot be read: "):
        key_files.read_public(str(tmp_path / "absent"), "trust root")


@posix
@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_safe_file_is_read(tmp_path: Path, mode: int) -> None:
    """The owner's own key, also through a link."""
    path = tmp_path / "k"
    path.write_bytes(b"private")
    path.chmod(mode)
    (tmp_path / "link").symlink_to(path)
    assert key_files.read_private(str(tmp_path / "link")) == b"private"


@posix
def test_file_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever owns the file chose the key."""
    path = tmp_path / "k"
    path.write_bytes(b"private")
    path.chmod(0o600)
    owner = path.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    status = os.stat_result((0o100600, 0, 0, 1, owner + 2, 0, 7, 0, 0, 0))
    with pytest.raises(KeyFileError, match=f"belongs to another user: seen uid {owner + 2}, need {owner + 1}"):
        key_files._demand_safe("k", status, "key", private=True, named=True)


def test_descriptor_is_read_and_left_open() -> None:
    """A pipe hands a key over without a file; it is read to its end and stays the caller's."""
    out, into = os.pipe()
    try:
        os.write(into, b"private")
        os.close(into)
        assert key_files.read_private(f"fd:{out}") == b"private"
        assert os.read(out, 1) == b""
    finally:
        os.close(out)


@pytest.mark.parametrize("name", ["fd:999999", "fd:1234567", "fd:-1", "fd:x", "fd:", "", "a\0b"])
def test_what_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Neither an open descriptor nor a file: an error that names it."""
    monkeypatch.chdir(tmp_path)
    assert _refused(name).message.startswith(f"{name}: the key cannot be read: ")


def test_what_is_no_file(tmp_path: Path) -> None:
    """A directory, and a pipe that would hang."""
    assert "not a regular file" in _refused(str(tmp_path)).message
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        refused = _refused(str(tmp_path / "pipe"))
        assert "not a regular file" in refused.message
        assert refused.hint == "hand a pipe over as fd:N"


def test_size_is_bounded(tmp_path: Path) -> None:
    """A file that is no key is not read whole."""
    path = tmp_path / "k"
    path.write_bytes(b"x" * (key_files.MAX_BYTES + 1))
    path.chmod(0o600)
    assert _refused(str(path)).message == f"{path}: not a key: seen more than 65536 bytes"
    path.write_bytes(b"x" * key_files.MAX_BYTES)
    assert len(key_files.read_private(str(path))) == key_files.MAX_BYTES

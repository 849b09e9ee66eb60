"""
Tests of the manifest in the workspace.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from phase2_gate.build import check_manifest, manifest, write_manifest
from phase2_gate.core.errors import BuildError, SelectionError
from tests.workspace.trees import make

_DIGEST_OF_X = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"


def test_writes_only_what_changed(tmp_path: Path) -> None:
    """
    The manifest is written when it differs, and left alone when it is right.
    """
    make(tmp_path, {"b": "x", "a/c": "x"})
    expected = f"{_DIGEST_OF_X}  a/c\n{_DIGEST_OF_X}  b\n".encode()
    assert manifest(tmp_path) == expected
    assert not (tmp_path / "manifest.txt").exists()
    assert write_manifest(tmp_path)
    assert (tmp_path / "manifest.txt").read_bytes() == expected
    assert not write_manifest(tmp_path)
    (tmp_path / "b").write_bytes(b"y")
    assert write_manifest(tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["a", "b", "manifest.txt"]


def test_tells_every_difference(tmp_path: Path) -> None:
    """
    Files that came, went and changed are told, and so is a manifest that is not well formed.
    """
    make(tmp_path, {"a": "x", "b": "x", "c": "x"})
    assert check_manifest(tmp_path) == ("manifest.txt: not there",)
    write_manifest(tmp_path)
    assert check_manifest(tmp_path) == ()
    make(tmp_path, {"b": "y", "d": ""})
    (tmp_path / "a").unlink()
    assert check_manifest(tmp_path) == (
        "a: listed, but not selected",
        "b: changed since it was listed",
        "d: selected, but not listed",
    )
    (tmp_path / "manifest.txt").write_bytes(manifest(tmp_path)[:-1])
    assert check_manifest(tmp_path) == (
        "manifest.txt: manifest-line-ending: the last line has no end: need a final LF (offset 203)",
    )


def test_a_manifest_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """
    A directory in its place is no drift but a failure.
    """
    make(tmp_path, {"a": "x", "manifest.txt/x": ""})
    with pytest.raises(BuildError, match=r"^manifest\.txt: cannot be read: "):
        check_manifest(tmp_path)


def test_a_secret_is_in_no_manifest(tmp_path: Path) -> None:
    """
    A private key in a file is refused here as in a build.
    """
    name, body = "EC PRIVATE KEY", "MHcCAQEEIAABAgMEBQYHCAkKCwwNDg8Q"
    make(tmp_path, {"a": f"-----BEGIN {name}-----\n{body}\n", "b": ""})
    with pytest.raises(SelectionError, match=r"^a: key-material: a private key; "):
        manifest(tmp_path)

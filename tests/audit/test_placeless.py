"""
What is random about a run is taken out of texts, and nothing else.
"""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from phase2_gate.audit.placeless import placeless
from phase2_gate.cli.main import main
from tests.bundles import bundle

WORKSPACE = Path("/var/tmp/phase2-gate-ab12_z90/workspace")

_TESTS = b"""\
import os, tempfile, pytest

def test_cwd(): raise AssertionError(os.getcwd())
def test_tmp_path(tmp_path): raise AssertionError(str(tmp_path))
def test_mkdtemp(): raise AssertionError(tempfile.mkdtemp())
def test_object(): raise AssertionError(object())
def test_home(): raise AssertionError(os.environ.get("HOME"), os.environ.get("TMPDIR"))
def test_skip(): pytest.skip(__file__)
@pytest.mark.parametrize("place", [os.getcwd(), os.environ["HOME"]])
def test_name(place): pass
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in /var/tmp/phase2-gate-ab12_z90/workspace/a.py", "in <workspace>/a.py"),
        ("/var/tmp/phase2-gate-ab12_z90", "<scratch>"),
        ("'/var/tmp/phase2-gate-00000000/x', 1", "'<scratch>/x', 1"),
        ("/var/tmp/phase2-gate-00000000/tmpabcd1234/y", "<scratch>/<random>/y"),
        ("/var/tmp/phase2-gate-00000000/tmpabcd12345", "<scratch>/tmpabcd12345"),
        ("/var/tmp/phase2-gate-123456789", "/var/tmp/phase2-gate-123456789"),
        ("/tmp/phase2-gate-00000000", "/tmp/phase2-gate-00000000"),
        ("/var/tmp/tmpabcd1234", "/var/tmp/tmpabcd1234"),
        ("<object object at 0x7f9e4c4c53f0>", "<object object at <address>>"),
        ("<x at 0x0000021F4A7C1D50>", "<x at <address>>"),
        ("at 0x10 and 0x7f9e4c4c53f0", "at 0x10 and 0x7f9e4c4c53f0"),
        ("seen 3, need 4", "seen 3, need 4"),
        ("", ""),
    ],
)
def test_texts(text: str, expected: str) -> None:
    """Directories of the run and addresses go; whatever only looks similar stays."""
    assert placeless(WORKSPACE)(text) == expected


def _stable(capsys: pytest.CaptureFixture[str], argv: list[str]) -> dict[str, Any]:
    assert main(argv) == 1
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    del document["volatile"]
    return document


def test_two_audits_say_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without `volatile` the documents are equal, even when the bundle's tests tell where they run."""
    path = tmp_path / "a.zip"
    path.write_bytes(bundle({"pkg/__init__.py": b"", "tests/test_a.py": _TESTS}))
    argv = ["audit", str(path), "--format", "json", "--isolation", "process"]
    first, second = _stable(capsys, argv), _stable(capsys, copy.copy(argv))
    assert first == second
    assert len(first["tests"]) == 8
    details = {test["name"].rpartition("::")[2]: test["detail"] for test in first["tests"]}
    assert details["test_cwd"] == "AssertionError: <workspace>"
    assert details["test_home"] == "AssertionError: ('<scratch>', '<scratch>')"
    assert {"test_name[<workspace>]", "test_name[<scratch>]"} <= set(details)
    assert not re.search(r"phase2-gate-[a-z0-9_]{8}", json.dumps(first))

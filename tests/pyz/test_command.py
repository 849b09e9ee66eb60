"""
The archive as a command: what it does like the installed one, and what it cannot do and says so.
"""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

import phase2_gate
from phase2_gate._version import __version__

from ..bundles import GOOD, bundle
from ..tools import require
from .command import run

INSTALLED = Path(phase2_gate.__file__).parents[1]
BAD = {**GOOD, "tests/test_b.py": b"def test_b():\n    assert 0\n"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """
    A directory with a good bundle, one whose tests fail, and one that was changed on the way.
    """
    (tmp_path / "good.zip").write_bytes(bundle(GOOD))
    (tmp_path / "bad.zip").write_bytes(bundle(BAD))
    changed = bundle(GOOD).replace(b"VALUE = 1\n", b"VALUE = 2\n")
    (tmp_path / "changed.zip").write_bytes(changed)
    return tmp_path


def _installed(directory: Path, *arguments: str) -> tuple[int, bytes, str]:
    done = subprocess.run(
        [sys.executable, "-m", "phase2_gate", *arguments],
        cwd=directory,
        env={"PATH": os.defpath, "PYTHONPATH": str(INSTALLED)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr.decode()


def test_the_version_is_stated(pyz: Path, tmp_path: Path) -> None:
    """
    It is that of the sources, whichever way the archive is started.
    """
    stated = f"phase2-gate {__version__}\n".encode()
    assert run(pyz, tmp_path, "--version").out == stated
    assert run(pyz, tmp_path, "--version", flags=("-I",)).out == stated
    assert run(pyz, tmp_path, "--version", flags=("-I", "-S")).out == stated


@pytest.mark.integration
@pytest.mark.parametrize(
    "call",
    [
        ("verify", "good.zip"),
        ("verify", "changed.zip"),
        ("verify", "good.zip", "changed.zip", "absent.zip"),
        ("verify", "good.zip", "--require-canonical"),
        ("diff", "good.zip", "bad.zip"),
        ("diff", "good.zip", "changed.zip", "--format", "json"),
        ("diff", "good.zip", "good.zip"),
        ("rule",),
        ("rule", "manifest-digest-mismatch"),
        ("rule", "manifest-digest-mismatched"),
        ("schema", "report"),
        ("audit", "bad.zip", "--isolation", "process", "--python", sys.executable),
        ("audit", "changed.zip"),
        ("verify", "--no-such-option"),
        ("verify", "--help"),
        (),
    ],
    ids=lambda call: " ".join(call) or "nothing",
)
def test_it_says_what_the_installed_command_says(pyz: Path, place: Path, call: tuple[str, ...]) -> None:
    """
    The same exit code and the same text on both streams.
    """
    ended = run(pyz, place, *call)
    assert (ended.code, ended.out, ended.err) == _installed(place, *call)


@pytest.mark.integration
@pytest.mark.parametrize("flags", [(), ("-I",), ("-I", "-S")], ids=lambda flags: " ".join(flags) or "plain")
@pytest.mark.parametrize(("name", "code"), [("good.zip", 0), ("bad.zip", 1)])
def test_an_audit_with_an_interpreter_that_has_pytest(
    pyz: Path, place: Path, flags: tuple[str, ...], name: str, code: int
) -> None:
    """
    PASS and FAIL as under the installed tool, with the isolation that works here, and with all evidence.

    The archive is named by a relative path too, because its launcher starts in another directory.
    """
    relative = Path(os.path.relpath(pyz, place))
    ended = run(relative, place, "audit", name, "--python", sys.executable, "--report-dir", "reports", flags=flags)
    if ended.code == 3 and b"--isolation process" in ended.out:
        pytest.skip("nothing isolates here")
    verdict = {0: "PASS", 1: "FAIL"}[code]
    assert (ended.code, ended.out.splitlines()[-1], ended.err) == (code, f"RESULT: {verdict}".encode(), "")
    document = json.loads((place / "reports/report.json").read_text())
    assert (document["verdict"], document["tool"]) == (verdict, {"name": "phase2-gate", "version": __version__})
    assert document["isolation"] in {"strict", "landlock"}
    assert (place / f"reports/{verdict}_report.md").exists()
    sums = subprocess.run([require("sha256sum"), "-c", "--quiet", "SHA256SUMS"], cwd=place / "reports", check=False)
    assert sums.returncode == 0


@pytest.mark.integration
def test_an_audit_without_pytest_names_the_way_out(pyz: Path, place: Path) -> None:
    """
    BLOCKED, exit 3, and the options that help.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place / "bare")], check=True)
    python = str(place / "bare/bin/python")
    ended = run(pyz, place, "audit", "good.zip", "--isolation", "process", "--python", python)
    assert (ended.code, ended.out.splitlines()[-1], ended.err) == (3, b"RESULT: BLOCKED", "")
    assert b"pytest is missing in this interpreter" in ended.out
    assert b"--python" in ended.out


@pytest.mark.integration
def test_an_extracted_bundle_is_the_same(pyz: Path, place: Path) -> None:
    """
    All files of a good one, nothing of a bad one.
    """
    assert run(pyz, place, "extract", "good.zip", "out").code == 0
    written = {path.relative_to(place / "out").as_posix() for path in (place / "out").rglob("*") if path.is_file()}
    assert written == {"manifest.txt", *GOOD}
    assert run(pyz, place, "verify", "out").code == 0
    assert run(pyz, place, "diff", "out", "out").code == 0
    assert run(pyz, place, "extract", "changed.zip", "other").code == 1
    assert not (place / "other").exists()


@pytest.mark.integration
@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (("list", "w"), "error: pathspec: "),
        (("build", "w", "--output", "x.zip"), "error: pathspec: "),
        (("manifest", "w"), "error: pathspec: "),
        (("explain", "w/a.txt", "--workspace", "w"), "error: pathspec: "),
        (("diff", "good.zip", "w"), "error: pathspec: "),
        (("--print-completion", "bash"), "error: shtab: "),
        (("key", "new", "k"), "error: signatures: "),
        (("attest", "verify", "good.zip", "good.zip", "--key", "k"), "error: signatures: "),
        (("audit", "good.zip", "--report-dir", "r", "--sign", "k"), "error: signatures: "),
        (("mission", "run", "m.json", "--repo", ".", "--journal", "j"), "error: mission run: "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_needs_packages_says_so(pyz: Path, place: Path, call: tuple[str, ...], complaint: str) -> None:
    """
    Exit 3, one error and the way out, no traceback, nothing written.
    """
    (place / "w").mkdir()
    (place / "w/a.txt").write_bytes(b"a\n")
    (place / "w/.bundleignore").write_bytes(b"*.log\n")
    before = sorted(place.rglob("*"))
    ended = run(pyz, place, *call)
    error, hint = ended.err.splitlines()
    assert (ended.code, ended.out, error.startswith(complaint)) == (3, b"", True)
    assert hint.startswith("hint: install phase2-gate ")
    assert sorted(place.rglob("*")) == before


@pytest.mark.integration
@pytest.mark.parametrize(("name", "code"), [("good.zip", 0), ("bad.zip", 1)])
def test_on_a_terminal_it_does_without_colour(pyz: Path, place: Path, name: str, code: int) -> None:
    """
    Rich is not there, and nothing is missing but the paint.
    """
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, str(pyz), "audit", name, "--isolation", "process", "--python", sys.executable],
        cwd=place,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={"PATH": os.defpath, "TERM": "xterm-256color"},
    )
    os.close(slave)
    shown = bytearray()
    # Linux ends the stream of a terminal that nobody writes to any more with an error.
    while piece := _read(master):
        shown += piece
    os.close(master)
    assert process.wait(60) == code
    assert b"\x1b" not in shown
    assert shown.endswith(f"RESULT: {'FAIL' if code else 'PASS'} (isolation: process)\r\n".encode())


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""

"""
Tests of `phase2_gate.cli.guard`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from phase2_gate.cli.guard import BLOCKED, FAIL, PASS, USAGE, guarded
from phase2_gate.core.errors import (
    AuditError,
    BuildError,
    IsolationError,
    Phase2GateError,
    ProfileError,
    SelectionError,
    SettingsError,
    SourceError,
)


def _left(before: str, code: int = 3, **streams: int) -> subprocess.CompletedProcess[bytes]:
    """
    A process that does what the program `before` says, and is left with status `code`.
    """
    program = f"import atexit, os, sys\nfrom phase2_gate.cli.guard import leave\n{before}\nleave({code})"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    return subprocess.run([sys.executable, "-c", program], env=environment, check=False, **given)  # type: ignore[call-overload, no-any-return]


def test_leaving_loses_nothing() -> None:
    """
    What is buffered is written, and what was registered for the end is done, in the usual order.
    """
    done = _left(
        "atexit.register(print, 'last')\natexit.register(print, 'first')\nprint('out')\nsys.stderr.write('err')"
    )

    lines = [b"out", b"first", b"last"]
    assert (done.returncode, done.stdout.split(), done.stderr) == (3, lines, b"err")


def test_leaving_takes_nothing_apart() -> None:
    """
    No value is finalized one by one.
    """
    done = _left("class Value:\n    def __del__(self):\n        os.write(1, b'finalized')\nvalue = Value()")

    assert (done.returncode, done.stdout, done.stderr) == (3, b"", b"")


@pytest.mark.parametrize("before", ["sys.stdout = sys.stderr = None", "sys.stdout.close()", "raise_ = 1 / 1"])
def test_leaving_keeps_the_status(before: str) -> None:
    """
    Whatever became of the streams, and whatever cannot be done at the end, the status is the one that was given.
    """
    done = _left(f"atexit.register(lambda: 1 / 0)\n{before}")

    assert done.returncode == 3


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a closed pipe is another error on Windows")
def test_leaving_a_reader_that_is_gone() -> None:
    """
    Nobody reads what is still buffered: no word, a failure keeps its status, and success is none.
    """
    for code, expected in ((0, 3), (1, 1), (2, 2), (3, 3)):
        reading, writing = os.pipe()
        os.close(reading)
        try:
            done = _left("sys.stdout.write('x')", code, stdout=writing)
        finally:
            os.close(writing)

        assert (done.returncode, done.stderr) == (expected, b"")


def test_leaving_waits_for_threads() -> None:
    """
    A thread that is no daemon is waited for, as at any other end.
    """
    thread = "threading.Thread(target=lambda: (time.sleep(0.3), print('done', flush=True))).start()"

    done = _left(f"import threading, time\n{thread}")

    assert (done.returncode, done.stdout.split(), done.stderr) == (3, [b"done"], b"")


def test_the_exit_codes() -> None:
    """
    The numbers are a promise.
    """
    assert (PASS, FAIL, USAGE, BLOCKED) == (0, 1, 2, 3)


@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_what_raises_nothing_keeps_its_code(capsys: pytest.CaptureFixture[str], code: int) -> None:
    """
    Nothing is added to it.
    """
    assert code == guarded(lambda: code)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("error", "code", "complaint"),
    [
        (ProfileError("a: b", hint="c"), 2, "error: a: b\nhint: c\n"),
        (SettingsError("a: b"), 2, "error: a: b\n"),
        (SelectionError("a\nb"), 1, "error: a\nerror: b\n"),
        (BuildError("a"), 3, "error: a\n"),
        (SourceError("a"), 3, "error: a\n"),
        (IsolationError("a"), 3, "error: a\n"),
        (AuditError("a"), 3, "error: a\n"),
        (Phase2GateError("a"), 3, "error: a\n"),
        (KeyboardInterrupt(), 3, "error: interrupted; nothing was judged\n"),
        (BrokenPipeError(), 3, ""),
        (
            ModuleNotFoundError("No module named 'pathspec'", name="pathspec"),
            3,
            (
                "error: pathspec: this command needs the package, and it is not installed here\n"
                "hint: install phase2-gate with pip, which brings it; phase2-gate.pyz has no packages\n"
            ),
        ),
    ],
)
def test_errors_become_exit_codes(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: int, complaint: str
) -> None:
    """
    Never a traceback, never a 0; complaints go to standard error.
    """

    def broken() -> int:
        raise error

    assert code == guarded(broken)
    assert capsys.readouterr() == ("", complaint)


@pytest.mark.parametrize(
    "error", [RuntimeError("boom\nRESULT: PASS\x1b[0m"), MemoryError(), RecursionError(), OSError(5, "x")]
)
def test_a_crash_of_ours_is_blocked(capsys: pytest.CaptureFixture[str], error: Exception) -> None:
    """
    It says where it lies, on one line, and what the exception held cannot disturb a terminal.
    """

    def broken() -> int:
        raise error

    assert guarded(broken) == 3
    out, err = capsys.readouterr()
    first, second = err.splitlines()
    assert out == ""
    assert re.fullmatch(rf"error: internal error: {type(error).__name__}\b.* \(test_guard\.py:\d+\)", first)
    assert second == "hint: this is a defect of phase2-gate; please report it"
    assert err.replace("\n", "").isprintable()

"""
Tests of `phase2_gate.cli.stopping`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from phase2_gate.cli.guard import guarded
from phase2_gate.cli.stopping import heeded

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals between processes are another thing there")

_WORK = """
import signal, sys, time
from phase2_gate.cli.guard import guarded, leave

def work():
    try:
        print("working", flush=True)
        time.sleep(60)
    finally:
        print("cleaning", flush=True)
        time.sleep(0.5)
        print("cleaned", flush=True)
    return 0

leave(guarded(work))
"""


@pytest.fixture(autouse=True)
def _hangups() -> Iterator[None]:
    """
    Whoever runs the tests under `nohup` has SIGHUP ignored, and children inherit that.
    """
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


def _program(text: str, before: Callable[[], object] | None = None) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    # `before` runs in the child alone, which has one thread.
    return subprocess.Popen([sys.executable, "-c", text], stdout=pipe, stderr=pipe, preexec_fn=before)  # noqa: PLW1509


def _wait_for(process: subprocess.Popen[bytes], word: bytes) -> None:
    assert process.stdout is not None
    assert process.stdout.readline().strip() == word


@pytest.mark.parametrize(
    ("first", "status", "complaint"),
    [
        ("SIGINT", 3, b"error: interrupted; nothing was judged\n"),
        ("SIGTERM", -15, b"error: ended by SIGTERM; nothing was judged\n"),
        ("SIGHUP", -1, b"error: ended by SIGHUP; nothing was judged\n"),
    ],
)
@pytest.mark.parametrize("second", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_what_is_cleaned_up_is_cleaned_up(first: str, second: str, status: int, complaint: bytes) -> None:
    """
    The first signal ends the command, a second one while it cleans up changes nothing.
    """
    with _program(_WORK) as process:
        _wait_for(process, b"working")
        process.send_signal(signal.Signals[first])
        _wait_for(process, b"cleaning")
        process.send_signal(signal.Signals[second])
        out, err = process.communicate()

    assert (process.returncode, out, err) == (status, b"cleaned\n", complaint)


_LOST = """
import os, signal, sys
from phase2_gate.cli.guard import guarded, leave

class Last:
    def __del__(self):
        os.kill(os.getpid(), signal.{first})

def work():
    last = Last()
    del last
    print("went on", flush=True)
    {again}
    return 0

leave(guarded(work))
"""


@pytest.mark.parametrize(
    ("first", "second", "status", "complaint"),
    [
        ("SIGINT", "", 3, "error: interrupted; nothing was judged\n"),
        ("SIGTERM", "", -signal.SIGTERM, "error: ended by SIGTERM; nothing was judged\n"),
        ("SIGTERM", "SIGINT", 3, "error: interrupted; nothing was judged\n"),
        ("SIGINT", "SIGTERM", -signal.SIGTERM, "error: ended by SIGTERM; nothing was judged\n"),
    ],
)
def test_a_signal_that_a_finaliser_swallows_is_not_lost(first: str, second: str, status: int, complaint: str) -> None:
    """
    Success is not reported behind it, the next one is heeded at once, and there is no traceback.
    """
    again = f"os.kill(os.getpid(), signal.{second}); print('and on', flush=True)" if second else "pass"
    text = _LOST.replace("{first}", first).replace("{again}", again)
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (status, "went on\n", complaint)


def test_what_a_finaliser_raises_otherwise_is_shown() -> None:
    """
    As by Python itself.
    """
    program = "from phase2_gate.cli.guard import guarded\nclass Last:\n def __del__(self): 1 / 0\nguarded(Last)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "ZeroDivisionError" in done.stderr


def test_what_is_ignored_stays_ignored() -> None:
    """
    A command under `nohup` outlives its terminal.
    """
    with _program(_WORK.replace("60", "0.5"), lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as process:
        _wait_for(process, b"working")
        process.send_signal(signal.SIGHUP)
        out, err = process.communicate()

    assert (process.returncode, out, err) == (0, b"cleaning\ncleaned\n", b"")


def test_everything_is_as_it_was() -> None:
    """
    Behind a command that nothing stopped, the signals do what they did before.
    """
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]

    with heeded():
        within = [signal.getsignal(number) for number in numbers]

    assert [signal.getsignal(number) for number in numbers] == before
    assert all(callable(handler) and handler not in before for handler in within)


def test_another_thread_changes_nothing() -> None:
    """
    Only the main thread may set handlers.
    """
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(guarded(lambda: 1)))
    thread.start()
    thread.join()

    assert codes == [1]


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_build_leaves_nothing(tmp_path: Path, name: str) -> None:
    """
    The temporary file and the directories that were made for it are gone.
    """
    workspace, output = tmp_path / "workspace", tmp_path / "a" / "b" / "x.zip"
    workspace.mkdir()
    with open(workspace / "large.bin", "wb") as file:
        file.truncate(4 << 30)
    process = subprocess.Popen(
        [sys.executable, "-m", "phase2_gate", "build", "--quiet", str(workspace), "--output", str(output)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        end = time.monotonic() + 60
        while not (output.parent.is_dir() and any(file.stat().st_size for file in output.parent.iterdir())):
            assert (process.poll(), time.monotonic() < end) == (None, True)
            time.sleep(0.01)
        process.send_signal(signal.Signals[name])
        out, err = process.communicate()

    assert (out, err.count(b"\n")) == (b"", 1)
    assert process.returncode == (3 if name == "SIGINT" else -signal.Signals[name])
    assert os.listdir(tmp_path) == ["workspace"]


def test_an_early_ctrl_c_is_no_verdict() -> None:
    """
    Before there is anything to clean up, too: no traceback, and never the 1 that means FAIL.
    """
    text = "import phase2_gate.__main__ as m\ndef start():\n    raise KeyboardInterrupt\nm.start = start\nm.run()"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, check=False)

    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr == b"error: interrupted; nothing was judged\n"

"""
Tests of `phase2_gate.isolation.start`: what a command gives, and that nothing of it stays.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from phase2_gate.core.errors import IsolationError
from phase2_gate.isolation import start
from phase2_gate.isolation.command import Box, Command, Limits
from phase2_gate.isolation.launcher.tree import descendants
from phase2_gate.isolation.level import Level
from phase2_gate.isolation.start import run


def command(tmp_path: Path, code: str, **more: object) -> Command:
    """
    A command that runs Python code.
    """
    values = {"limits": Limits(wall_seconds=20.0), "level": Level.PROCESS, **more}
    return Command((sys.executable, "-I", "-B", "-c", code), tmp_path, {"A": "b"}, Box(tmp_path, tmp_path), **values)  # type: ignore[arg-type] # a table of fields


def alive(pid: int) -> bool:
    """
    Whether a process exists, and is more than an entry that its parent has not read yet.
    """
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != b"Z"


@pytest.mark.parametrize("level", [Level.PROCESS, Level.NONE])
def test_streams_record_and_status_are_kept_apart(tmp_path: Path, level: Level) -> None:
    """
    What a command writes where, and its exit status, come back byte for byte.
    """
    code = r"import os; os.write(1, b'\0out\xff'); os.write(2, b'err'); os.write(3, b'rec'); os._exit(7)"
    done = run(command(tmp_path, code, level=level))
    assert (
        done.stdout,
        done.stderr,
        done.record,
        done.returncode,
        done.signal,
    ) == (b"\0out\xff", b"err", b"rec", 7, None)
    assert (False, False, False, level) == (done.timed_out, done.output_exceeded, done.record_exceeded, done.level)


def test_only_five_descriptors_and_only_the_given_environment(tmp_path: Path) -> None:
    """
    A command has descriptors 0 to 4, an empty stdin, its input on 4, and the variables it was given.
    """
    code = (
        "import os; print(os.read(0, 1), os.read(4, 9), dict(os.environ));"
        "print([fd for fd in range(200) if os.path.exists(f'/proc/self/fd/{fd}')])"
    )
    done = run(command(tmp_path, code, input=b"question"))
    # the interpreter coerces the C locale by itself (PEP 538)
    assert done.stdout == b"b'' b'question' {'A': 'b', 'LC_CTYPE': 'C.UTF-8'}\n[0, 1, 2, 3, 4]\n"


def test_a_signal_is_told_from_a_status(tmp_path: Path) -> None:
    """
    A command that dies of a signal has no exit status.
    """
    done = run(command(tmp_path, "import os; os.kill(os.getpid(), 15)"))
    assert (done.returncode, done.signal) == (None, signal.SIGTERM)


def test_time_over_ends_the_command(tmp_path: Path) -> None:
    """
    A command that does not end is killed at its time, and what it wrote is kept.
    """
    code = "import os, signal; signal.signal(15, signal.SIG_IGN); os.write(1, b'here'); signal.pause()"
    done = run(command(tmp_path, code, limits=Limits(wall_seconds=1.0)))
    assert (done.timed_out, done.stdout, done.signal) == (True, b"here", signal.SIGKILL)
    assert done.seconds >= 1.0


@pytest.mark.parametrize(("fd", "field"), [(1, "output_exceeded"), (2, "output_exceeded"), (3, "record_exceeded")])
def test_a_cap_ends_the_command_and_keeps_the_first_bytes(tmp_path: Path, fd: int, field: str) -> None:
    """
    A stream is kept up to its cap, exactly, and the command that exceeds it is stopped.
    """
    limits = Limits(wall_seconds=20.0, output_bytes=100_000, record_bytes=100_000)
    done = run(command(tmp_path, f"import os\nwhile True: os.write({fd}, b'0123456789')", limits=limits))
    kept = {1: done.stdout, 2: done.stderr, 3: done.record}[fd]
    assert kept == b"0123456789" * 10_000
    assert getattr(done, field)
    assert not done.timed_out


def test_output_of_exactly_the_cap_is_no_excess(tmp_path: Path) -> None:
    """
    The cap itself may be reached.
    """
    limits = Limits(wall_seconds=20.0, output_bytes=1000)
    done = run(command(tmp_path, "import os; os.write(1, b'x' * 1000)", limits=limits))
    assert (len(done.stdout), done.output_exceeded) == (1000, False)


def test_watch_sees_the_record_and_may_raise_its_cap(tmp_path: Path) -> None:
    """
    The watcher gets every byte of the record, and the cap it returns counts.
    """
    seen: list[bytes] = []

    def watch(piece: bytes) -> int:
        seen.append(piece)
        return 5000

    limits = Limits(wall_seconds=20.0, record_bytes=10)
    done = run(command(tmp_path, "import os; os.write(3, b'x' * 5000)", limits=limits, watch=watch))
    assert (done.record, done.record_exceeded) == (b"x" * 5000, False)
    assert b"".join(seen) == b"x" * 5000


@pytest.mark.parametrize("ending", ["", "signal.pause()", "os.kill(os.getpid(), 9)"])
def test_no_child_outlives_the_command(tmp_path: Path, ending: str) -> None:
    """
    Children of the program are gone, however it ended.
    """
    code = (
        "import os, signal\nready, told = os.pipe()\nif os.fork() == 0:\n"
        " os.write(3, str(os.getpid()).encode()); os.write(told, b'1'); os.close(1); signal.pause()\n"
        f"os.read(ready, 1)\n{ending}"
    )
    done = run(command(tmp_path, code, limits=Limits(wall_seconds=2.0)))
    assert not alive(int(done.record))


def test_a_daemon_in_its_own_session_does_not_outlive_the_command(tmp_path: Path) -> None:
    """
    A grandchild that left session, group and parent is found and ended all the same.
    """
    code = (
        "import os, signal\nready, told = os.pipe()\nif os.fork() == 0:\n os.setsid()\n if os.fork() == 0:\n"
        "  os.setsid(); os.write(3, str(os.getpid()).encode()); os.write(told, b'1'); signal.pause()\n os._exit(0)\n"
        "os.wait(); os.read(ready, 1)"
    )
    done = run(command(tmp_path, code))
    assert done.returncode == 0
    assert not alive(int(done.record))


def test_a_fork_bomb_is_cleared(tmp_path: Path) -> None:
    """
    Processes that fork without end are all gone when the time is over.
    """
    code = (
        # bounded on purpose: a test must not bring the machine down when the limit fails
        "import os, signal\nfor _ in range(400):\n try: pid = os.fork()\n except OSError: break\n"
        " if pid == 0: os.setsid(); signal.pause()\nsignal.pause()"
    )
    before = descendants()
    run(command(tmp_path, code, limits=Limits(wall_seconds=2.0, processes=40)))
    assert before == descendants()


def test_a_program_that_kills_its_launcher_is_said(tmp_path: Path) -> None:
    """
    The launcher's death is told, and never looks like a success.
    """
    done = run(command(tmp_path, "import os, signal; os.kill(os.getppid(), 9); signal.pause()"))
    assert (done.returncode, done.notes[-1]) == (None, "the launcher was ended before the program was")


@pytest.mark.parametrize(("level", "killed"), [(Level.STRICT, []), (Level.LANDLOCK, [77]), (Level.PROCESS, [77])])
def test_only_numbers_of_out_here_are_killed(monkeypatch: pytest.MonkeyPatch, level: Level, killed: list[int]) -> None:
    """
    When the launcher is lost, the program's group is ended; a number of a box's namespace is somebody else out here.
    """
    seen: list[int] = []
    monkeypatch.setattr(os, "killpg", lambda group, _: seen.append(group))
    start._remarks(level, start._Answer({"pid": 77}, None, None, None))
    assert seen == killed


def test_limits_are_in_force(tmp_path: Path) -> None:
    """
    The limits asked for are those the program runs under.
    """
    code = (
        "import resource as r; print([r.getrlimit(getattr(r, 'RLIMIT_' + n)) for n in "
        "('CPU', 'AS', 'FSIZE', 'NOFILE', 'CORE')])"
    )
    limits = Limits(20.0, cpu_seconds=11, address_space_bytes=2**30, file_bytes=4096, open_files=50)
    done = run(command(tmp_path, code, limits=limits))
    assert done.stdout == b"[(11, 11), (1073741824, 1073741824), (4096, 4096), (50, 50), (1, 1)]\n"
    assert "rlimits" in done.layers


def test_level_none_sets_no_limit(tmp_path: Path) -> None:
    """
    Without limits the layers do not claim any.
    """
    assert "rlimits" not in run(command(tmp_path, "", level=Level.NONE)).layers


def test_signals_are_the_systems_own(tmp_path: Path) -> None:
    """
    What the launcher ignores for itself, or its caller ignores as under nohup, the program does not inherit.
    """
    argv = ("/bin/sh", "-c", "grep -E 'SigBlk|SigIgn' /proc/self/status")
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        done = run(Command(argv, tmp_path, {}, Box(tmp_path, tmp_path)))
    finally:
        signal.signal(signal.SIGHUP, before)
    assert {b"0000000000000000"} == {line.split()[1] for line in done.stdout.splitlines()}


@pytest.mark.parametrize("program", ["/nonexistent/python", "/etc"])
def test_a_program_that_does_not_start_is_an_error(tmp_path: Path, program: str) -> None:
    """
    Nothing ran, so there is nothing to judge.
    """
    with pytest.raises(IsolationError, match="isolation: start: "):
        run(Command((program,), tmp_path, {}, Box(tmp_path, tmp_path)))


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    """
    A run gives back every descriptor it took.
    """
    before = set(os.listdir("/proc/self/fd"))
    run(command(tmp_path, "print(1)"))
    assert before == set(os.listdir("/proc/self/fd"))

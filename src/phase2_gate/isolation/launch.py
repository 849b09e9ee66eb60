"""
Starting the launcher, with a pipe for everything that comes out of it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from phase2_gate.core.errors import IsolationError
from phase2_gate.isolation.capture import Stream
from phase2_gate.isolation.launcher.plan import Plan
from phase2_gate.isolation.scope import environment
from phase2_gate.isolation.together import Together, hold

if TYPE_CHECKING:
    from phase2_gate.isolation.command import Command, Limits

_STATUS_BYTES = 65536
"""The launcher's answers take a few hundred bytes."""
_STOP_SECONDS = 15.0
"""How long the launcher may take to end a tree; it gives up by itself before."""
_BOOT = "import sys; sys.path.append(sys.argv.pop(1)); from phase2_gate.isolation.launcher.main import main; main()"


@dataclass(frozen=True, slots=True)
class Launched:
    """
    The launcher's process and everything that is read from it.
    """

    process: subprocess.Popen[bytes]
    """The launcher; the end of its stdin tells it to end everything."""
    stdout: Stream
    """The program's standard output."""
    stderr: Stream
    """The program's standard error, and the launcher's own should it break."""
    record: Stream
    """What the program writes on the record descriptor."""
    status: Stream
    """What the launcher says."""
    together: Together
    """What holds the sum of what its processes use."""

    def all(self) -> tuple[Stream, ...]:
        """
        Every stream.
        """
        return self.stdout, self.stderr, self.record, self.status


def launch(command: Command, stack: ExitStack) -> Launched:
    """
    Start the launcher and hand it the plan; whatever `stack` closes ends it too.
    """
    limits = command.limits
    together = stack.enter_context(hold(command))
    data = _file_of(command.input)
    stack.callback(os.close, data)
    ends = [os.pipe() for _ in range(4)]
    stdout, stderr, record, status = (writer for _, writer in ends)
    streams = [
        Stream(ends[0][0], limits.output_bytes),
        Stream(ends[1][0], limits.output_bytes),
        Stream(ends[2][0], limits.record_bytes, command.watch),
        Stream(ends[3][0], _STATUS_BYTES),
    ]
    for stream in streams:
        stack.callback(stream.close)
    try:
        process = subprocess.Popen(
            [*together.prefix, sys.executable, "-I", "-S", "-B", "-c", _BOOT, str(Path(__file__).parents[2])],
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=stderr,
            env=environment() if together.prefix else {"PATH": os.defpath},
            cwd="/",
            pass_fds=(record, status, data),
            start_new_session=True,
        )
    except OSError as error:
        raise IsolationError(f"isolation: the launcher could not be started: {error}") from error
    finally:
        for fd in (stdout, stderr, record, status):
            os.close(fd)
    stack.callback(stop, process)
    together.adopt(process.pid)
    assert process.stdin is not None  # noqa: S101 - a pipe was asked for; this is for the type checker
    with suppress(BrokenPipeError):
        process.stdin.write(_plan(command, status, record, data).render())
        process.stdin.flush()
    return Launched(process, streams[0], streams[1], streams[2], streams[3], together)


def _file_of(data: bytes) -> int:
    """
    A descriptor of a file without a name that holds `data`, at its beginning; who gets it can't write to the file.
    """
    try:
        fd = os.memfd_create("phase2-gate", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    except (AttributeError, OSError):  # only Linux has them, and a filter may refuse
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            return os.open(file.name, os.O_RDONLY)
    with open(fd, "wb", closefd=False) as memory:
        memory.write(data)
    os.lseek(fd, 0, os.SEEK_SET)
    import fcntl  # not there on Windows, where this module is loaded and nothing runs

    # its reader could open it once more for writing, if it were not sealed
    seals = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals)
    return fd


def _plan(command: Command, status: int, record: int, data: int) -> Plan:
    limits = command.limits
    return Plan(
        argv=list(command.argv),
        cwd=str(command.cwd),
        env=dict(command.env),
        level=command.level.value,
        carrier=command.carrier.value,
        workspace=str(command.box.workspace),
        scratch=str(command.box.scratch),
        readable=[str(path) for path in command.box.readable],
        rlimits=_rlimits(limits),
        processes=limits.processes,
        scratch_bytes=limits.scratch_bytes,
        status_fd=status,
        record_fd=record,
        input_fd=data,
    )


def _rlimits(limits: Limits) -> dict[str, int]:
    return {
        "CPU": limits.cpu_seconds,
        "AS": limits.address_space_bytes,
        "FSIZE": limits.file_bytes,
        "NOFILE": limits.open_files,
        # too small for a file, and the one value with which no program of the system's is given the dump (core(5))
        "CORE": 1,
    }


def stop(process: subprocess.Popen[bytes]) -> None:
    """
    Tell the launcher to end everything, by the end of its stdin, and wait for it.
    """
    with suppress(BrokenPipeError):
        if process.stdin is not None:
            process.stdin.close()
    wait(process)


def wait(process: subprocess.Popen[bytes]) -> None:
    """
    Wait until the launcher is gone; it is killed when it takes longer than it ever should.
    """
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

"""
The self-test: an isolating level is believed after a try to get out of that very box, on each audit.

No file of the system is asked whether a measure is in force; only trying tells.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from phase2_gate.core.errors import IsolationError
from phase2_gate.isolation.command import INPUT_FD, RECORD_FD, Box, Command, Limits
from phase2_gate.isolation.environment import build
from phase2_gate.isolation.level import Carrier, Level
from phase2_gate.isolation.scratch import private
from phase2_gate.isolation.start import run
from phase2_gate.isolation.view import of_home

if TYPE_CHECKING:
    from collections.abc import Iterator

_MUST_WORK = frozenset({"use-scratch", "read-workspace"})
"""Without these no test could run."""
_ATTEMPTS = frozenset(
    {
        *_MUST_WORK,
        *("read-file", "list-directory", "write-file", "create-file", "remove-file", "rename-file"),
        *("change-mode", "change-times", "change-attributes", "read-home"),
        "link-from-workspace",
        *("write-workspace", "create-in-workspace", "change-mode-in-workspace"),
        *("connect-tcp", "connect-udp", "connect-unix", "connect-abstract"),
        *("signal-verifier", "read-environment", "read-descriptors"),
        *("new-namespace", "trace", "mount"),
    }
)
_GAPS = {
    Level.STRICT: frozenset[str](),
    # Landlock does not rule over modes and times
    Level.LANDLOCK: frozenset({"change-mode", "change-times", "change-mode-in-workspace"}),
    # there the attempt only asks to be traced by the parent
    Level.SANDBOX_EXEC: frozenset({"trace"}),
}
_SECONDS = 20.0
_ADDRESS_BYTES = 100
"""What the address of a unix socket may take everywhere: 104 on macOS, 108 on Linux, with a zero at the end."""
_BOOT = f"exec(compile(open({INPUT_FD},'rb').read(),'<phase2-gate>','exec'))"


@dataclass(frozen=True, slots=True)
class Proof:
    """
    A self-test that found no way out.
    """

    level: Level
    """The level that was tried."""
    stopped: tuple[str, ...]
    """The attempts that were stopped."""
    open: tuple[str, ...]
    """The attempts that succeeded, which this level does not promise to stop."""
    layers: tuple[str, ...]
    """The measures that were in force."""
    notes: tuple[str, ...]
    """What could not be put in force."""
    carrier: Carrier = Carrier.NAMESPACES
    """What made the box at level `Level.STRICT`."""


def prove(
    level: Level,
    python: str,
    readable: tuple[Path, ...],
    limits: Limits | None = None,
    carrier: Carrier = Carrier.NAMESPACES,
) -> Proof:
    """
    Try to get out of a box of this level, made as it will be made for the bundle.

    Args:
        level: An isolating level.
        python: The interpreter that will run the bundle's code.
        readable: What that interpreter needs.
        limits: The limits that will be in force.
        carrier: What will make the box at level `Level.STRICT`.

    Returns:
        What was tried.

    Raises:
        IsolationError: The box could not be made, or it has a hole.
    """
    with private() as outer, private() as workspace, private() as scratch, ExitStack() as stack:
        try:
            canaries = _Canaries(outer, workspace, (*readable, workspace, scratch), stack)
        except OSError as error:
            raise IsolationError(f"isolation: {level}: the self-test could not be prepared: {error}") from error
        targets = {**canaries.targets(), "scratch": str(scratch), "record": RECORD_FD}
        text = files("phase2_gate.isolation").joinpath("attempts.py").read_text("utf-8")
        command = Command(
            argv=(python, "-I", "-S", "-B", "-c", _BOOT),
            cwd=workspace,
            env=build(scratch),
            box=Box(workspace, scratch, readable),
            level=level,
            carrier=carrier,
            limits=replace(limits or Limits(), wall_seconds=_SECONDS),
            input=f"{text}\n\nmain({json.dumps(targets)!r})\n".encode(),
        )
        completed = run(command)
        answers = dict(_answers(completed.record))
        answers |= dict.fromkeys(canaries.arrived(), "done")
    box = f"isolation: {level}" if carrier is Carrier.NAMESPACES else f"isolation: {level}: {carrier}"
    if set(answers) != _ATTEMPTS:
        tail = completed.stderr[-500:].decode("utf-8", "backslashreplace")
        raise IsolationError(f"{box}: the self-test did not end: {tail!r}")
    broken = sorted(name for name in _MUST_WORK if answers[name] != "done")
    if broken:
        raise IsolationError(f"{box}: nothing could run in this box: {broken[0]} {answers[broken[0]]}")
    done = {name for name, answer in answers.items() if answer == "done"} - _MUST_WORK
    if holes := sorted(done - _GAPS[level]):
        raise IsolationError(f"{box}: the self-test got out of the box: {', '.join(holes)}")
    stopped = tuple(sorted(_ATTEMPTS - _MUST_WORK - done))
    return Proof(level, stopped, tuple(sorted(done)), completed.layers, completed.notes, carrier)


class _Canaries:
    """
    What the self-test aims at: files and sockets that only somebody outside of the box can reach.

    They are open to every user, so that the box alone, and not the permissions, keeps the attempts away.
    """

    def __init__(self, outer: Path, workspace: Path, shown: tuple[Path, ...], stack: ExitStack) -> None:
        self._directory = outer / "canary"
        self._directory.mkdir()
        for directory in (outer, self._directory, workspace):
            directory.chmod(0o777)
        for file in (*(self._directory / name for name in ("file", "doomed", "moved")), workspace / "file"):
            file.write_bytes(b"canary")
            file.chmod(0o666)
        self._workspace = workspace
        self._shown = shown
        self._abstract = f"phase2-gate-{secrets.token_hex(8)}"
        self._sockets = {
            "connect-tcp": _listening(stack, socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            "connect-udp": _listening(stack, socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            "connect-unix": _listening(stack, socket.AF_UNIX, socket.SOCK_STREAM, self._address(stack)),
        }
        with suppress(OSError):  # only Linux has such addresses
            kind = socket.SOCK_STREAM
            self._sockets["connect-abstract"] = _listening(stack, socket.AF_UNIX, kind, "\0" + self._abstract)
        (self._directory / "socket").chmod(0o777)

    def _address(self, stack: ExitStack) -> str:
        """
        Where the socket in the directory is bound, by a short way where its path is longer than an address can be.
        """
        path = os.path.join(self._directory, "socket")
        if len(os.fsencode(path)) < _ADDRESS_BYTES:
            return path
        directory = os.open(self._directory, os.O_RDONLY)
        stack.callback(os.close, directory)
        return f"/proc/self/fd/{directory}/socket"

    def targets(self) -> dict[str, object]:
        """
        Where the attempts aim.
        """
        return {
            "canary": str(self._directory),
            "workspace": str(self._workspace),
            "home": of_home(self._shown),
            "verifier": os.getpid(),
            "abstract": self._abstract,
            "tcp": self._sockets["connect-tcp"].getsockname()[1],
            "udp": self._sockets["connect-udp"].getsockname()[1],
        }

    def arrived(self) -> Iterator[str]:
        """
        The attempts whose traces are seen from outside, whatever the program says.
        """
        for name, receiver in self._sockets.items():
            with suppress(BlockingIOError):
                if receiver.type == socket.SOCK_DGRAM:
                    receiver.recv(1)
                else:
                    receiver.accept()[0].close()
                yield name
        if (self._directory / "file").read_bytes() != b"canary":
            yield "write-file"
        if (self._workspace / "file").read_bytes() != b"canary":
            yield "write-workspace"


def _listening(stack: ExitStack, family: int, kind: int, address: str | tuple[str, int]) -> socket.socket:
    receiver = stack.enter_context(socket.socket(family, kind))
    receiver.bind(address)
    receiver.setblocking(False)
    if kind == socket.SOCK_STREAM:
        receiver.listen()
    return receiver


def _answers(record: bytes) -> Iterator[tuple[str, str]]:
    for line in record.splitlines():
        answer = json.loads(line)
        yield str(answer["attempt"]), str(answer["answer"])
